"""Union-find against the connected components of scipy, however the pairs come."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from selection.primitives.union_find import UnionFind, sizes_and_places

bands = st.integers(1, 30).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 9), min_size=n, max_size=n), max_size=5)
)


def components(keys: np.ndarray) -> np.ndarray:
    """Smallest member of each component, by scipy, of documents that share a key in a column of (n_docs, n_bands)."""
    n = len(keys)
    pairs = [(i, j) for i in range(n) for j in range(i) if (keys[i] == keys[j]).any()]
    rows, columns = np.array(pairs, int).reshape(-1, 2).T
    _, code = connected_components(coo_array((np.ones(len(rows)), (rows, columns)), (n, n)))
    return np.array([np.flatnonzero(code == c)[0] for c in code])


@given(bands, st.randoms())
def test_components_are_those_of_the_graph(columns: list[list[int]], random) -> None:
    keys = np.array(columns, np.uint64).T if columns else np.zeros((4, 0), np.uint64)
    joined = UnionFind(len(keys))
    for band in keys.T:
        docs = list(range(len(keys)))
        random.shuffle(docs)
        order = np.array(docs)[np.argsort(band[docs], kind="stable")]
        joined.join_equal(band[order], order)
    labels = joined.labels()
    assert labels.tolist() == components(keys).tolist()
    sizes, places = sizes_and_places(labels)
    assert sizes.tolist() == [int((labels == label).sum()) for label in labels]
    assert places.tolist() == [
        int((labels[: d + 1] == labels[d]).sum()) for d in range(len(labels))
    ]


def test_a_long_chain_joined_from_its_end_is_one_component() -> None:
    n = 200_000
    joined = UnionFind(n)
    joined.join_equal(np.zeros(n, np.uint64), np.arange(n)[::-1].copy())
    assert not joined.labels().any()
