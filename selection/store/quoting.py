"""Quoting: names, text and files in SQL; the only place where one is quoted."""

from __future__ import annotations

from pathlib import Path


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def parquet(paths: list[Path]) -> str:
    listed = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{listed}], union_by_name=true, hive_partitioning=false)"
