"""Parallel: the same function of several things at once, one thread a core; for numpy and kernels, which let go of the lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from selection.core.cores import n_cores

Given = TypeVar("Given")
Made = TypeVar("Made")

# Rows whose few columns stay near a core; the same anywhere, so that sums round alike.
_BLOCK = 1 << 17


def each(function: Callable[[Given], Made], items: Sequence[Given]) -> list[Made]:
    """`function` of every item, in their order; the first error is raised."""
    n_threads = min(n_cores(), len(items))
    if n_threads < 2:
        return [function(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(n_threads) as threads:
        return list(threads.map(function, items))


def each_block(function: Callable[[slice], Made], n_rows: int) -> list[Made]:
    """`function` of consecutive rows, block by block; one block, which may be empty, where there are few."""
    starts = range(0, max(n_rows, 1), _BLOCK)
    return each(function, [slice(start, min(start + _BLOCK, n_rows)) for start in starts])
