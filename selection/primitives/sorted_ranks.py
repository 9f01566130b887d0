"""Sorted ranks: token ranks of some documents of a column that is sorted already, in one walk over it.

The same map as `TokenRanks.of_sorted` of the picked values: a slider that moves a gate changes who is picked, never the
order, so nothing is sorted or gathered again.

Cost: two walks over the column, some 6 ms a million documents; compiled on first use and cached on disk. Whether a document
is picked is asked in random order, so it is packed into bits, which stay near the core.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from selection.primitives.ranks import MAX_KNOTS, TokenRanks


def ranks_of_some(
    order: np.ndarray,
    values: np.ndarray,
    weight: np.ndarray,
    picked: np.ndarray,
    max_knots: int = MAX_KNOTS,
) -> TokenRanks:
    """Ranks among the `picked` (n_docs,) bool documents.

    `order` (n_docs,): documents by ascending value; `values`, `weight` (n_docs,): theirs in that order. What is picked has
    a value, and some weight in all.
    """
    survey, choose = _compiled()
    bits = np.packbits(picked, bitorder="little")
    n_distinct, total, best, worst = survey(order, values, weight, bits, max_knots)
    if n_distinct == 0:
        return TokenRanks(np.empty(0), np.empty(0))
    wanted = np.linspace(best / 2 / total, (total - worst / 2) / total, max_knots)
    if n_distinct <= max_knots:
        wanted = np.full(n_distinct, -1.0)  # every value is at or past what is wanted
    return TokenRanks(*choose(order, values, weight, bits, total, wanted))


def sorted_quantile(ascending: np.ndarray, share: float) -> float:
    """`np.quantile` of ascending values without NaN, at least one, by its two neighbours alone."""
    place = (len(ascending) - 1) * share
    low = int(place)
    return float(np.quantile(ascending[low : low + 2], place - low if place > low else 0.0))


@cache
def _compiled() -> tuple[Callable[..., Any], Callable[..., Any]]:
    from numba import njit  # takes most of a second to import, so only when needed

    keep = njit(cache=True, nogil=True)
    return keep(_survey), keep(_choose)


def _survey(
    order: np.ndarray, values: np.ndarray, weight: np.ndarray, bits: np.ndarray, most: int
) -> tuple[int, float, float, float]:
    """Distinct values, counted to `most` and one more; the weight in all, and that of the best and of the worst value."""
    n_distinct, total, best, worst = 0, 0.0, 0.0, 0.0
    last = np.nan
    for i in range(len(order) - 1, -1, -1):
        at = order[i]
        if (bits[at >> 3] >> (at & 7)) & 1:
            if n_distinct <= most and values[i] != last:
                n_distinct += 1
                last = values[i]
            if n_distinct == 1:
                best += weight[i]
            total += weight[i]
    last = np.nan
    for i in range(len(order)):
        at = order[i]
        if (bits[at >> 3] >> (at & 7)) & 1:
            if values[i] != last and not np.isnan(last):
                break
            last = values[i]
            worst += weight[i]
    return n_distinct, total, best, worst


def _choose(
    order: np.ndarray,
    values: np.ndarray,
    weight: np.ndarray,
    bits: np.ndarray,
    total: float,
    wanted: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Values and ranks of the first value at or past each wanted rank, and of both ends; ascending by value."""
    knots, ranks = np.empty(len(wanted) + 2), np.empty(len(wanted) + 2)
    n, next_one, above, held = 0, 0, 0.0, 0.0
    last = np.nan
    for i in range(len(order) - 1, -2, -1):
        if i >= 0:
            at = order[i]
            if not (bits[at >> 3] >> (at & 7)) & 1:
                continue
        if i < 0 or values[i] != last:
            if not np.isnan(last):  # the value before this one is complete
                rank = (above + held - held / 2) / total
                if n == 0 or i < 0 or (next_one < len(wanted) and wanted[next_one] <= rank):
                    knots[n], ranks[n] = last, rank
                    n += 1
                while next_one < len(wanted) and 0 <= wanted[next_one] <= rank:
                    next_one += 1
            above += held
            held = 0.0
            if i >= 0:
                last = values[i]
        if i >= 0:
            held += weight[i]
    return knots[:n][::-1].copy(), ranks[:n][::-1].copy()
