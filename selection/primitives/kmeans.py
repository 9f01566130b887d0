"""Spherical k-means: unit centroids that maximise the summed cosine of every vector to its nearest centroid.

Dhillon and Modha, 2001, "Concept Decompositions for Large Sparse Text Data Using Clustering", Machine Learning 42.
Computed by faiss (Johnson et al., 2017, arXiv:1702.08734): Lloyd's iterations from k-means++ seeds (Arthur and
Vassilvitskii, 2007, SODA); an empty cluster takes half of a large one.

Differs from the paper:
- at most 256 vectors per centroid are used for fitting, picked by the seed (the bound faiss advises)
- the best of five restarts is kept for up to 32 clusters
- centroids are ordered by how many vectors of the sample they hold, so cluster 0 is the largest

Cost: 256 * k * k * dim multiplications an iteration; assigning n vectors takes n * k * dim.
"""

from __future__ import annotations

import numpy as np

from selection.primitives.vector_blocks import sample_rows, unit_blocks, unit_rows

POINTS_PER_CENTROID = 256
RESTARTS, FEW_CENTROIDS = (
    5,
    32,
)  # one bad seed costs a large share of few clusters, and few are cheap to redo


def spherical_kmeans(vectors: np.ndarray, k: int, n_iter: int, seed: int) -> np.ndarray:
    """(min(k, n), dim) float32 unit centroids of (n, dim) vectors; deterministic for a seed."""
    import faiss

    k = min(k, len(vectors))
    sample = unit_rows(vectors[sample_rows(len(vectors), POINTS_PER_CENTROID * k, seed)])
    kmeans = faiss.Kmeans(
        sample.shape[1],
        k,
        niter=n_iter,
        seed=seed & 0x7FFFFFFF,
        spherical=True,
        nredo=RESTARTS if k <= FEW_CENTROIDS else 1,
        init_method=faiss.ClusteringInitMethod_KMEANS_PLUS_PLUS,
        max_points_per_centroid=POINTS_PER_CENTROID,
        min_points_per_centroid=1,  # fewer than faiss likes is the user's choice, not a warning on stderr
    )
    kmeans.train(sample)
    centroids = unit_rows(np.asarray(kmeans.centroids))
    counts = np.bincount(nearest_centroid(sample, centroids), minlength=k)
    return centroids[np.argsort(-counts, kind="stable")]


def nearest_centroid(vectors: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """(n,) int32, the centroid with the largest cosine; vectors are read in blocks."""
    import faiss

    out = np.empty(len(vectors), np.int32)
    for start, block in unit_blocks(vectors):
        _, ids = faiss.knn(block, centroids, 1, metric=faiss.METRIC_INNER_PRODUCT)
        out[start : start + len(block)] = ids[:, 0]
    return out
