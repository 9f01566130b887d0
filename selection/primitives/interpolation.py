"""Interpolation: a piecewise linear map through knots, for millions of values.

The same map as `numpy.interp`, up to four times as fast on values in random order: buckets of equal width narrow the
binary search, which has no branches to mispredict. Exact at every knot, constant beyond the ends, NaN stays NaN; one
value never depends on the others.

Cost: 0.03 to 0.1 s per million values and 10,000 knots on one core; compiled on first use and cached on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np


def interpolate(values: np.ndarray, knots: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """(n_docs,) float64 heights at `values`; knots ascending and distinct, at least one."""
    as_float = np.ascontiguousarray(values, np.float64)
    return _compiled()(as_float, np.ascontiguousarray(knots), np.ascontiguousarray(heights))


@cache
def _compiled() -> Callable[..., np.ndarray]:
    from numba import njit  # takes most of a second to import, so only when needed

    return njit(cache=True, nogil=True)(_kernel)


def _kernel(values: np.ndarray, knots: np.ndarray, heights: np.ndarray) -> np.ndarray:
    out = np.empty(len(values))
    last = len(knots) - 1
    n_buckets = 4 * len(knots)
    width = knots[last] - knots[0]
    scale = n_buckets / width if width > 1e-290 and width < np.inf else 0.0
    before = np.zeros(
        n_buckets + 1, np.int64
    )  # knots in lower buckets; a bucket's number never falls with the value
    for knot in knots:
        before[min(int((knot - knots[0]) * scale), n_buckets - 1) + 1] += 1
    before = np.cumsum(before)
    for i in range(len(values)):
        value = values[i]
        if np.isnan(value):
            out[i] = np.nan
        elif value <= knots[0]:
            out[i] = heights[0]
        elif value >= knots[last]:
            out[i] = heights[last]
        else:
            bucket = min(int((value - knots[0]) * scale), n_buckets - 1)
            low = max(before[bucket] - 1, 0)
            size = before[bucket + 1] - low
            while size > 1:  # the last knot at or below value lies in low .. low + size - 1
                half = size >> 1
                low = low + half if knots[low + half] <= value else low
                size -= half
            part = (value - knots[low]) / (knots[low + 1] - knots[low])
            out[i] = heights[low] + (heights[low + 1] - heights[low]) * part
    return out
