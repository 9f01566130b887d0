"""Query: the first rows of a SELECT for a screen, or all of them streamed into a file by us, not by DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from selection.core.errors import BadSetting
from selection.store import files
from selection.store.query import select
from selection.store.workspace import Workspace

MAX_ROWS = 10_000


def first_rows(
    space: Workspace, sql: str, limit: int = MAX_ROWS, seconds: float | None = None
) -> tuple[list[str], list[dict[str, Any]], bool]:
    """Column names, at most `limit` rows, and whether there are more; stopped after `seconds`."""
    with select(space, sql, seconds=seconds) as reader:
        rows: list[dict[str, Any]] = []
        for batch in reader:
            rows += batch.slice(0, limit + 1 - len(rows)).to_pylist()
            if len(rows) > limit:
                break
        return reader.schema.names, rows[:limit], len(rows) > limit


def write(space: Workspace, sql: str, out: Path) -> int:
    """Stream the whole result into a .parquet or .csv file; returns the number of rows."""
    if out.suffix not in {".parquet", ".csv"}:
        raise BadSetting(
            f"--out is a .parquet or .csv file, got {out.name!r}; choose one of the two"
        )
    n_rows = 0
    with select(space, sql) as reader, files.whole(out) as temporary:
        opened = pq.ParquetWriter if out.suffix == ".parquet" else pyarrow.csv.CSVWriter
        with opened(str(temporary), reader.schema) as writer:
            for batch in reader:
                writer.write_table(pa.Table.from_batches([batch]))
                n_rows += batch.num_rows
    return n_rows
