"""Bands: keys of documents under which equal ones are looked for, kept in Parquet parts, one column a band.

`bands/<key>/part-00000.parquet` … stand beside document parts 0 …; they depend on the rows alone, so a corpus that grows
adds parts and a killed run goes on. They are a store of intermediate results: `reclaim` may remove them at any time.

One band at a time is sorted by DuckDB, which spills to the disk past its memory limit, and comes back as a stream: equal
keys stand together, whatever the size of the corpus.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from selection.store import files
from selection.store.documents import Part, list_parts
from selection.store.views import literal
from selection.store.workspace import Workspace

MEMORY_LIMIT = "1GB"
_ROWS = 1 << 20  # of a sorted band that come at once
Band = Iterator[tuple[np.ndarray, np.ndarray]]


def missing_parts(space: Workspace, key: str) -> list[Part]:
    """Document parts whose keys are not there yet."""
    return [part for part in list_parts(space) if not _path(space, key, part).exists()]


def write_part(space: Workspace, key: str, part: Part, keys: np.ndarray) -> None:
    """The keys of one document part, (n_docs, n_bands) uint64; 0 is no key."""
    doc_id = pa.array(np.arange(part.first, part.first + part.n_docs))
    bands = {_column(band): keys[:, band] for band in range(keys.shape[1])}
    files.write_parquet(_path(space, key, part), pa.table({"doc_id": doc_id, **bands}))


def n_bands(space: Workspace, key: str) -> int:
    """How many bands the parts have, once all are there."""
    return len(pq.read_schema(_path(space, key, list_parts(space)[0])).names) - 1


@contextmanager
def sorter(
    space: Workspace, key: str, memory_limit: str = MEMORY_LIMIT
) -> Iterator[Callable[[int], Band]]:
    """A function that gives (keys, doc_ids) of a band in order of the key, without documents that have none."""
    listed = ", ".join(literal(str(_path(space, key, part))) for part in list_parts(space))
    os.utime(space.bands / key)  # in use, says this to `reclaim`
    spill = Path(tempfile.mkdtemp(prefix="spill-", dir=space.bands))
    config = {"threads": 2, "memory_limit": memory_limit, "temp_directory": str(spill)}
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET enable_progress_bar = false")

    def sorted_band(band: int) -> Band:
        column = _column(band)
        sql = (
            f"SELECT {column}, doc_id FROM read_parquet([{listed}], hive_partitioning=false)"
            f" WHERE {column} <> 0 ORDER BY {column}"
        )
        for batch in con.sql(sql).to_arrow_reader(_ROWS):
            yield batch.column(0).to_numpy(), batch.column(1).to_numpy()

    try:
        yield sorted_band
    except duckdb.Error as error:
        if "No space left" in str(error) or "max_temp_directory_size" in str(error):
            raise files.disk_full(spill) from None
        raise
    finally:
        con.close()
        shutil.rmtree(spill, ignore_errors=True)


def unused(space: Workspace, stale_s: float) -> list[Path]:
    """Folders of keys, and of sorts that died, that nobody has touched for `stale_s`."""
    if not space.bands.is_dir():
        return []
    return [e for e in space.bands.iterdir() if time.time() - e.stat().st_mtime > stale_s]


def _path(space: Workspace, key: str, part: Part) -> Path:
    return space.bands / key / f"part-{part.number:05d}.parquet"


def _column(band: int) -> str:
    return f"band_{band:03d}"
