"""Divergences in bits: closed forms, bounds, and what happens where a category is empty."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.primitives.divergence import (
    effective_number,
    entropy,
    js,
    kl,
    shares,
    total_variation,
)

COUNTS = st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any)


def test_entropy_of_even_shares_is_the_logarithm():
    assert entropy(np.full(8, 1 / 8)) == 3
    assert effective_number(np.full(8, 1 / 8)) == 8
    assert entropy(np.array([1.0, 0, 0])) == 0
    assert effective_number(np.array([0.5, 0.5, 0])) == 2


def test_kl_by_hand():
    assert kl(np.array([1.0, 0]), np.array([0.25, 0.75])) == 2
    assert kl(np.array([0.5, 0.5]), np.array([1.0, 0])) == np.inf
    assert kl(np.array([0.5, 0.5]), np.array([0.25, 0.75])) == pytest.approx(
        0.5 * 1 + 0.5 * np.log2(2 / 3)
    )


def test_js_ends_at_one_bit_and_total_variation_at_one():
    p, q = np.array([1.0, 0]), np.array([0, 1.0])
    assert (js(p, q), total_variation(p, q)) == (1, 1)
    assert (js(p, p), total_variation(p, p)) == (0, 0)
    assert total_variation(np.array([0.5, 0.5]), np.array([0.25, 0.75])) == 0.25


def test_smoothing_is_added_to_each_count():
    assert shares(np.array([1, 0]), 0.5).tolist() == [0.75, 0.25]
    assert np.isfinite(kl(shares(np.array([1, 1])), shares(np.array([3, 0]), 0.5)))
    assert np.isnan(shares(np.zeros(2))).all()
    with pytest.raises(ValueError, match="at least 0"):
        shares(np.array([-1, 2]))


@given(COUNTS, COUNTS)
def test_bounds_and_symmetry(a, b):
    p, q = shares(np.array(a)), shares(np.array(b))
    assert js(p, q) == pytest.approx(js(q, p), abs=1e-12)
    assert 0 <= js(p, q) <= 1
    assert kl(p, q) >= -1e-12
    assert kl(p, p) == 0
    # Pinsker's inequality, in bits.
    assert total_variation(p, q) <= np.sqrt(kl(p, q) * np.log(2) / 2) + 1e-9
    assert 1 - 1e-12 <= effective_number(p) <= 4 + 1e-9
