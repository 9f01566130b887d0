"""Parquet shards: one row group per chunk, zstd, statistics on every column that is not text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from selection.formats.writers.shards import HashedFile, ShardWriter

ZSTD_LEVEL = 3


def open_shard(file: HashedFile, schema: pa.Schema) -> ShardWriter:
    """A writer of row groups into `file`."""
    import pyarrow.parquet as pq

    sink: Any = pa.PythonFile(file, mode="w")
    text = {
        f.name for f in schema if pa.types.is_large_string(f.type) or pa.types.is_string(f.type)
    }
    # The least and greatest text would put whole documents into the footer.
    statistics: Any = [name for name in schema.names if name not in text] or False
    return _RowGroups(
        pq.ParquetWriter(
            sink,
            schema,
            compression="zstd",
            compression_level=ZSTD_LEVEL,
            version="2.6",
            write_statistics=statistics,
        )
    )


class _RowGroups:
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write_batch(self, batch: pa.RecordBatch) -> None:
        # One group per chunk even when empty groups or Arrow's own limit would say otherwise.
        self._writer.write_batch(batch, row_group_size=max(1, batch.num_rows))

    def close(self) -> None:
        self._writer.close()
