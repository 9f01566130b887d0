"""QuRating: rating over tau, in nats."""

import numpy as np

from selection.core.documents import Documents
from selection.methods.quality.qurating import QuRating


def corpus() -> Documents:
    return Documents(
        np.arange(4),
        np.arange(4, dtype=np.uint64),
        np.ones(4, int),
        signals={"a": np.array([1.0, 2, 3, np.nan]), "b": np.array([0.0, 0, 3, 1])},
        polarity={"b": -1},
    )


def test_qurating_divides_the_standardised_rating_by_tau():
    method = QuRating(signals=("a",), tau=2)
    found = method.weigh(corpus(), method.fit(corpus()))
    np.testing.assert_allclose(found.log_weight[:3], np.array([-1, 0, 1]) * 1.5**0.5 / 2)
    assert np.isneginf(found.log_weight[3]) and found.excluded == {"a is not rated": 1}


def test_qurating_sums_signals_with_higher_as_better():
    method = QuRating(signals=("a", "b"), tau=1, normalise=False)
    found = method.weigh(corpus(), method.fit(corpus()))
    np.testing.assert_array_equal(found.log_weight[:3], [1, 2, 0])


def test_qurating_with_a_constant_rating_prefers_nobody():
    docs = corpus().take(np.array([0, 0]))
    method = QuRating(signals=("a",))
    np.testing.assert_array_equal(method.weigh(docs, method.fit(docs)).log_weight, [0, 0])
