"""FineWeb2's five rules on columns small enough to work out by hand, and what each promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from selection.primitives.adaptive_thresholds import adapt, confidence_bound, removed_share

ENGLISH = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])  # mean 5.5, median 5.5, sd sqrt(8.25)
OTHER = np.array([10.0, 20, 30, 40, 50, 60, 70, 80, 90, 100])
columns = st.lists(st.floats(0, 100).map(lambda x: round(x, 1)), min_size=1, max_size=60).map(
    np.array
)


def test_the_five_rules_by_hand():
    assert adapt("English", "<=", 8, OTHER, ENGLISH) == 8
    assert adapt("MeanStd", "<=", 8, OTHER, ENGLISH) == pytest.approx(80)  # OTHER is ten times it
    assert adapt("MedianRatio", "<=", 8, OTHER, ENGLISH) == pytest.approx(80)
    assert adapt("Quantile", "<=", 8, OTHER, ENGLISH) == 80  # two of ten go: 9, 10 and 90, 100
    assert adapt("Quantile", ">=", 3, OTHER, ENGLISH) == 30  # 1, 2 and 10, 20
    assert adapt("10Tail", "<=", 8, OTHER, ENGLISH) == 90
    assert adapt("10Tail", ">=", 3, OTHER, ENGLISH) == 20


def test_where_a_rule_is_not_defined_the_english_bound_stays():
    flat = np.zeros(5)
    assert adapt("MeanStd", "<=", 0.3, OTHER, flat) == 0.3
    assert adapt("MedianRatio", "<=", 0.3, OTHER, flat) == 0.3


@given(columns, columns, st.floats(0, 100), st.sampled_from([">=", "<="]))
def test_quantile_removes_what_english_loses_and_no_value_is_stricter(values, english, bound, sign):
    share = removed_share(english, sign, bound)
    found = adapt("Quantile", sign, bound, values, english)
    assert removed_share(values, sign, found) <= share + 1e-9
    stricter = values[values > found] if sign == ">=" else values[values < found]
    assume(len(stricter))
    nearest = stricter.min() if sign == ">=" else stricter.max()
    assert removed_share(values, sign, float(nearest)) > share - 1e-9


@given(columns, st.sampled_from([">=", "<="]), st.integers(1, 50))
def test_ten_tail_removes_a_tenth_of_values_that_all_differ(values, sign, tenth):
    differ = np.arange(10 * tenth) + values[0]
    assert removed_share(differ, sign, adapt("10Tail", sign, 0, differ, values)) == pytest.approx(
        0.1
    )


@given(columns)
def test_a_language_that_is_english_keeps_its_bound_by_mean_and_median(values):
    for rule in ("MeanStd", "MedianRatio"):
        assert adapt(rule, "<=", 7.5, values, values) == pytest.approx(7.5)


def test_confidence_is_median_less_deviation_within_its_limits():
    assert confidence_bound(np.array([0.5, 0.7, 0.9])) == pytest.approx(0.7 - np.sqrt(0.08 / 3))
    assert confidence_bound(np.full(9, 0.99)) == 0.9 and confidence_bound(np.full(9, 0.1)) == 0.3
