"""The Vendi score: its closed forms, its dual form against the n x n definition, and streaming."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.primitives.vendi import gram, vendi, vendi_from_gram


def unit_rows(n, dim, seed=0):
    x = np.random.default_rng(seed).normal(size=(n, dim))
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def by_definition(x):
    """exp of the entropy of the eigenvalues of the n x n similarity matrix over n."""
    spectrum = np.linalg.eigvalsh(x.astype(np.float64) @ x.T.astype(np.float64) / len(x))
    spectrum = spectrum[spectrum > 1e-12]
    return np.exp(-(spectrum * np.log(spectrum)).sum())


@pytest.mark.parametrize("n", [1, 2, 50])
def test_equal_rows_are_one_document(n):
    assert vendi(np.repeat(unit_rows(1, 8), n, axis=0)) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("n", [1, 2, 16])
def test_orthonormal_rows_are_all_distinct(n):
    assert vendi(np.eye(16, dtype=np.float16)[:n]) == pytest.approx(n)


def test_two_rows_with_a_cosine_have_a_closed_form():
    cosine = 0.6
    rows = np.array([[1, 0], [cosine, 0.8]])
    a, b = (1 + cosine) / 2, (1 - cosine) / 2
    assert vendi(rows) == pytest.approx(np.exp(-a * np.log(a) - b * np.log(b)), rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 9))
def test_the_dual_form_equals_the_definition(n, dim, seed):
    x = unit_rows(n, dim, seed)
    assert vendi(x) == pytest.approx(by_definition(x), rel=1e-4)
    assert 1 - 1e-6 <= vendi(x) <= min(n, dim) + 1e-4


def test_copies_weigh_as_repeated_rows_and_undrawn_rows_are_not_read():
    x = unit_rows(5, 4)
    copies = np.array([3, 0, 1, 2, 0])
    x[1] = np.nan
    assert vendi(x, copies) == pytest.approx(vendi(np.repeat(x, copies, axis=0)), rel=1e-5)


def test_grams_of_parts_add_up(monkeypatch):
    monkeypatch.setattr("selection.primitives.vendi.BLOCK_DOCS", 7)
    x, w = unit_rows(50, 6), np.arange(50)
    parts = gram(x[:20], w[:20]) + gram(x[20:], w[20:])
    np.testing.assert_allclose(parts, gram(x, w), rtol=1e-5)
    np.testing.assert_allclose(gram(x), x.T.astype(float) @ x, atol=1e-5)


def test_orders_agree_where_all_are_equally_common_and_fall_with_the_order_elsewhere():
    even, uneven = gram(np.eye(4)), gram(np.eye(4), np.array([8, 4, 2, 1]))
    for order in (0, 0.5, 1, 2, np.inf):
        assert vendi_from_gram(even, order) == pytest.approx(4)
    scores = [vendi_from_gram(uneven, order) for order in (0, 0.5, 1, 2, np.inf)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == pytest.approx(15 / 8)


def test_nothing_drawn_has_no_score_and_mistakes_are_named():
    assert np.isnan(vendi(unit_rows(3, 4), np.zeros(3)))
    with pytest.raises(ValueError, match="one per row"):
        gram(unit_rows(3, 4), np.ones(2))
    with pytest.raises(ValueError, match="order"):
        vendi(unit_rows(3, 4), order=-1)
