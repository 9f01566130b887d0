"""Keep one of a cluster: by hand, on eight documents."""

import numpy as np
import pytest

import selection
from selection.core.documents import Documents

NAN = np.nan


def weighed(name, polarity=1, **settings):
    """Clusters {0, 2, 5}, {1, 6} and {3}; 4 and 7 lack their cluster and their quality."""
    method = selection.method(name, settings)
    prefix = {"minhash": "near", "exact": "exact"}[name]
    docs = Documents(
        doc_id=np.arange(8),
        uid_hash=np.arange(8, dtype=np.uint64),
        n_tokens=np.full(8, 10),
        signals={
            f"{prefix}_duplicate_cluster": np.array([0, 1, 0, 3, NAN, 0, 1, 7.0]),
            "quality": np.array([1, 2, 5, 1, 9, 5, 2, NAN]),
        },
        polarity={"quality": polarity},
    )
    return method.order(docs, None, np.random.default_rng(0))


@pytest.mark.parametrize("name", ["minhash", "exact"])
def test_the_first_stays(name):
    weights = weighed(name)
    assert np.flatnonzero(weights.log_weight == 0).tolist() == [0, 1, 3, 7]
    assert weights.because[f"{name}_size"].tolist()[:4] == [3, 2, 3, 1]
    assert weights.because[f"{name}_kept"].tolist()[5:7] == [0, 1]
    assert weights.excluded == {
        f"{'near' if name == 'minhash' else name}_duplicate_cluster is not rated": 1
    }


@pytest.mark.parametrize("name", ["minhash", "exact"])
def test_the_best_stays_and_of_equals_the_first(name):
    weights = weighed(name, keep="best", signal="quality")
    assert np.flatnonzero(weights.log_weight == 0).tolist() == [1, 2, 3]
    assert weights.because[f"{name}_kept"].tolist()[:4] == [2, 1, 2, 3]
    assert sum(weights.excluded.values()) == 2 and np.isnan(weights.because[f"{name}_kept"][7])


def test_of_a_signal_that_is_better_low_the_lowest_stays():
    weights = weighed("minhash", polarity=-1, keep="best", signal="quality")
    assert np.flatnonzero(weights.log_weight == 0).tolist() == [0, 1, 3]
