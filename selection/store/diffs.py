"""Diffs: what a refiner took out of each document, part beside part; the spans count characters of the text as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from selection.store import documents, files
from selection.store.workspace import Workspace

SCHEMA = pa.schema(
    [
        ("doc_id", pa.int64()),  # in the refined workspace; null where nothing was left
        ("uid", pa.string()),
        ("start", pa.int64()),
        ("stop", pa.int64()),
        ("rule", pa.string()),
        ("text", pa.large_string()),
    ]
)


def write_part(space: Workspace, number: int, table: pa.Table) -> None:
    """The spans of document part `number`; written before it, so that a kill in between only writes them again."""
    files.write_parquet(space.refined / f"part-{number:05d}.parquet", table.cast(SCHEMA))


def read(space: Workspace, doc_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The spans of a few documents, in order; opens only the parts they lie in."""
    found: list[dict[str, Any]] = []
    for part in documents.list_parts(space):
        here = [d for d in doc_ids if part.first <= d < part.first + part.n_docs]
        if here:
            table = files.read_parquet(space.refined / f"part-{part.number:05d}.parquet")
            wanted = pc.is_in(table.column("doc_id"), value_set=pa.array(here, pa.int64()))  # pyright: ignore[reportAttributeAccessIssue]
            found += table.filter(wanted).to_pylist()
    return found


def by_document(space: Workspace, most: int) -> list[dict[str, Any]]:
    """doc_id, n_spans and n_chars of the documents that lost most characters and are not gone, at most so many."""
    rows: list[dict[str, Any]] = []
    for path in sorted(space.refined.glob("part-*.parquet")):
        table = files.read_parquet(path, ["doc_id", "start", "stop"])
        chars = pc.subtract(table.column("stop"), table.column("start"))  # pyright: ignore[reportAttributeAccessIssue]
        counted = table.select(["doc_id"]).append_column("n_chars", chars).drop_null()
        told = counted.group_by("doc_id").aggregate([("n_chars", "count"), ("n_chars", "sum")])
        told = told.rename_columns(["doc_id", "n_spans", "n_chars"])
        rows += told.sort_by([("n_chars", "descending"), ("doc_id", "ascending")])[
            :most
        ].to_pylist()
        rows = sorted(rows, key=lambda row: (-row["n_chars"], row["doc_id"]))[:most]
    return rows


def by_rule(space: Workspace) -> list[dict[str, Any]]:
    """rule, n_spans, n_docs and n_chars of everything that was taken out, most characters first."""
    pieces = []
    for path in sorted(space.refined.glob("part-*.parquet")):
        table = files.read_parquet(path, ["uid", "rule", "start", "stop"])
        chars = pc.subtract(table.column("stop"), table.column("start"))  # pyright: ignore[reportAttributeAccessIssue]
        pieces.append(table.select(["uid", "rule"]).append_column("chars", chars))
    if not pieces:
        return []
    counted = pa.concat_tables(pieces).group_by("rule")
    told = counted.aggregate([("uid", "count"), ("uid", "count_distinct"), ("chars", "sum")])
    rows = [
        {"rule": rule, "n_spans": spans, "n_docs": docs, "n_chars": chars}
        for rule, spans, docs, chars in zip(
            *(
                told.column(name).to_pylist()
                for name in ("rule", "uid_count", "uid_count_distinct", "chars_sum")
            ),
            strict=True,
        )
    ]
    return sorted(rows, key=lambda row: -row["n_chars"])
