"""Token ranks: closed facts on values small enough to check by hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.primitives.interpolation import interpolate
from selection.primitives.ranks import TokenRanks, normal_scores, pack, sample_rows, unpack


def test_ranks_are_middles_of_the_tokens_occupied():
    ranks = TokenRanks.fit(np.array([5.0, 1.0, 3.0]), np.array([10, 70, 20]))
    np.testing.assert_allclose(ranks.of(np.array([5.0, 3.0, 1.0])), [0.05, 0.20, 0.65])


def test_ties_share_their_mid_rank():
    values = np.array([2.0, 2.0, 2.0, 7.0])
    ranks = TokenRanks.fit(values, np.array([1, 1, 2, 4]))
    np.testing.assert_allclose(ranks.of(values), [0.75, 0.75, 0.75, 0.25])


def test_a_constant_column_ranks_in_the_middle_and_missing_stays_missing():
    ranks = TokenRanks.fit(np.array([3.0, np.nan, 3.0]))
    np.testing.assert_array_equal(ranks.of(np.array([3.0, 99.0, np.nan])), [0.5, 0.5, np.nan])
    nothing = TokenRanks.fit(np.array([np.nan]))
    assert np.isnan(nothing.of(np.array([1.0]))).all()


def test_new_values_are_interpolated_and_ends_hold():
    ranks = TokenRanks.fit(np.array([0.0, 1.0]))
    np.testing.assert_allclose(
        ranks.of(np.array([-9, 0, 0.5, 1, 9.0])), [0.75, 0.75, 0.5, 0.25, 0.25]
    )


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 9)), min_size=1, max_size=80),
)
def test_the_token_weighted_mean_rank_is_one_half(pairs):
    values, tokens = np.array(pairs, np.float64).T
    ranks = TokenRanks.fit(values, tokens).of(values)
    np.testing.assert_allclose((ranks * tokens).sum() / tokens.sum(), 0.5)
    assert ((ranks > 0) & (ranks < 1)).all()
    assert (np.diff(ranks[np.argsort(values)]) <= 1e-12).all()


def test_knots_approximate_the_full_map():
    rng = np.random.default_rng(0)
    values, tokens = rng.lognormal(2, 2, 50_000), rng.integers(1, 100, 50_000)
    full = TokenRanks.fit(values, tokens, max_knots=100_000)
    few = TokenRanks.fit(values, tokens, max_knots=500)
    assert len(full.values) == 50_000 and len(few.values) <= 502
    assert np.abs(few.of(values) - full.of(values)).max() < 1.5 / 500
    ends = np.array([values.min(), values.max()])
    np.testing.assert_array_equal(few.of(ends), full.of(ends))


def test_maps_survive_packing():
    maps = (
        TokenRanks.fit(np.array([1.0, 2.0])),
        TokenRanks.fit(np.empty(0)),
        TokenRanks.fit(np.ones(3)),
    )
    again = unpack(pack(maps, "x"), "x")
    assert [each.values.tolist() for each in again] == [[1.0, 2.0], [], [1.0]]
    assert unpack(pack((), "x"), "x") == ()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=40, unique=True),
    st.lists(st.floats(-2e9, 2e9), max_size=20),
)
def test_interpolation_is_numpys(knots, values):
    knots = np.sort(knots)
    heights = np.linspace(1, 0, len(knots))
    asked = np.r_[values, knots, np.nan]
    found = interpolate(asked, knots, heights)
    np.testing.assert_allclose(found, np.interp(asked, knots, heights), atol=1e-12)
    np.testing.assert_array_equal(interpolate(knots, knots, heights), heights)


def test_normal_scores_are_the_normal_quantiles_of_the_rank():
    np.testing.assert_allclose(
        normal_scores(np.array([0.5, 0.158655254, 0.977249868])), [0, 1, -2], atol=1e-6
    )
    assert np.isfinite(normal_scores(np.array([0.0, 1.0]))).all()


def test_a_sample_does_not_depend_on_the_order_of_rows():
    hashes = np.random.default_rng(0).permutation(1_000).astype(np.uint64)
    rows = sample_rows(hashes, 100)
    assert set(hashes[rows]) == set(range(100)) and (np.diff(rows) > 0).all()
    assert len(sample_rows(hashes, 2_000)) == 1_000
