"""Facts of the density clusterer: groups are found, what lies between is noise."""

import numpy as np
import pytest

from selection.clusterers.hdbscan import HDBSCAN


def scene() -> tuple[np.ndarray, np.ndarray]:
    """Three cones of 60, 50 and 40 rows, and 10 rows in no direction."""
    rng = np.random.default_rng(3)
    truth = np.repeat([0, 1, 2, -1], [60, 50, 40, 10])
    rows = np.eye(3, 24)[np.maximum(truth, 0)] + rng.normal(0, 0.04, (160, 24))
    rows[truth < 0] = rng.normal(size=(10, 24))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16), truth


def test_dense_groups_are_found_largest_first_and_strays_are_noise():
    vectors, truth = scene()
    clusterer = HDBSCAN(reduce="pca", n_components=15)
    found = clusterer.assign(vectors, clusterer.fit(vectors, 0))
    assert found.dtype == np.int32
    for k in range(3):
        values, counts = np.unique(found[truth == k], return_counts=True)
        assert values[counts.argmax()] == k and counts.max() > 0.8 * counts.sum()
    assert (found[truth < 0] == -1).mean() > 0.5


@pytest.mark.parametrize("reduce", ["umap", "pca"])
def test_fitted_documents_keep_their_cluster_and_far_new_ones_are_noise(reduce):
    vectors, _ = scene()
    clusterer = HDBSCAN(reduce=reduce, n_components=3)
    state = clusterer.fit(vectors, 0)
    assert np.array_equal(clusterer.assign(state["vectors"], state), state["labels"])
    assert clusterer.assign(-np.eye(3, 24)[:1], state).tolist() == [-1]
    assert clusterer.assign(np.eye(3, 24)[1:2] + vectors[70:71], state)[0] == state["labels"][70]


def test_too_few_documents_are_all_noise():
    clusterer = HDBSCAN(reduce="pca", n_components=2)
    few = np.eye(4, dtype=np.float16)
    assert clusterer.assign(few, clusterer.fit(few, 0)).tolist() == [-1] * 4
