"""Held-out figures against closed forms and scipy; the split keeps groups whole; ridge against its normal equations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from selection.primitives.held_out import agreement, folds, groups_by, interval, split
from selection.primitives.ridge import fit_ridge


def test_figures_by_hand():
    truth = np.arange(10.0)
    found = agreement(truth, truth + 1)
    assert found.r2 == pytest.approx(1 - 10 / 82.5)  # squared error 10, squared spread 82.5
    assert found.mae == pytest.approx(1) and found.spearman == pytest.approx(1)
    assert found.precision_top == 1 and found.chance_top == pytest.approx(0.1)
    assert [(row["rated"], row["predicted"], row["n"]) for row in found.calibration] == [
        (2, 3, 5),
        (7, 8, 5),
    ]


def test_ties_in_ratings_raise_what_chance_gives():
    truth = np.repeat([1.0, 5.0], 50)
    found = agreement(truth, np.r_[np.zeros(99), -1.0])
    assert found.chance_top == 0.5


def test_the_area_of_two_valued_ratings_is_scikit_learns():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    truth, predicted = (rng.random(200) < 0.2) * 1.0, rng.integers(0, 9, 200).astype(float)
    assert agreement(truth, predicted).auc == pytest.approx(roc_auc_score(truth, predicted))
    assert agreement(predicted, truth).auc is None and agreement(np.ones(9), np.ones(9)).auc is None


def test_ratings_that_are_all_alike_have_no_correlation():
    found = agreement(np.ones(20), np.arange(20.0))
    assert found.r2 is None and found.spearman is None and found.low is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=6, max_size=40))
def test_rank_correlation_is_scipys(pairs):
    truth, predicted = np.array(pairs, float).T
    found = agreement(truth, predicted).spearman
    if np.ptp(truth) == 0 or np.ptp(predicted) == 0:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(truth, predicted).statistic, abs=1e-9)


def test_the_interval_covers_a_known_correlation():
    """Of 400 samples of two normals whose rank correlation is known, about 95 % of the intervals hold it."""
    rng, r = np.random.default_rng(0), 0.6
    known = 6 / np.pi * np.arcsin(r / 2)
    covered = 0
    for _ in range(400):
        x = rng.normal(size=(80, 2)) @ np.linalg.cholesky([[1, r], [r, 1]]).T
        low, high = interval(spearmanr(x[:, 0], x[:, 1]).statistic, 80)
        covered += low <= known <= high
    assert 0.92 <= covered / 400 <= 0.98


def test_a_perfect_correlation_of_few_documents_is_not_certain():
    low, high = interval(1.0, 5)
    assert low < 0.5 and high == 1 and interval(-1.0, 5) == (-1.0, -low)
    assert interval(1.0, 500)[0] > 0.99 and interval(1.0, 3) == (-1, 1)


def test_every_figure_has_the_interval_of_its_sample():
    """Four times the documents make intervals half as wide; a pair told both ways round counts once."""
    rng = np.random.default_rng(0)
    truth = rng.normal(size=1600)
    predicted = truth + rng.normal(size=1600)
    widths = []
    for n in (100, 400, 1600):
        found = agreement(truth[:n], predicted[:n])
        for name, (low, high) in found.intervals.items():
            assert low <= getattr(found, name) <= high, name
        assert set(found.intervals) == {"r2", "mae", "correlation", "precision_top"}
        assert sum(row["n"] for row in found.calibration) == n
        assert all(row["low"] < row["rated"] < row["high"] for row in found.calibration)
        widths.append([high - low for low, high in found.intervals.values()])
    np.testing.assert_allclose(np.array(widths[1:]) / np.array(widths[:-1]), 0.5, atol=0.13)
    share = 1 / (1 + np.exp(-truth[:100])), 1 / (1 + np.exp(-predicted[:100]))
    twice = agreement(*(np.r_[one, 1 - one] for one in share), n_independent=100)
    again = agreement(*(np.tile(np.r_[one, 1 - one], 4) for one in share), n_independent=100)
    assert twice.n == 100 and again.intervals["mae"] == pytest.approx(twice.intervals["mae"])


def test_what_too_few_documents_cannot_say_is_left_out():
    rng = np.random.default_rng(0)
    few = agreement(np.arange(12.0), rng.random(12))
    assert few.r2 is not None and not {"r2", "mae"} & set(few.intervals)
    two = agreement((rng.random(200) < 0.3) * 1.0, np.r_[rng.random(100), 1 + rng.random(100)])
    low, high = two.intervals["auc"]
    assert low < two.auc < high
    assert all(0 <= row["low"] <= row["rated"] <= row["high"] <= 1 for row in two.calibration)
    same = agreement(np.repeat([1.0, 2.0, 3.0], 20), np.repeat([1.0, 2.0, 3.0], 20))
    assert [row["low"] is None for row in same.calibration] == [k not in (3, 6) for k in range(10)]
    assert agreement(np.ones(4), np.ones(4)).intervals == {}


def test_groups_are_held_out_whole_whatever_their_order():
    rng = np.random.default_rng(1)
    uid_hash = rng.integers(0, 2**63, 2000).astype(np.uint64)
    labels = np.repeat(np.arange(500.0), 4)
    labels[-4:] = np.nan
    group = groups_by(labels, uid_hash)
    held, fold = split(group, 0.2, 0), folds(group, 5)
    for members in np.arange(1996).reshape(-1, 4):
        assert len(set(held[members])) == 1 and len(set(fold[members])) == 1
    assert len(set(group[-4:])) == 4
    order = rng.permutation(2000)
    again = split(groups_by(labels[order], uid_hash[order]), 0.2, 0)
    np.testing.assert_array_equal(again, held[order])
    assert 0.13 < held.mean() < 0.27 and set(fold) == set(range(5))


def test_ridge_solves_its_normal_equations():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(60, 5)), rng.normal(size=(60, 2))
    found = fit_ridge(x, y, np.arange(60) % 3, (0.7,))
    centred = x - x.mean(axis=0)
    gram = centred.T @ centred
    scale = 0.7 * np.trace(gram) / 5
    wanted = np.linalg.solve(gram + scale * np.eye(5), centred.T @ (y - y.mean(axis=0)))
    np.testing.assert_allclose(found.weights, wanted, rtol=1e-9)
    np.testing.assert_allclose(found.intercept, y.mean(axis=0) - x.mean(axis=0) @ wanted)


def test_cross_validation_shrinks_noise_and_trusts_signal():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(300, 20))
    y = np.column_stack([x @ rng.normal(size=20), rng.normal(size=300)])
    found = fit_ridge(x, y, np.arange(300) % 5)
    assert found.penalty[0] <= 1e-3 and found.penalty[1] >= 1
