"""Copies: pieces of a text as an Arrow array of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from selection.text.kernel import kernel

if TYPE_CHECKING:
    import pyarrow as pa


@kernel
def _copy(
    source: tuple[np.ndarray, np.ndarray, np.ndarray], bounds: np.ndarray, out: np.ndarray
) -> None:
    starts, stops, data = source
    for d in range(len(starts)):
        for i in range(stops[d] - starts[d]):
            out[bounds[d] + i] = data[starts[d] + i]


def pieces(data: np.ndarray, starts: np.ndarray, stops: np.ndarray) -> pa.LargeStringArray:
    """data[starts[i] : stops[i]] of UTF-8 bytes, no character of them cut, as strings. (n,) int64 starts and stops"""
    import pyarrow as pa

    bounds = np.concatenate([[0], np.cumsum(stops - starts)]).astype(np.int64)
    out = np.empty(bounds[-1], np.uint8)
    _copy((np.ascontiguousarray(starts), np.ascontiguousarray(stops), data), bounds, out)
    return pa.LargeStringArray.from_buffers(len(starts), pa.py_buffer(bounds), pa.py_buffer(out))
