"""Spherical k-means: every document joins the centroid it points at most closely; every cluster is a cone.

Dhillon and Modha, 2001, Machine Learning 42; computed by faiss (Johnson et al., 2017, arXiv:1702.08734).

    cluster[d] = argmax over k of  cosine(vector[d], centroid[k])

Differs from the paper:
- fitted on at most 256 documents per cluster, picked by the seed
- when n_clusters is 0, k is sqrt(n) / 2 within 8..1024, n being the vectors given to fit; not stated in the paper

Cost: fit 256 * k * k * dim an iteration, assign n * k * dim; a document is assigned alone, so shards agree.
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from pydantic import Field

from selection.core.documents import State
from selection.core.model import Clusterer
from selection.primitives.kmeans import POINTS_PER_CENTROID, nearest_centroid, spherical_kmeans


class KMeans(Clusterer):
    title: ClassVar = "Spherical k-means"

    n_clusters: int = Field(
        0,
        ge=0,
        le=65536,
        description="Number of clusters; 0 takes half the square root of the number of documents, within 8 to 1024.",
    )
    n_iter: int = Field(20, ge=1, le=300, description="Rounds of assigning and averaging.")

    def sized(self, n_docs: int) -> Self:
        """Half the square root of the corpus, where the number is automatic."""
        near = int(np.clip(round(np.sqrt(n_docs) / 2), 8, 1024))
        return self if self.n_clusters else self.model_copy(update={"n_clusters": near})

    def sees(self, n_docs: int) -> int:
        return min(n_docs, POINTS_PER_CENTROID * self.sized(n_docs).n_clusters)

    def fit(self, vectors: np.ndarray, seed: int) -> State:
        k = self.sized(len(vectors)).n_clusters
        return {"centroids": spherical_kmeans(vectors, k, self.n_iter, seed)}

    def assign(self, vectors: np.ndarray, state: State) -> np.ndarray:
        return nearest_centroid(vectors, state["centroids"])
