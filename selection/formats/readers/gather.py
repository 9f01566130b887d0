"""Gathers single rows into batches of at most 1,000 rows or about 8 MB, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from selection.formats.readers.rows import Records, Rejected

MAX_ROWS = 1_000
MAX_BYTES = 8 << 20

Item = tuple[int, dict[str, Any] | Rejected, bytes]
"""(row number, record or what was rejected, bytes of the row)."""


def gather(items: Iterable[Item], position: Callable[[], int]) -> Iterator[Records]:
    """Batches in row order; `position` tells the bytes of the stored file consumed so far."""
    rows: list[int] = []
    found: list[dict[str, Any]] = []
    raws: list[bytes] = []
    rejected: list[Rejected] = []
    size = 0
    row = -1
    for row, value, raw in items:
        size += len(raw)
        if isinstance(value, Rejected):
            rejected.append(value)
        else:
            rows.append(row)
            found.append(value)
            raws.append(raw)
        if size >= MAX_BYTES or len(rows) + len(rejected) >= MAX_ROWS:
            yield Records(rows, found, raws, rejected, row + 1, position())
            rows, found, raws, rejected, size = [], [], [], [], 0
    if rows or rejected:
        yield Records(rows, found, raws, rejected, row + 1, position())
