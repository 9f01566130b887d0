"""Stability of axes: what is in the documents is found again on others, what is noise is not."""

import numpy as np
import pytest

from selection.primitives import resampling
from selection.primitives.axes_settings import AxesSettings
from selection.primitives.axis_stability import stability
from selection.primitives.principal_axes import fit_axes


def found(values, **settings):
    names = [f"s{i}" for i in range(values.shape[1])]
    rng = np.random.default_rng(0)
    model = fit_axes(values, [1] * len(names), names, AxesSettings(**settings), rng)
    codes = resampling.groups_of(np.arange(len(values), dtype=np.uint64))
    return stability(model, values, codes)


def test_real_axes_are_stable_and_axes_of_unrelated_columns_are_not():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(2_000, 6))
    factors = np.repeat(rng.normal(size=(2_000, 2)) * [3.0, 1.5], 3, axis=1)
    for rotation in ("none", "varimax"):
        assert all(axis.stable for axis in found(noise + factors, n_axes=2, rotation=rotation))
        assert not any(axis.stable for axis in found(noise, n_axes=2, rotation=rotation))


def test_two_equally_strong_factors_may_turn_in_their_plane_and_varimax_holds_them():
    rng = np.random.default_rng(2)
    values = np.repeat(rng.normal(size=(3_000, 2)), 3, axis=1) + rng.normal(size=(3_000, 6))
    assert not all(axis.stable for axis in found(values, n_axes=2))
    assert all(axis.stable for axis in found(values, n_axes=2, rotation="varimax"))


@pytest.mark.filterwarnings("error")
def test_few_documents_give_no_name_and_no_warning():
    values = np.random.default_rng(3).normal(size=(6, 3))
    assert not any(axis.stable for axis in found(values, n_axes=1))
