"""CSV shards after RFC 4180: a header, text in quotes with quotes doubled, so that commas and line breaks survive.

Differs from the RFC: records end in a line feed alone, as most tools write and all read. A null is an empty field, an
empty text is `""`. Nested values are written as JSON. Text is left as it is: a spreadsheet may take a cell that begins
with `=` for a formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from selection.formats.writers.json_lines import json_column

if TYPE_CHECKING:
    from selection.formats.writers.shards import HashedFile, ShardWriter


def open_shard(file: HashedFile, schema: pa.Schema) -> ShardWriter:
    """A writer of records into `file`, header first."""
    import pyarrow.csv as pc

    flat = pa.schema([pa.field(f.name, _flat(f.type)) for f in schema])
    sink: Any = pa.PythonFile(file, mode="w")
    return _Records(pc.CSVWriter(sink, flat), flat)


class _Records:
    def __init__(self, writer: Any, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def write_batch(self, batch: pa.RecordBatch) -> None:
        columns = [
            json_column(column) if pa.types.is_nested(column.type) else column.cast(field.type)
            for column, field in zip(batch.columns, self._schema, strict=True)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def _flat(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_nested(kind):
        return pa.large_string()
    return pa.float32() if pa.types.is_float16(kind) else kind
