"""Nearest neighbours by cosine: exact to a million vectors, an inverted file above.

Johnson et al., 2017, "Billion-scale similarity search with GPUs", arXiv:1702.08734 (faiss). The exact search reads the
vectors in blocks, so a memory map larger than memory is fine. Above a million vectors they are held as float16 in
4 * sqrt(n) inverted lists, of which 1 in 32 (at least 32) are visited for a query.

Cost: exact n * n_queries * dim multiplications; the inverted file n * lists * dim once, then 1/32 of the exact search.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selection.primitives.intervals import Interval, mean, wilson
from selection.primitives.vector_blocks import Shards, sample_rows, unit_blocks, unit_rows

EXACT_TO = 1_000_000
LIST_SAMPLE = 64  # vectors per list that the lists are fitted on
N_QUERIES = 200  # sampled vectors by which an inverted file is measured


def nearest(
    vectors: np.ndarray | Shards, queries: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """ids (n_queries, min(k, n)) int64 and cosine (same) float32, best first, lower id first among equals."""
    return Neighbours(vectors).search(queries, k)


def shared_neighbours(first: np.ndarray, second: np.ndarray, k: int) -> float:
    """Share of the k nearest of every row, itself left out, that two embeddings of the same documents have in common."""
    k = min(k, len(first) - 1)
    if k < 1:
        return 1.0
    rows = np.arange(len(first))
    found = [_others(nearest(each, each, k + 1)[0], k, rows) for each in (first, second)]
    return float((found[0][:, :, None] == found[1][:, None, :]).any(axis=2).mean())


def _others(ids: np.ndarray, k: int, rows: np.ndarray) -> np.ndarray:
    """The first k of each row of (n, k + 1) ids that are not the vector itself, whose ids are `rows`."""
    itself = ids == rows[:, None]
    itself[~itself.any(axis=1), -1] = True  # crowded out by equal vectors
    return ids[~itself].reshape(len(ids), k)


class Neighbours:
    """Search the same vectors more than once; the inverted file, where there is one, is built here, once."""

    def __init__(
        self, vectors: np.ndarray | Shards, exact_to: int = EXACT_TO, seed: int = 0
    ) -> None:
        self._vectors = vectors
        self._index: Any = None if len(vectors) <= exact_to else _inverted_file(vectors, seed)

    @property
    def exact(self) -> bool:
        """Whether a search misses nothing."""
        return self._index is None

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """ids (n_queries, min(k, n)) int64 and cosine float32; an inverted file fills what it misses with -1."""
        k = min(k, len(self._vectors))
        wanted = unit_rows(np.atleast_2d(queries))
        if self._index is None:
            return _exact(self._vectors, wanted, k)
        cosine, ids = self._index.search(wanted, k)
        return ids, cosine

    def recall(self, k: int = 10, n_queries: int = N_QUERIES, seed: int = 0) -> Interval:
        """Share of a vector's true k neighbours, itself left out, that a search finds; 95 % over the sampled vectors."""
        k = min(k, len(self._vectors) - 1)
        if self._index is None or k < 1:
            return Interval(1.0, 1.0, 1.0)
        rows = sample_rows(len(self._vectors), n_queries, seed)
        queries = self._vectors[rows]
        found, _ = self.search(queries, k + 1)
        true = _others(_exact(self._vectors, unit_rows(queries), k + 1)[0], k, rows)
        hits = (found[:, :, None] == true[:, None, :]).any(axis=1).mean(axis=1)  # (n_queries,)
        around = mean(hits)
        if around is None:  # all alike, which proves no more than a share of so many
            return Interval(wilson(len(hits), len(hits)).low * float(hits[0]), float(hits[0]), 1.0)
        return Interval(max(around.low, 0.0), around.estimate, min(around.high, 1.0))


def _exact(
    vectors: np.ndarray | Shards, wanted: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    import faiss

    best_ids = np.empty((len(wanted), 0), np.int64)
    best = np.empty((len(wanted), 0), np.float32)
    for start, block in unit_blocks(vectors):
        cosine, ids = faiss.knn(
            wanted, block, min(k, len(block)), metric=faiss.METRIC_INNER_PRODUCT
        )
        best = np.concatenate([best, cosine], axis=1)
        best_ids = np.concatenate([best_ids, ids + start], axis=1)
        order = np.lexsort((best_ids, -best), axis=1)[:, :k]
        best, best_ids = np.take_along_axis(best, order, 1), np.take_along_axis(best_ids, order, 1)
    return best_ids, best


def _inverted_file(vectors: np.ndarray | Shards, seed: int) -> Any:
    import faiss

    n_lists = max(int(4 * np.sqrt(len(vectors))), 1)
    dim = vectors.shape[1]
    quantizer = faiss.IndexFlatIP(dim)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer, dim, n_lists, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.seed = seed & 0x7FFFFFFF
    index.cp.min_points_per_centroid = 1
    index.train(unit_rows(vectors[sample_rows(len(vectors), LIST_SAMPLE * n_lists, seed)]))
    for _, block in unit_blocks(vectors):
        index.add(block)
    index.nprobe = min(max(n_lists // 32, 32), n_lists)
    return index
