"""Spherical k-means against its own definition."""

import numpy as np

from selection.primitives.kmeans import nearest_centroid, spherical_kmeans


def test_every_centroid_is_the_direction_of_the_mean_of_its_members():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(400, 8)) + 3 * np.eye(8)[rng.integers(0, 5, 400)]
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    centroids = spherical_kmeans(vectors, 5, 60, seed=0)
    codes = nearest_centroid(vectors, centroids)
    for k in range(5):
        mean = vectors[codes == k].mean(axis=0)
        assert mean @ centroids[k] / np.linalg.norm(mean) > 0.9999


def test_nearest_centroid_is_the_largest_cosine():
    centroids = np.eye(3, dtype=np.float32)
    rows = np.array([[9, 1, 0], [0, 1, 2], [0.1, 0.2, 0]], np.float16)
    assert nearest_centroid(rows, centroids).tolist() == [0, 2, 1]


def test_more_clusters_than_vectors_gives_one_each():
    vectors = np.eye(4, dtype=np.float16)
    centroids = spherical_kmeans(vectors, 9, 5, seed=1)
    assert sorted(nearest_centroid(vectors, centroids).tolist()) == [0, 1, 2, 3]
