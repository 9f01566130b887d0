"""Weights: composition adds, and no reason is lost."""

import numpy as np
import pytest

from selection.core.errors import WinnowError
from selection.core.weights import Weights


def text(*values) -> np.ndarray:
    return np.array(values, object)


def test_weights_add_and_reasons_stay():
    one = Weights(
        np.array([0, -np.inf, 0]), {"excluded": text("", "a", "")}, None, {"a is not rated": 1}
    )
    two = Weights(
        np.array([1.0, 2.0, -np.inf]), {"excluded": text("", "", "b"), "axis": np.arange(3)}, 500
    )
    both = one + two
    np.testing.assert_array_equal(both.log_weight, [1, -np.inf, -np.inf])
    assert both.because["excluded"].tolist() == ["", "a", "b"]
    assert both.because["axis"].tolist() == [0, 1, 2]
    assert both.made_for_tokens == 500 and both.excluded == {"a is not rated": 1}


def test_of_two_filters_each_rule_keeps_its_value_and_bound():
    kept = np.zeros(3)
    one = {"rule": text("a >= 1", "a >= 1", ""), "rule_value": np.array([0.5, 0.1, np.nan])}
    two = {"rule": text("", "b <= 2", ""), "rule_value": np.array([np.nan, 9.0, np.nan])}
    both = (Weights(kept, one) + Weights(kept, two)).because
    assert both["rule"].tolist() == ["a >= 1", "b <= 2", ""]
    np.testing.assert_array_equal(both["rule_value"], [0.5, 9.0, np.nan])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_weight_that_is_no_weight_is_refused_with_its_place(bad):
    with pytest.raises(WinnowError, match="document number 1"):
        Weights(np.array([0.0, bad]))
