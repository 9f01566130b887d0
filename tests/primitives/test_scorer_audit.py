"""The scorer audit on scores of which it is known what they measure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.primitives.scorer_audit import audit, disagreement, told_by_columns, told_by_groups

N = 4000
RNG = np.random.default_rng(0)
TOKENS = RNG.integers(10, 5000, N)
SOURCE = RNG.integers(0, 8, N)
LAYOUT = RNG.random((N, 3))


def of(values):
    return audit(np.asarray(values, float), TOKENS, {"source": SOURCE}, LAYOUT)


def test_a_score_that_is_length_says_so_whatever_its_scale():
    found = of(np.log(TOKENS))
    assert found.length == pytest.approx(1, abs=1e-9) and found.told["length"] > 0.95
    assert found.verdict() == "mostly document length (longer is higher)"
    assert of(-(TOKENS**2.0)).verdict() == "mostly document length (shorter is higher)"


def test_a_score_that_likes_middle_length_is_seen_though_its_correlation_is_nil():
    found = of(-np.abs(TOKENS - 2500.0))
    assert abs(found.length) < 0.1 and found.told["length"] > 0.9
    assert found.verdict() == "mostly length"


def test_sources_and_layout_are_named():
    assert of(SOURCE + 0.1 * RNG.random(N)).verdict() == "mostly source"
    found = of(LAYOUT @ [1, 1, 0] + 0.1 * RNG.random(N))
    assert found.verdict() == "mostly formatting" and found.told["source"] < 0.02


def test_noise_measures_none_of_them():
    found = of(RNG.random(N))
    assert found.verdict() == "" and max(found.told.values()) < 0.01


def test_what_is_not_rated_does_not_count():
    values = np.log(TOKENS)
    values[::2] = np.nan
    assert of(values).n == N // 2 and of(values).length == pytest.approx(1, abs=1e-9)
    assert of(np.full(N, np.nan)).told["source"] is None
    assert of(np.ones(N)).length is None


def test_shares_by_hand():
    """Two groups (0, 2) and (4, 6): 16 of 20 lie between them, adjusted 1 - 0.2 * 3 / 2."""
    assert told_by_groups(np.array([0, 2, 4, 6.0]), np.array([0, 0, 1, 1])) == pytest.approx(0.7)
    assert told_by_groups(np.arange(4.0), np.zeros(4, int)) is None
    ranked = np.arange(10.0)
    assert told_by_columns(ranked, ranked[:, None] ** 3) == pytest.approx(1)
    assert told_by_columns(ranked, np.ones((10, 2))) is None


@given(st.integers(2, 60), st.integers(0, 2**32 - 1))
def test_many_groups_tell_nothing_of_noise(n_groups, seed):
    rng = np.random.default_rng(seed)
    share = told_by_groups(rng.normal(size=1000), rng.integers(0, n_groups, 1000))
    assert 0 <= share < 0.1


def test_raters_that_agree_and_raters_that_do_not():
    one = RNG.random(N)
    same = disagreement(one, 10 * one + 3)
    assert same.spearman == pytest.approx(1) and same.top_overlap == 1 and same.mean_apart == 0
    turned = disagreement(one, -one)
    assert turned.spearman == pytest.approx(-1) and turned.top_overlap == 0
    assert {int(np.argmax(one)), int(np.argmin(one))} == set(turned.rows[:2].tolist())
    other = disagreement(one, RNG.random(N))
    assert other.low < 0 < other.high and other.top_overlap == pytest.approx(0.1, abs=0.05)
    assert disagreement(one, np.full(N, np.nan)).spearman is None
