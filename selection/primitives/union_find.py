"""Union-find: which documents hang together when they are joined pair by pair, in 4 or 8 bytes a document.

Every document points at one with a smaller number or at itself, so the root of a component is its smallest member;
following a path halves it (Tarjan and van Leeuwen 1984).

Cost: nearly constant time a pair; labels, sizes and places are one pass each.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import numpy as np
from numba import njit

_kernel = partial(cast(Any, njit), nogil=True, no_cfunc_wrapper=True)  # typed without that flag


class UnionFind:
    """Starts with every document alone."""

    def __init__(self, n_docs: int) -> None:
        self._parent = np.arange(n_docs, dtype=np.int64 if n_docs > 2**31 - 1 else np.int32)

    def join_equal(self, keys: np.ndarray, docs: np.ndarray) -> None:
        """Join neighbours that have the same key: `keys` (n,) sorted, or at least equal ones together; `docs` (n,)."""
        _join_equal(self._parent, keys, docs)

    def labels(self) -> np.ndarray:
        """The smallest member of each document's component. (n_docs,) int32 or int64, a view"""
        _flatten(self._parent)
        return self._parent


def sizes_and_places(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many documents share each one's label, and its place among them from 1. (n_docs,) int32 each

    `labels` are those of `UnionFind`: numbers of documents.
    """
    places = np.empty(len(labels), np.int32)
    counts = np.zeros(len(labels), np.int32)
    _number(labels, counts, places)
    return counts[labels], places


@_kernel(no_cpython_wrapper=True)
def _root(parent: np.ndarray, d: int) -> int:
    while parent[d] != d:
        parent[d] = parent[parent[d]]
        d = parent[d]
    return d


@_kernel(cache=True)
def _join_equal(parent: np.ndarray, keys: np.ndarray, docs: np.ndarray) -> None:
    for i in range(1, len(keys)):
        if keys[i] == keys[i - 1]:
            one, other = _root(parent, docs[i - 1]), _root(parent, docs[i])
            if one < other:
                parent[other] = one
            else:
                parent[one] = other


@_kernel(cache=True)
def _flatten(parent: np.ndarray) -> None:
    """Every document points at its root: parents are smaller, so those of earlier documents are final."""
    for d in range(len(parent)):
        parent[d] = parent[parent[d]]


@_kernel(cache=True)
def _number(labels: np.ndarray, counts: np.ndarray, places: np.ndarray) -> None:
    for d in range(len(labels)):
        counts[labels[d]] += 1
        places[d] = counts[labels[d]]
