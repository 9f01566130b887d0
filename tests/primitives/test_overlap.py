"""Overlap: counted by hand, symmetric where it should be, and equal to what independent draws do on average."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.primitives.overlap import intersections, overlaps

TOKENS = np.array([10, 20, 30, 40, 100])
A = np.array([1, 1, 1, 0, 0])  # 3 documents, 60 tokens
B = np.array([0, 2, 1, 1, 0])  # 3 documents, 90 tokens; one drawn twice counts once


def test_two_subsets_by_hand():
    both = overlaps([A, B], TOKENS)
    assert both.documents.shared.tolist() == [[3, 2], [2, 3]]
    assert both.tokens.shared.tolist() == [[60, 50], [50, 90]]
    assert both.documents.jaccard[0, 1] == 2 / 4
    assert both.tokens.jaccard[0, 1] == 50 / 100
    assert both.tokens.share.tolist() == [[1, 50 / 60], [50 / 90, 1]]
    assert both.tokens.smaller_share[0, 1] == both.tokens.smaller_share[1, 0] == 50 / 60
    assert both.documents.expected_shared[0, 1] == 9 / 5
    assert both.documents.expected_jaccard[0, 1] == (9 / 5) / (6 - 9 / 5)
    assert both.tokens.expected_shared[0, 1] == 60 * 90 / 200
    assert both.tokens.expected_share.tolist() == [[0.3, 0.45], [0.3, 0.45]]
    assert both.tokens.lift[0, 1] == pytest.approx(50 / 27)


def test_chance_is_what_independent_draws_do():
    rng = np.random.default_rng(0)
    n, n_a, n_b, tries = 60, 20, 30, 4000
    tokens = rng.integers(1, 100, n)
    shared = np.empty(tries)
    for k in range(tries):
        a, b = np.zeros(n, int), np.zeros(n, int)
        a[rng.choice(n, n_a, replace=False)] = 1
        b[rng.choice(n, n_b, replace=False)] = 1
        shared[k] = (a * b).sum()
    documents = overlaps([a, b], tokens).documents
    expected = documents.expected_shared[0, 1]
    assert shared.mean() == pytest.approx(expected, abs=4 * shared.std() / tries**0.5)
    spread = (documents.shared[0, 1] - expected) / documents.z[0, 1]
    assert shared.std() == pytest.approx(spread, rel=0.05)


@given(st.lists(st.lists(st.integers(0, 2), min_size=12, max_size=12), min_size=2, max_size=4))
def test_matrices_are_symmetric_and_bounded(copies):
    tokens = np.arange(1, 13)
    for overlap in vars(overlaps([np.array(c) for c in copies], tokens)).values():
        for matrix in (overlap.shared, overlap.jaccard, overlap.smaller_share, overlap.lift):
            np.testing.assert_array_equal(matrix, matrix.T)
        for matrix in (overlap.jaccard, overlap.share, overlap.expected_share):
            assert np.all(np.isnan(matrix) | ((matrix >= 0) & (matrix <= 1)))


@given(st.lists(st.lists(st.integers(0, 2), min_size=9, max_size=9), min_size=1, max_size=6))
def test_intersections_part_the_union(copies):
    copies = [np.array(c) for c in copies]
    tokens = np.arange(9)
    regions = intersections(copies, tokens)
    union = np.any([c > 0 for c in copies], axis=0)
    assert sum(r.n_docs for r in regions) == union.sum()
    assert sum(r.n_tokens for r in regions) == tokens[union].sum()
    for position, c in enumerate(copies):
        assert sum(r.n_docs for r in regions if position in r.members) == (c > 0).sum()


def test_intersections_by_hand():
    found = [(r.members, r.n_docs, r.n_tokens) for r in intersections([A, B], TOKENS)]
    assert found == [((0, 1), 2, 50), ((0,), 1, 10), ((1,), 1, 40)]


def test_equal_and_disjoint_and_empty_subsets():
    same = overlaps([A, A], TOKENS).tokens
    assert same.jaccard.tolist() == [[1, 1], [1, 1]]
    apart = overlaps([A, 1 - A], TOKENS).tokens
    assert apart.lift[0, 1] == 0
    empty = overlaps([A, 0 * A], TOKENS).documents
    assert np.isnan(empty.lift[0, 1])
    assert empty.jaccard[0, 1] == 0
    assert np.isnan(empty.share[1, 0])


def test_blocks_agree_with_the_whole(monkeypatch):
    rng = np.random.default_rng(1)
    copies, tokens = list(rng.integers(0, 2, (3, 100))), rng.integers(1, 50, 100)
    whole = overlaps(copies, tokens)
    monkeypatch.setattr("selection.primitives.overlap.BLOCK_DOCS", 7)
    np.testing.assert_array_equal(overlaps(copies, tokens).tokens.shared, whole.tokens.shared)


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="one per document"):
        overlaps([A[:3]], TOKENS)
    with pytest.raises(ValueError, match="at most 16"):
        intersections([A] * 17, TOKENS)
