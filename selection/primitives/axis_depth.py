"""Depth along an axis: how deep a draw must go until the axis reaches a document.

    union: depth[d, k] = rank[d, k] / share[k]       the axis' own quota, as share of the tokens, has grown to the
    document draft: depth[d, k] = share of the tokens drafted when the axis' pointer passes the document

A document is drawn at the smallest of its depths. Either way depth is a rising curve over the axis, fitted once and
kept as knots, so new documents get one row by row.

Cost: one sort per axis and corpus, plus the draft itself; `shallowest` reads every axis once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from selection.core.memo import once_per_columns
from selection.primitives.draft_order import draft
from selection.primitives.interpolation import Interpolation
from selection.primitives.parallel import each, each_block
from selection.primitives.ranks import MAX_KNOTS, TokenRanks, even_choice
from selection.primitives.sorted_ranks import ranks_of_some
from selection.primitives.token_budget import best_first


def union_curves(
    axes: np.ndarray, n_tokens: np.ndarray, shares: np.ndarray, passed: np.ndarray
) -> tuple[TokenRanks, ...]:
    """One curve per column of (n_docs, n_axes) scores, over the documents that `passed` (n_docs,) bool, which are all rated.

    An axis of share 0 reaches nobody.
    """
    weight = n_tokens if int(n_tokens @ passed) > 0 else np.ones_like(n_tokens)

    def curve(k: int) -> TokenRanks:
        ranks = ranks_of_some(*_ascending(axes, weight, k), passed)
        return TokenRanks(ranks.values, ranks.ranks / shares[k] if shares[k] > 0 else _never(ranks))

    return tuple(each(curve, range(len(shares))))


@once_per_columns(16)
def _ascending(
    axes: np.ndarray, weight: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of a column's scores in ascending order, the scores and their weights; a slider moves what passes only."""
    order = np.argsort(axes[:, k])
    return order.astype(np.int32), axes[order, k], weight[order].astype(np.int32)


def shallowest(
    curves: Sequence[TokenRanks], axes: np.ndarray, n_axes: int, wanted_depth: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every document: its least depth, the curve that gives it (from 1), and as bits the axes within `wanted_depth`.

    `axes` (n_docs, n_curves); curve k is of axis k modulo `n_axes`. A document that an axis has no score for has NaN.
    """
    n_docs = len(axes)
    least, first = np.full(n_docs, np.inf), np.ones(n_docs, np.int8)
    wanted = np.zeros(n_docs, np.min_scalar_type(1 << n_axes))
    readers = [
        Interpolation(each.values, each.ranks, n_docs) if len(each.values) else None
        for each in curves
    ]

    def among(rows: slice) -> None:
        depth = np.full(rows.stop - rows.start, np.nan)
        for k, reader in enumerate(readers):
            if reader:
                reader.into(axes[rows, k], depth)
            bit = wanted.dtype.type(1 << k % n_axes)
            _compiled()(depth, k + 1, bit, wanted_depth, least[rows], first[rows], wanted[rows])

    each_block(among, n_docs)
    return least, first, wanted


@cache
def _compiled() -> Callable[..., None]:
    from numba import njit  # takes most of a second to import, so only when needed

    return njit(cache=True, nogil=True)(_fold)


def _fold(
    depth: np.ndarray, number: int, bit: Any, wanted_depth: float, least: np.ndarray, first: np.ndarray,
    wanted: np.ndarray,
) -> None:  # fmt: skip
    """One curve's depths into what was found of those before it; NaN wins."""
    for i in range(len(depth)):
        if np.isnan(depth[i]):
            least[i] = np.nan
        elif depth[i] < least[i]:
            least[i] = depth[i]
            first[i] = number
        if depth[i] <= wanted_depth:
            wanted[i] |= bit


def draft_curves(
    axes: np.ndarray, n_tokens: np.ndarray, shares: np.ndarray, tie: np.ndarray
) -> tuple[TokenRanks, ...]:
    """One curve per column; documents that tie on an axis get that axis' mean moment."""
    if not len(axes):
        return tuple(TokenRanks(np.empty(0), np.empty(0)) for _ in shares)
    orders = np.stack([best_first(column, tie) for column in axes.T])
    curves = []
    for order, moments, column in zip(orders, draft(orders, n_tokens, shares), axes.T, strict=True):
        values = column[order][::-1]  # ascending
        starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
        size = np.diff(np.r_[starts, len(values)])
        depth = np.add.reduceat(moments[::-1], starts) / size
        chosen = even_choice(depth, MAX_KNOTS)
        curves.append(TokenRanks(values[starts][chosen], depth[chosen]))
    return tuple(curves)


def _never(ranks: TokenRanks) -> np.ndarray:
    return np.full(len(ranks.ranks), 1e9)
