"""Dotted paths into nested records: `metadata.pile_set_name`. A key that itself holds dots wins over the nesting."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def get(record: Record, path: str) -> Any:
    """The value at a path, None where there is none."""
    if path in record:
        return record[path]
    value: Any = record
    for key in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def has(record: Record, path: str) -> bool:
    """Whether the path leads somewhere, be it to a null."""
    if path in record:
        return True
    parent, _, leaf = path.rpartition(".")
    if not parent:
        return False
    value = get(record, parent)
    return isinstance(value, dict) and leaf in value


def drop(record: Record, path: str) -> None:
    """Take the value at a path out of the record, and the records that this empties."""
    if path in record:
        del record[path]
        return
    head, _, rest = path.partition(".")
    inner = record.get(head)
    if rest and isinstance(inner, dict):
        drop(inner, rest)
        if not inner:
            del record[head]


def names(record: Record, prefix: str = "", depth: int = 3) -> list[tuple[str, Any]]:
    """Every leaf of a record as (dotted path, value), to `depth` levels."""
    found: list[tuple[str, Any]] = []
    for key, value in record.items():
        if isinstance(value, dict) and value and depth > 1:
            found.extend(names(value, f"{prefix}{key}.", depth - 1))
        else:
            found.append((f"{prefix}{key}", value))
    return found
