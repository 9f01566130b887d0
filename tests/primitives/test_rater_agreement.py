"""Agreement of raters against hand-made numbers, against scikit-learn, and whether the intervals hold what they promise."""

import numpy as np
import pytest

from selection.primitives.intervals import wilson
from selection.primitives.rater_agreement import kappa, ordered_pairs, pair_accuracy

RNG = np.random.default_rng


def test_kappa_is_that_of_scikit_learn_for_whole_numbers():
    from sklearn.metrics import cohen_kappa_score

    rng = RNG(3)
    first = rng.integers(0, 6, 80)
    second = np.clip(first + rng.integers(-2, 3, 80), 0, 5)
    found = kappa(first.astype(float), second.astype(float), RNG(0))
    assert found.estimate == pytest.approx(cohen_kappa_score(first, second, weights="quadratic"))
    assert found.low < found.estimate < found.high


def test_kappa_sees_the_level_where_the_order_is_the_same():
    ratings = np.tile([0.0, 1, 2, 3, 4, 5], 4)
    alike = kappa(ratings, ratings, RNG(0))
    assert alike.estimate == 1 and 0.8 < alike.low < 0.95, "24 documents alike are no proof of all"
    # mean((a - b)^2) = 4; over all pairs 2 * 35 / 12 + 4
    assert kappa(ratings, ratings + 2, RNG(0)).estimate == pytest.approx(1 - 4 / (35 / 6 + 4))
    assert kappa(ratings, ratings[::-1], RNG(0)).estimate < 0


def test_too_little_and_constant_ratings_have_no_kappa():
    assert kappa(np.arange(19.0), np.arange(19.0)[::-1], RNG(0)) is None
    assert kappa(np.full(30, 3.0), np.full(30, 3.0), RNG(0)) is None


def test_pairs_of_ratings_leave_ties_of_the_reference_out():
    pairs, order = ordered_pairs(np.array([1.0, 1.0, 3.0, 2.0]))
    assert pairs.tolist() == [[0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    assert order.tolist() == [1, 1, 1, 1, 0]


def test_accuracy_counts_a_tie_of_the_rater_half_and_leaves_out_what_nobody_can_say():
    pairs = np.arange(16).reshape(8, 2)  # no common document: plain Wilson
    share = np.array([1.0, 1, 0, 0, 1, 0.5, 1, 0])
    ahead = np.array([2.0, -1, -3, -1, 0, 5, np.nan, -1])
    found, n = pair_accuracy(pairs, share, ahead)
    assert n == 6 and found.estimate == pytest.approx(4.5 / 6)
    plain = wilson(4.5, 6)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    assert pair_accuracy(pairs[:4], share[:4], ahead[:4]) == (None, 4)


def test_pairs_that_share_documents_are_worth_less():
    hub = np.column_stack([np.zeros(12, int), np.arange(1, 13)])  # one document in every pair
    apart = np.arange(24).reshape(12, 2)
    share, ahead = np.ones(12), np.where(np.arange(12) < 9, 1.0, -1.0)
    wide, narrow = (pair_accuracy(pairs, share, ahead)[0] for pairs in (hub, apart))
    assert wide.estimate == narrow.estimate == 0.75
    assert 0 <= wide.low <= narrow.low and narrow.high <= wide.high <= 1
    perfect = pair_accuracy(hub, share, np.ones(12))[0]
    assert perfect.high == 1 and perfect.low < 0.8, "twelve pairs of thirteen documents"


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng, n, n_runs = RNG(7), 40, 200
    ring = np.array([(i, (i + step) % n) for step in (1, 2) for i in range(n)])

    def ahead(quality):
        return quality[ring[:, 1]] - quality[ring[:, 0]]

    def draw():
        quality = rng.normal(size=n)
        share = (ahead(quality) + 0.3 * rng.normal(size=2 * n) > 0).astype(float)
        return pair_accuracy(ring, share, ahead(quality + rng.normal(size=n)))[0]

    found = [draw() for _ in range(n_runs)]
    truth = np.mean([draw().estimate for _ in range(2_000)])
    held = np.mean([each.low <= truth <= each.high for each in found])
    assert 0.88 <= held <= 0.99
