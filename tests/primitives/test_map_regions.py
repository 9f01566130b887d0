"""Regions of a map that a selection keeps more or less often than chance: found where planted, none in a random one."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from selection.primitives.map_regions import _rings, _signs, _step_up, find_regions
from selection.primitives.polygon import inside


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(0).normal(size=(20_000, 2)).astype(np.float32)


def test_planted_regions_are_found_on_their_side(points):
    rng = np.random.default_rng(1)
    more = ((points - [1, 1]) ** 2).sum(axis=1) < 0.3
    less = ((points - [-1, -1]) ** 2).sum(axis=1) < 0.3
    kept = rng.random(len(points)) < np.where(more, 0.7, np.where(less, 0.05, 0.3))
    found = find_regions(points, kept)
    assert {region.over for region in found[:2]} == {True, False}
    for region in found[:2]:
        planted = more if region.over else less
        assert (
            planted[region.members].mean() > 0.6
            and planted[region.members].sum() > 0.5 * planted.sum()
        )
    assert sum(not (more | less)[r.members].any() for r in found) <= 1


@pytest.mark.parametrize("seed", range(5))
def test_a_random_selection_has_no_region(points, seed):
    kept = np.random.default_rng(seed).random(len(points)) < 0.2
    assert len(find_regions(points, kept)) <= 1


def test_nothing_or_everything_kept_has_no_region(points):
    assert find_regions(points, np.zeros(len(points), bool)) == []
    assert find_regions(points, np.ones(len(points), bool)) == []


def test_the_rings_of_a_region_enclose_its_documents_and_no_others(points):
    kept = (np.abs(points[:, 0]) < 0.5) & (np.hypot(*points.T) > 0.4)
    for region in find_regions(points, kept):
        crossed = np.zeros(len(points), bool)
        for ring in region.rings:
            crossed ^= inside(points, ring)  # a ring inside another is a hole
        wrong = np.setxor1d(np.flatnonzero(crossed), region.members)
        assert len(wrong) <= 2  # points on a border
        assert region.n_kept == kept[region.members].sum()
        assert region.expected == pytest.approx(kept.mean() * region.n_docs)


def test_rings_by_hand():
    ring = np.ones((3, 3), bool)
    ring[1, 1] = False
    outer, hole = sorted(_rings(ring), key=lambda r: -np.ptp(r, axis=0).sum())
    assert sorted(map(tuple, outer)) == [(0, 0), (0, 3), (3, 0), (3, 3)]
    assert sorted(map(tuple, hole)) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert len(_rings(np.array([[True, False], [False, True]]))) in (1, 2)


def test_the_test_of_a_cell_is_the_hypergeometric_one():
    held, taken = np.array([100, 100, 100, 0]), np.array([10, 60, 2, 0])
    assert _signs(held, taken, 1000, 100).tolist() == [0, 1, -1, 0]
    p = 2 * hypergeom.cdf(2, 1000, 100, 100)
    assert p < 0.01 * 2 / 3


def test_the_step_up_rule_by_hand():
    p = np.array([0.001, 0.2, 0.0051, 0.9])  # thresholds 0.0025, 0.005, 0.0075, 0.01
    assert _step_up(p).tolist() == [True, False, False, False]
    assert _step_up(np.array([0.004, 0.0051, 0.0049, 0.9])).tolist() == [True, True, True, False]
    assert not _step_up(np.array([0.5, 0.6])).any()
