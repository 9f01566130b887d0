"""Depth along an axis: how deep a draw must go until the axis reaches a document.

    union: depth[d, k] = rank[d, k] / share[k]       the axis' own quota, as share of the tokens, has grown to the
    document draft: depth[d, k] = share of the tokens drafted when the axis' pointer passes the document

A document is drawn at the smallest of its depths. Either way depth is a rising curve over the axis, fitted once and
kept as knots, so new documents get one row by row.

Cost: one sort per axis and corpus, plus the draft itself.
"""

from __future__ import annotations

import numpy as np

from selection.core.memo import once_per_columns
from selection.primitives.draft_order import draft
from selection.primitives.ranks import MAX_KNOTS, TokenRanks, even_choice
from selection.primitives.token_budget import best_first


def union_curves(
    axes: np.ndarray, n_tokens: np.ndarray, shares: np.ndarray, passed: np.ndarray
) -> tuple[TokenRanks, ...]:
    """One curve per column of (n_docs, n_axes) scores, over the documents that `passed` (n_docs,) bool, which are all rated.

    An axis of share 0 reaches nobody.
    """
    curves = []
    for k, share in enumerate(shares):
        order, values = _ascending(axes, k)
        inside = passed[order]
        tokens = n_tokens[order[inside]].astype(np.float64)
        ranks = TokenRanks.of_sorted(values[inside], tokens if tokens.sum() > 0 else None)
        curves.append(TokenRanks(ranks.values, ranks.ranks / share if share > 0 else _never(ranks)))
    return tuple(curves)


@once_per_columns(16)
def _ascending(axes: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of a column's scores in ascending order, and the scores; a slider moves what passes, not the order."""
    order = np.argsort(axes[:, k])
    return order, axes[order, k]


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
