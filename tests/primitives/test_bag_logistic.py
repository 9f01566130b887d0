"""The linear classifier on bags against scikit-learn, by hand, and where there is nothing to learn."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from selection.primitives.bag_logistic import judge, train


def bags(rng, n_docs, shift, n_buckets=50):
    """Documents of 5 to 60 n-grams; positives take those of the lower half more often, by `shift`."""
    positive = rng.random(n_docs) < 0.3
    lengths = rng.integers(5, 60, n_docs)
    low = rng.random(lengths.sum()) < 0.5 + shift * np.repeat(positive, lengths)
    ids = rng.integers(0, n_buckets // 2, lengths.sum()) + np.where(low, 0, n_buckets // 2)
    return ids.astype(np.int32), np.cumsum([0, *lengths]), positive


def logits(ids, bounds, theta, bias):
    return bias + np.array([theta[ids[a:b]].mean() for a, b in pairwise(bounds)])


def test_it_ranks_as_well_as_an_exact_solver():
    rng = np.random.default_rng(0)
    ids, bounds, positive = bags(rng, 1500, 0.15)
    counts = [np.bincount(ids[a:b], minlength=50) / (b - a) for a, b in pairwise(bounds)]
    dense = np.array(counts)
    exact = LogisticRegression(C=100, class_weight="balanced").fit(dense[:1000], positive[:1000])
    theta, bias = train(ids[: bounds[1000]], bounds[:1001], positive[:1000], 50, 10, 0.5, rng)
    ours = logits(ids, bounds, theta, bias)[1000:]
    best = roc_auc_score(positive[1000:], exact.decision_function(dense[1000:]))
    assert best > 0.75 and judge(ours, positive[1000:]).auc > best - 0.02
    assert theta[:25].mean() > theta[25:].mean()
    assert abs(ours.mean()) < 1.0  # classes weigh alike, so even odds lie between them


def test_the_same_seed_learns_the_same():
    ids, bounds, positive = bags(np.random.default_rng(1), 200, 0.2)
    one, two, other = (train(ids, bounds, positive, 50, 3, 0.5, np.random.default_rng(seed)) for seed in (4, 4, 5))  # fmt: skip
    assert np.array_equal(one[0], two[0]) and one[1] == two[1]
    assert not np.array_equal(one[0], other[0])


def test_labels_that_mean_nothing_are_not_told_apart():
    told = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        ids, bounds, positive = bags(rng, 400, 0.0)
        theta, bias = train(ids[: bounds[300]], bounds[:301], positive[:300], 50, 5, 0.5, rng)
        told.append(judge(logits(ids, bounds, theta, bias)[300:], positive[300:]).tells_apart)
    assert np.mean(told) <= 0.2  # 2.3 % expected


def test_figures_by_hand():
    found = judge(np.array([3.0, 1.0, 2.0, -1.0, 1.0]), np.array([True, True, False, False, False]))
    assert found.auc == pytest.approx((3 + 1 + 0.5) / 6)  # of six pairs, one tie
    assert found.accuracy == pytest.approx((2 / 2 + 1 / 3) / 2)
    assert (found.n_positive, found.n_negative) == (2, 3)
    assert judge(np.array([1.0]), np.array([True])).tells_apart is False
