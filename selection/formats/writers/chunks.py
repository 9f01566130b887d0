"""Fixed chunks: the same rows are cut at the same places, however they arrive.

A chunk closes with the row that takes it to `MAX_BYTES`, or with row number `MAX_ROWS`. A row's size is computed from
its values alone (UTF-8 bytes, item widths), never from buffers, which depend on how batches were sliced.

Dictionary columns become plain ones, since their codes depend on the order of arrival; schema metadata is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from selection.core.errors import BadInput

MAX_ROWS = 65_536
MAX_BYTES = 8 * 2**20


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema as written: dictionaries decoded, no metadata."""
    fields = []
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        fields.append(pa.field(field.name, kind, field.nullable))
    return pa.schema(fields)


def fixed_chunks(
    batches: Iterator[pa.RecordBatch],
    schema: pa.Schema,
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
) -> Iterator[pa.RecordBatch]:
    """Batches of `schema` (a `plain_schema`) with the boundaries above; contiguous in memory."""
    held: list[pa.RecordBatch] = []
    held_rows = held_bytes = 0
    for batch in batches:
        batch = conform(batch, schema)
        ends = np.cumsum(row_bytes(batch))  # (n_rows,) int64
        start = done = 0  # rows and bytes of this batch already handed on
        while start < batch.num_rows:
            reach = np.searchsorted(ends, done + max_bytes - held_bytes, side="left") + 1
            stop = int(min(max(reach, start + 1), start + max_rows - held_rows, batch.num_rows))
            held.append(batch.slice(start, stop - start))
            held_rows += stop - start
            held_bytes += int(ends[stop - 1]) - done
            start, done = stop, int(ends[stop - 1])
            if held_rows >= max_rows or held_bytes >= max_bytes:
                yield pa.concat_batches(held)
                held, held_rows, held_bytes = [], 0, 0
    if held:
        yield pa.concat_batches(held)


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch in exactly this schema; `BadInput` when a column is missing, unknown, or does not convert."""
    if batch.schema.equals(schema, check_metadata=True):
        return batch
    if batch.schema.names != schema.names:
        raise BadInput(
            f"every batch of an export has the columns {schema.names}, got {batch.schema.names};"
            " write them with one schema"
        )
    try:
        columns = [
            column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)
        ]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput(f"a batch of an export must convert to its schema, got: {error}") from None
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def row_bytes(batch: pa.RecordBatch) -> np.ndarray:
    """(n_rows,) int64: the size of each row's values, at least 1."""
    total = np.ones(batch.num_rows, np.int64)
    for column in batch.columns:
        total += value_bytes(column)
    return total


def value_bytes(column: pa.Array) -> np.ndarray:
    """(n_rows,) int64: the size of each value; a null counts nothing beyond its fixed width."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_binary(kind) or _is_large(kind):
        return _filled(pc.call_function("binary_length", [column]))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        lengths = _filled(pc.call_function("list_value_length", [column]))
        inner = np.concatenate([[0], np.cumsum(value_bytes(column.flatten()))])
        ends = np.cumsum(lengths)
        return inner[ends] - inner[ends - lengths]
    if pa.types.is_struct(kind):
        total = np.zeros(len(column), np.int64)
        for child in column.flatten():
            total += value_bytes(child)
        return total
    try:
        width = max(1, kind.bit_width // 8)
    except ValueError:
        width = 8  # kinds without a width of their own: a constant keeps the boundaries fixed
    return np.full(len(column), width, np.int64)


def _is_large(kind: pa.DataType) -> bool:
    return pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)


def _filled(lengths: pa.Array) -> np.ndarray:
    return pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False).astype(np.int64)
