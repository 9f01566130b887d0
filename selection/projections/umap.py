"""UMAP: a map on which documents with like neighbours lie together; distances between far groups mean little.

McInnes, Healy, Melville, 2018, arXiv:1802.03426, by umap-learn. Documents that the map was not fitted on are placed
among their nearest fitted neighbours (Shepard, 1968, "A two-dimensional interpolation function"):

    point[d] = sum over k neighbours of w * point[neighbour],  w = distance ** -2 scaled to sum 1

so a fitted document lands on its own point (equal vectors share the point of the first of them).

Differs from the paper:
- fitted on at most `fit_docs` documents; umap-learn's own transform optimises every new point and takes over an hour
  for a million documents, the weighted mean some minutes
- exact neighbours and a start from the principal components (see `umap_layout`)

Cost: fit n_fit squared * dim, plus about 1 ms a document on one thread for 200 epochs; place n_fit * dim a document.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import State
from selection.core.model import Projection
from selection.primitives.neighbours import Neighbours
from selection.primitives.umap_layout import umap_layout
from selection.primitives.vector_blocks import sample_rows

SAME = 1e-6  # cosine distances below are rounding: the vectors are equal
BLOCK_ROWS = 8192


class UMAP(Projection):
    title: ClassVar = "UMAP"

    n_neighbors: int = Field(
        15,
        ge=2,
        le=200,
        description="Neighbours that shape the map: few show fine grain, many show the large picture.",
    )
    min_dist: float = Field(
        0.1,
        ge=0,
        le=0.99,
        description="How close points may lie: 0 packs clumps, 0.99 spreads them.",
    )
    n_epochs: int = Field(
        0,
        ge=0,
        le=2000,
        description="Rounds of layout; 0 takes 300 up to 10,000 fitted documents and 200 above.",
    )
    fit_docs: int = Field(
        50_000,
        ge=100,
        le=500_000,
        description="Documents that the map is fitted on; the rest are placed among them.",
    )
    place_neighbors: int = Field(
        5, ge=1, le=100, description="Fitted neighbours whose weighted mean places a document."
    )

    def sees(self, n_docs: int) -> int:
        return min(n_docs, self.fit_docs)

    def fit(self, vectors: np.ndarray, seed: int) -> State:
        sample = np.asarray(vectors[sample_rows(len(vectors), self.fit_docs, seed)], np.float16)
        epochs = self.n_epochs or (300 if len(sample) <= 10_000 else 200)
        points = umap_layout(sample, 2, self.n_neighbors, self.min_dist, epochs, seed)
        return {"vectors": sample, "points": points}

    def place(self, vectors: np.ndarray, state: State) -> np.ndarray:
        fitted = Neighbours(state["vectors"])
        points = np.asarray(state["points"], np.float32)
        out = np.empty((len(vectors), 2), np.float32)
        for start in range(0, len(vectors), BLOCK_ROWS):
            block = np.asarray(vectors[start : start + BLOCK_ROWS], np.float16)
            ids, cosine = fitted.search(block, self.place_neighbors)
            out[start : start + len(block)] = _weighted_mean(points[ids], 1 - cosine)
        return out


def _weighted_mean(points: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """(n, 2) of points (n, k, 2) and cosine distances (n, k), nearest first; an equal vector counts alone."""
    weights = np.maximum(distances, SAME) ** -2.0
    same = distances[:, 0] < SAME
    weights[same] = np.eye(1, weights.shape[1])
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("nk,nkd->nd", weights, points, dtype=np.float64).astype(np.float32)
