"""Intervals: published values for Wilson, and the bootstrap against the standard error and its coverage."""

import numpy as np
import pytest

from selection.primitives import intervals
from selection.primitives.intervals import bootstrap_mean, wilson


def test_wilson_by_its_formula():
    z = 1.959963984540054
    found = wilson(0, 10)
    assert (found.low, found.estimate) == (0, 0)
    assert found.high == pytest.approx(z**2 / (10 + z**2))  # closed form where nothing was hit
    half = wilson(50, 100)
    assert half.high - 0.5 == pytest.approx(0.5 - half.low)
    assert half.high - half.low == pytest.approx(z / np.sqrt(100 + z**2))  # closed form at one half
    assert wilson(10, 10).high == 1
    assert wilson(0, 0).low == 0 and wilson(0, 0).high == 1


def test_wilson_solves_the_score_equation():
    z = 1.959963984540054
    for k, n in [(1, 7), (13, 40), (999, 1000)]:
        found = wilson(k, n)
        for end in (found.low, found.high):
            assert abs(k / n - end) == pytest.approx(z * np.sqrt(end * (1 - end) / n))


def test_the_interval_of_an_area_solves_its_equation_and_is_honest_at_the_end():
    z = 1.959963984540054
    for auc, n_high, n_low in [(0.8, 12, 30), (0.5, 5, 5), (0.97, 40, 8)]:
        found, n = intervals.area(auc, n_high, n_low), (n_high + n_low) / 2 - 1
        for a in (found.low, found.high):
            worth = a * (1 - a) * (1 + n * (1 - a) / (2 - a) + n * a / (1 + a))
            assert abs(auc - a) == pytest.approx(z * np.sqrt(worth / (n_high * n_low)))
    perfect = intervals.area(1.0, 5, 5)
    assert 0.4 < perfect.low < 0.9 and perfect.high == 1  # ten documents prove little


def test_the_interval_of_a_mean_is_students_and_none_where_nothing_varies():
    from scipy.stats import ttest_1samp

    values = np.array([1.0, 2.0, 2.0, 4.0])
    found, known = intervals.mean(values), ttest_1samp(values, 0).confidence_interval()
    assert (found.low, found.high) == pytest.approx((known.low, known.high))
    assert intervals.mean(np.ones(9)) is None and intervals.mean(np.ones(1)) is None


def test_a_bootstrap_interval_is_the_standard_error_wide():
    values = np.random.default_rng(0).normal(3, 2, 500)
    found = bootstrap_mean(values, np.random.default_rng(1), n_resamples=4000)
    width = 2 * 1.96 * values.std() / np.sqrt(500)
    assert found.estimate == values.mean()
    assert found.high - found.low == pytest.approx(width, rel=0.06)
    assert found.low < found.estimate < found.high


def test_grouping_many_documents_keeps_the_width(monkeypatch):
    values = np.random.default_rng(0).exponential(size=20_000)
    found = bootstrap_mean(values, np.random.default_rng(1), n_resamples=2000)
    width = 2 * 1.96 * values.std() / np.sqrt(20_000)
    assert found.high - found.low == pytest.approx(width, rel=0.1)
    assert len(values) > intervals.MOST_GROUPS


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(300):
        found = bootstrap_mean(rng.normal(1, 1, 60), rng, n_resamples=300, level=0.9)
        hits += found.low <= 1 <= found.high
    assert 0.84 <= hits / 300 <= 0.95


def test_weights_are_those_of_a_ratio_and_missing_values_are_left_out():
    values = np.array([1.0, 5.0, np.nan, 7.0])
    weights = np.array([3.0, 1.0, 9.0, 0.0])
    found = bootstrap_mean(values, np.random.default_rng(0), weights)
    assert found.estimate == 2
    assert 1 <= found.low <= found.high <= 5
    same = bootstrap_mean(np.full(9, 2.5), np.random.default_rng(0))
    assert (same.low, same.estimate, same.high) == (2.5, 2.5, 2.5)
    assert np.isnan(bootstrap_mean(np.array([np.nan]), np.random.default_rng(0)).estimate)


def test_the_same_generator_gives_the_same_interval():
    values = np.arange(50.0)
    one, two = (bootstrap_mean(values, np.random.default_rng(4)) for _ in range(2))
    assert one == two


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="level"):
        wilson(1, 2, level=95)
    with pytest.raises(ValueError, match=r"0\.\.2"):
        wilson(3, 2)
