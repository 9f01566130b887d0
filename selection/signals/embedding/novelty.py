"""Novelty: how far a document lies from its nearest neighbours in the corpus.

    novelty = 1 - mean cosine similarity to the k nearest of a fixed sample of the corpus, itself left out

Near 0: others say the same; large: nothing like it was sampled, which is true of junk as well as of discoveries.

The sample is picked by a hash of the uid, so it does not depend on order, and it travels with the run: a new document is
rated against the same sample. A larger sample finds nearer neighbours and lowers every value, so compare within one run.

Cost: documents x sample x dim multiplications, in blocks; 4,096 sampled vectors take some 3 MB.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.signal import Column, Columns, Context, Signal

_BLOCK = 1024


class Novelty(Signal):
    title: ClassVar[str] = "Novelty"
    needs: ClassVar[Needs] = Needs(embedding=True)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "novelty",
            "Novelty",
            "1 - mean cosine similarity of its embedding to the k nearest of a sample of the corpus picked by uid hash, the "
            "document itself left out; 1 where nothing else was sampled",
            "cosine distance",
            0,
            "mean distance to the k nearest neighbours, a standard outlier score (Angiulli and Pizzuti 2002)",
        ),
    )

    n_neighbours: int = Field(
        8, ge=1, le=256, description="How many nearest neighbours the distance is averaged over."
    )
    n_sampled: int = Field(
        4096,
        ge=16,
        le=131072,
        description="How many documents of the corpus the neighbours are looked for among.",
    )

    def prepare(self, context: Context) -> State:
        sample = context.sample(self.n_sampled, self.needs)
        return {
            "vectors": np.ascontiguousarray(sample.embedding, np.float16),  # (n_sampled, dim)
            "uid_hash": np.asarray(sample.uid_hash, np.uint64),
        }

    def score(self, docs: Documents, state: State) -> Columns:
        assert docs.embedding is not None  # the workflow has read what `needs` says
        sampled = state["vectors"].astype(np.float32)
        novelty = np.ones(len(docs))
        for start in range(0, len(docs), _BLOCK):
            rows = slice(start, start + _BLOCK)
            near = np.asarray(docs.embedding[rows], np.float32) @ sampled.T  # (block, n_sampled)
            near[docs.uid_hash[rows, None] == state["uid_hash"][None, :]] = -np.inf
            novelty[rows] = 1 - _mean_of_largest(near, self.n_neighbours)
        return {"novelty": novelty}


def _mean_of_largest(values: np.ndarray, k: int) -> np.ndarray:
    """Mean of the k largest finite values of each row, 0 for a row without any."""
    k = min(k, values.shape[1])
    if k == 0:
        return np.zeros(len(values))
    largest = -np.partition(-values, k - 1, axis=1)[:, :k].astype(np.float64)
    known = np.isfinite(largest)
    total = np.where(known, largest, 0).sum(axis=1)
    return total / np.maximum(known.sum(axis=1), 1)
