"""HDBSCAN: clusters are the dense regions, of any shape and number; what lies between them is noise (-1).

Campello, Moulavi, Sander, 2013, "Density-Based Clustering Based on Hierarchical Density Estimates", PAKDD; computed by
scikit-learn. Density means little in hundreds of dimensions, so a sample of the documents is first reduced: to
`n_components` dimensions by UMAP with min_dist 0 (arXiv:1802.03426), or by PCA. Then each document, of the sample or not,

    cluster[d] = cluster of the nearest sample document, where cosine distance <= reach[cluster], else -1

reach[cluster] being Tukey's upper fence (third quartile + 1.5 * interquartile range) of the members' cosine distances to
their nearest fellow member.

Differs from the paper:
- fitted on at most `fit_docs` documents; the rule for the others is ours (nearest neighbour with a reach)
- clusters are numbered from the largest to the smallest of the sample

Cost: fit as a UMAP of the sample plus its square; assign n_fit * dim a document, each alone, so shards agree.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, cast

import numpy as np
from pydantic import Field

from selection.core.documents import State
from selection.core.model import Clusterer
from selection.primitives.neighbours import Neighbours
from selection.primitives.principal_components import principal_components, project
from selection.primitives.umap_layout import umap_layout
from selection.primitives.vector_blocks import sample_rows

BLOCK_ROWS = 8192
ROUNDING = 1e-5  # cosine distance of a float16 vector to itself


class HDBSCAN(Clusterer):
    title: ClassVar = "HDBSCAN"

    min_cluster_size: int = Field(
        15, ge=2, le=100_000, description="Documents of the sample that make a cluster."
    )
    min_samples: int = Field(
        5,
        ge=1,
        le=1000,
        description="Neighbours that density is measured with; more means more noise.",
    )
    reduce: Literal["umap", "pca"] = Field(
        "umap", description="How the sample is reduced: umap finds more clusters, pca is quick."
    )
    n_components: int = Field(5, ge=2, le=50, description="Dimensions that remain for clustering.")
    fit_docs: int = Field(
        20_000, ge=50, le=100_000, description="Documents that clusters are found among."
    )

    def sees(self, n_docs: int) -> int:
        return min(n_docs, self.fit_docs)

    def fit(self, vectors: np.ndarray, seed: int) -> State:
        sample = np.asarray(vectors[sample_rows(len(vectors), self.fit_docs, seed)], np.float16)
        labels = self._labels(self._reduced(sample, seed))
        return {"vectors": sample, "labels": labels, "reach": _reach(sample, labels)}

    def assign(self, vectors: np.ndarray, state: State) -> np.ndarray:
        fitted = Neighbours(state["vectors"])
        labels, reach = state["labels"], np.append(state["reach"], -1.0)  # noise reaches nobody
        out = np.empty(len(vectors), np.int32)
        for start in range(0, len(vectors), BLOCK_ROWS):
            block = np.asarray(vectors[start : start + BLOCK_ROWS], np.float16)
            ids, cosine = fitted.search(block, 1)
            label = labels[ids[:, 0]]
            near = 1 - cosine[:, 0] <= reach[label] + ROUNDING
            out[start : start + len(block)] = np.where(near, label, -1)
        return out

    def _reduced(self, sample: np.ndarray, seed: int) -> np.ndarray:
        if self.reduce == "umap":
            return umap_layout(sample, self.n_components, 15, 0.0, 200, seed)
        return project(sample, *principal_components(sample, self.n_components))

    def _labels(self, points: np.ndarray) -> np.ndarray:
        """(n_fit,) int32, -1 is noise, 0 the largest cluster; all noise when there are too few points."""
        if len(points) < max(self.min_cluster_size, self.min_samples, 2):
            return np.full(len(points), -1, np.int32)
        from sklearn.cluster import HDBSCAN as Sklearn

        model = Sklearn(
            self.min_cluster_size, min_samples=self.min_samples, copy=cast(Any, True)
        )  # typed as a string upstream
        found = model.fit_predict(points.astype(np.float64))
        sizes = np.bincount(found[found >= 0])
        rank = np.empty(len(sizes) + 1, np.int32)
        rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
        rank[-1] = -1  # label -1 reads the last entry
        return rank[found]


def _reach(sample: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(n_clusters,) float32, the fence of the members' cosine distances to the nearest fellow member."""
    out = np.zeros(int(labels.max(initial=-1)) + 1, np.float32)
    for cluster in range(len(out)):
        members = sample[labels == cluster]
        _, cosine = Neighbours(members).search(members, 2)
        low, high = np.quantile(1 - cosine[:, -1], [0.25, 0.75])
        out[cluster] = high + 1.5 * (high - low)
    return out
