"""Draft order: several rankings take turns, each picking its best document that is not yet taken.

The ranking that is furthest behind its share of the tokens picks next (ties: the first), so at any moment token
counts stand in proportion to the shares, to within one document. Whatever the moment, everything before a ranking's
pointer is taken: the draft is a union of tops. So one rising curve per ranking, from place to the moment the pointer
passes it, says it all: a document's moment is the smallest over rankings.

Cost: n_rankings * n_docs steps, compiled; sorting the rankings is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np


def draft(orders: np.ndarray, n_tokens: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """When each ranking's pointer passes each place.

    orders (n_rankings, n_docs): rows of documents, best first. Returns (n_rankings, n_docs) float64 in (0, 1],
    aligned with `orders`: the share of all tokens that is drafted then, the document itself included. A ranking of
    share 0 never picks.
    """
    moments = _compiled()(
        np.ascontiguousarray(orders, np.int64),
        np.ascontiguousarray(n_tokens, np.float64),
        np.ascontiguousarray(shares, np.float64),
    )
    return moments / max(1.0, float(n_tokens.sum()))


@cache
def _compiled() -> Callable[..., np.ndarray]:
    from numba import njit  # takes most of a second to import, so only when needed

    return njit(cache=True, nogil=True)(_kernel)


def _kernel(orders: np.ndarray, n_tokens: np.ndarray, shares: np.ndarray) -> np.ndarray:
    n_rankings, n_docs = orders.shape
    moments = np.full((n_rankings, n_docs), n_tokens.sum())
    taken = np.zeros(n_docs, np.bool_)
    place, got = np.zeros(n_rankings, np.int64), np.zeros(n_rankings)
    drafted = 0.0
    for _ in range(n_docs):
        k, least = -1, np.inf
        for ranking in range(n_rankings):
            behind = got[ranking] / shares[ranking] if shares[ranking] > 0 else np.inf
            if behind < least:
                k, least = ranking, behind
        first = place[k]
        while taken[orders[k, place[k]]]:
            place[k] += 1
        row = orders[k, place[k]]
        taken[row] = True
        got[k] += n_tokens[row]
        drafted += n_tokens[row]
        for passed in range(first, place[k] + 1):
            moments[k, passed] = drafted
        place[k] += 1
    return moments
