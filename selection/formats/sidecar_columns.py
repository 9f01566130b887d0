"""The cells of a sidecar file as arrays: numbers, vectors, labels, each checked as a whole.

Cost: Parquet vectors go straight to a matrix; other formats pass through Python values, about 30 bytes a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from selection.core.errors import BadInput
from selection.formats.readers import records_of
from selection.formats.readers.rows import Input

_MISSING = frozenset({"", "na", "nan", "null", "none"})
Cells = list[Any] | np.ndarray


def cells_of(item: Input) -> dict[str, Cells]:
    """Column name -> one value (or vector) a row. A row that cannot be read is an error: a sidecar must be whole."""
    if item.kind == "parquet":
        return _parquet_cells(item)
    cells: dict[str, list[Any]] = {}
    n_rows = 0
    for batch in records_of(item):
        if batch.rejected:
            bad = batch.rejected[0]
            raise BadInput(
                f"every row of a sidecar must be readable, and row {bad.row} of {item.label} is not ({bad.reason});"
                " mend it or leave it out"
            )
        for record in batch.record:
            for name in [name for name in record if name not in cells]:
                cells[name] = [None] * n_rows
            for name, values in cells.items():
                values.append(record.get(name))
            n_rows += 1
    if not n_rows:
        raise BadInput(f"a sidecar must have rows, and {item.label} has none")
    return dict(cells)


def _parquet_cells(item: Input) -> dict[str, Cells]:
    try:
        table = pq.ParquetFile(item.path).read(
            use_threads=False
        )  # read_table would add columns from folder names
    except (pa.ArrowException, OSError) as error:
        reason = (str(error).splitlines() or ["damaged"])[0][:120].rstrip(".")
        raise BadInput(
            f"a Parquet sidecar must be whole, got {str(item.path)!r} ({reason}); write it again"
        ) from None
    if not table.num_rows:
        raise BadInput(f"a sidecar must have rows, and {item.label} has none")
    return {name: _arrow_cells(name, table.column(name), item) for name in table.column_names}


def _arrow_cells(name: str, column: pa.ChunkedArray, item: Input) -> Cells:
    """Lists of numbers straight to a matrix: a million vectors as Python lists would not fit."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type).to_pylist()
    if not (
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    ):
        return column.to_pylist()
    if not (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)):
        raise BadInput(
            f"vectors must hold numbers only, and column {name!r} of {item.label} holds {kind.value_type}"
        )
    lengths = pc.unique(pc.fill_null(pc.list_value_length(column), 0)).to_pylist()  # pyright: ignore[reportAttributeAccessIssue]
    if len(lengths) != 1:
        raise _uneven(name, item.label, lengths)
    flat = pc.list_flatten(column).cast(pa.float32(), safe=False)  # pyright: ignore[reportAttributeAccessIssue]
    return flat.to_numpy().reshape(len(column), lengths[0])


def _uneven(name: str, where: str, lengths: Iterable[int]) -> BadInput:
    return BadInput(
        f"vectors must be of one length, and column {name!r} of {where} has lengths from {min(lengths)} to {max(lengths)}"
    )


def ids_of(values: Cells, path: Path) -> list[str]:
    absent = sum(value is None or value == "" for value in values)
    if absent:
        raise BadInput(
            f"every row of a sidecar must have an id, and {absent:,} rows of {path.name} have none"
        )
    return [
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        for value in values
    ]


def column_of(name: str, values: Cells, path: Path) -> np.ndarray:
    """Numbers as float64 or int64, vectors as (n_rows, dim) float32, anything else as strings (None stays None)."""
    if isinstance(values, np.ndarray):
        return finite(values, name, path)
    if any(isinstance(value, list) for value in values):
        widths = {len(value) if isinstance(value, list) else 0 for value in values}
        if len(widths) != 1:
            raise _uneven(name, path.name, widths)
        return finite(_matrix(name, values, path), name, path)
    numbers = [_number(value) for value in values]
    if all(number is not None for number in numbers):
        whole = all(isinstance(value, int) or (isinstance(value, str) and value.strip().lstrip("-").isdecimal())
                    for value in values)  # fmt: skip
        array = np.array(numbers, np.float64)
        if np.isinf(array).any():
            raise BadInput(
                f"scores must be finite, and column {name!r} of {path.name} has infinite ones"
            )
        return array.astype(np.int64) if whole and np.abs(array).max() < 2**53 else array
    return np.array([None if value is None else str(value) for value in values], object)


def _matrix(name: str, values: list[Any], path: Path) -> np.ndarray:
    try:
        return np.array(values, np.float32)
    except (TypeError, ValueError):
        raise BadInput(
            f"vectors must hold numbers only, and column {name!r} of {path.name} holds others"
        ) from None


def _number(value: Any) -> float | None:
    if value is None:
        return float("nan")
    if isinstance(value, bool | int | float):
        return float(value)
    if isinstance(value, str):
        if value.strip().lower() in _MISSING:
            return float("nan")
        if "_" in value:  # Python's float would take 1_000
            return None
        try:
            return float(value)
        except ValueError:
            return None
    return None


def finite(values: np.ndarray, name: str, path: Path) -> np.ndarray:
    if values.dtype.kind == "U":
        raise BadInput(f"vectors must hold numbers only, and {path.name} holds text")
    values = values if values.dtype.kind == "f" else values.astype(np.float32)
    bad = ~np.isfinite(values).all(axis=1)
    if bad.any():
        raise BadInput(
            f"vectors must be finite, and {int(bad.sum()):,} rows of {name!r} in {path.name} are not"
            f" (the first is row {int(bad.argmax())})"
        )
    return values
