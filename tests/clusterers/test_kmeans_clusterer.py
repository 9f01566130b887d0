"""Facts of the k-means clusterer on vectors whose clusters are known."""

import numpy as np
import pytest

from selection.clusterers.kmeans import KMeans
from selection.core.errors import BadSetting


def cones(n_each: int, n_cones: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Unit float16 rows scattered around orthogonal directions, and which direction each belongs to."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(n_cones), n_each)
    rows = np.eye(n_cones, 32)[truth] + rng.normal(0, 0.05, (len(truth), 32))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float16), truth


def test_cones_far_apart_are_found_exactly():
    vectors, truth = cones(60, 4, seed=0)
    clusterer = KMeans(n_clusters=4)
    found = clusterer.assign(vectors, clusterer.fit(vectors, seed=3))
    assert found.dtype == np.int32
    assert len({(a, b) for a, b in zip(found, truth, strict=True)}) == 4  # a bijection


def test_same_seed_gives_the_same_clusters_and_blocks_agree_with_the_whole():
    vectors = np.random.default_rng(1).normal(size=(3000, 48)).astype(np.float16)
    clusterer = KMeans()
    first, again = clusterer.fit(vectors, 7), clusterer.fit(vectors, 7)
    assert np.array_equal(first["centroids"], again["centroids"])
    assert not np.array_equal(first["centroids"], clusterer.fit(vectors, 8)["centroids"])
    whole = clusterer.assign(vectors, first)
    parts = [clusterer.assign(vectors[i : i + 700], first) for i in range(0, 3000, 700)]
    assert np.array_equal(whole, np.concatenate(parts))


def test_zero_clusters_means_half_the_square_root():
    vectors = np.random.default_rng(2).normal(size=(1600, 16))
    assert len(KMeans().fit(vectors, 0)["centroids"]) == 20
    assert len(KMeans().fit(vectors[:20], 0)["centroids"]) == 8
    assert (
        len(KMeans(n_clusters=50).fit(vectors[:20], 0)["centroids"]) == 20
    )  # never more than rows


def test_cluster_zero_is_the_largest():
    vectors, _ = cones(40, 4, seed=5)
    vectors = np.concatenate([vectors, vectors[:40], vectors[:40]])
    clusterer = KMeans(n_clusters=4)
    sizes = np.bincount(clusterer.assign(vectors, clusterer.fit(vectors, 0)))
    assert sizes.tolist() == [120, 40, 40, 40]


def test_centroids_have_length_one():
    vectors, _ = cones(30, 3, seed=9)
    centroids = KMeans(n_clusters=3).fit(vectors * np.float16(4), 0)["centroids"]
    assert np.allclose(np.linalg.norm(centroids, axis=1), 1, atol=1e-5)


def test_a_wrong_number_of_clusters_is_one_sentence():
    with pytest.raises(BadSetting, match="n_clusters should be greater than or equal to 0, got -3"):
        KMeans.build({"n_clusters": -3})
