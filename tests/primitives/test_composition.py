"""Composition of a subset: shares, means of what is rated, and length, on five documents counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.primitives.composition import composition, length_bias, rated_mean

TOKENS = np.array([10, 20, 30, 40, 100])
CODES = np.array([0, 0, 1, 1, -1])
COPIES = np.array([2, 0, 1, 0, 0])  # 20 tokens of category 0, 30 of category 1


def test_shares_count_copies_and_keep_what_has_no_label():
    found = composition(CODES, 3, TOKENS, COPIES)
    assert found.subset.tolist() == [0.4, 0.6, 0, 0]
    assert found.corpus.tolist() == [0.15, 0.35, 0, 0.5]
    assert found.log2_ratio[0] == pytest.approx(np.log2(0.4 / 0.15))
    assert found.log2_ratio[3] == -np.inf
    assert np.isnan(found.log2_ratio[2])
    assert found.total_variation == pytest.approx(0.5)
    assert found.effective_categories == pytest.approx(
        2 ** -(0.4 * np.log2(0.4) + 0.6 * np.log2(0.6))
    )
    assert found.entropy == pytest.approx(np.log2(found.effective_categories))


def test_everything_drawn_is_the_corpus():
    found = composition(CODES, 2, TOKENS, np.ones(5, int))
    assert found.total_variation == 0
    assert found.log2_ratio.tolist() == [0, 0, 0]
    assert np.isnan(composition(CODES, 2, TOKENS, np.zeros(5, int)).subset).all()


def test_means_leave_out_and_count_what_is_not_rated():
    values = np.array([1.0, 9.0, 4.0, 9.0, np.nan])
    by_tokens = rated_mean(values, TOKENS, COPIES)
    assert (by_tokens.mean, by_tokens.n_rated, by_tokens.n_missing) == ((20 + 120) / 50, 2, 0)
    assert rated_mean(values, TOKENS, COPIES, "documents").mean == (1 + 1 + 4) / 3
    some = rated_mean(values, TOKENS, np.array([0, 1, 0, 0, 3]))
    assert (some.mean, some.n_rated, some.n_missing) == (9, 1, 1)
    none = rated_mean(values, TOKENS, np.array([0, 0, 0, 0, 1]))
    assert np.isnan(none.mean) and none.n_missing == 1


def test_length_bias_by_hand():
    found = length_bias(TOKENS, np.array([0, 0, 0, 1, 1]))
    assert (found.mean_subset, found.mean_corpus, found.ratio) == (70, 40, 1.75)
    assert found.longer == ((3 + 4) / 2 + (4 + 5) / 2) / 2 / 5
    assert found.quantiles_subset.tolist() == [40, 40, 40, 100, 100]
    assert found.quantiles_corpus.tolist() == [10, 20, 30, 40, 100]


def test_no_draw_has_no_length():
    found = length_bias(TOKENS, np.zeros(5, int))
    assert np.isnan([found.mean_subset, found.ratio, found.longer]).all()
    assert np.isnan(found.quantiles_subset).all()


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=30))
def test_length_bias_agrees_with_counting_pairs(rows):
    tokens, copies = np.array(rows).T
    found = length_bias(tokens, copies)
    if copies.sum() == 0:
        return
    drawn = np.repeat(tokens, copies)
    pairs = np.sign(drawn[:, None] - tokens) / 2 + 0.5
    assert found.longer == pytest.approx(pairs.mean())
    assert found.mean_subset == pytest.approx(drawn.mean())
    expected = np.quantile(drawn, [0.05, 0.25, 0.5, 0.75, 0.95], method="inverted_cdf")
    np.testing.assert_array_equal(found.quantiles_subset, expected)
    everyone = length_bias(tokens, np.ones(len(tokens), int))
    assert everyone.longer == pytest.approx(0.5)
