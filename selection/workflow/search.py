"""Search: the documents nearest to a document or to a typed sentence, by cosine of their vectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from selection.core.errors import BadSetting
from selection.primitives.intervals import Interval
from selection.primitives.neighbours import N_QUERIES, Neighbours
from selection.primitives.vector_blocks import Shards
from selection.store import runs
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.vectors_of import vectors_of


@dataclass(frozen=True)
class Found:
    """Nearest first. `recall` is 1 where the search was exact, else what a sample of known neighbours says.

    `low` and `high` are its 95 % interval. Documents were sampled: a sentence unlike all of them may be served worse.
    """

    doc_id: np.ndarray  # (k,) int64
    cosine: np.ndarray  # (k,) float32
    recall: float
    low: float
    high: float
    exact: bool
    n_docs: int  # searched

    @property
    def how_sure(self) -> str:
        """In words, for captions and the shell."""
        if self.exact:
            return f"exact, {self.n_docs:,} documents"
        return (
            f"approximate among {self.n_docs:,} documents: recall {100 * self.recall:.1f} % ({100 * self.low:.1f} to"
            f" {100 * self.high:.1f}), a sample of {N_QUERIES} documents"
        )


def nearest(space: Workspace, like: int | str, k: int = 10, embedding: str | None = None) -> Found:
    """The k documents most like one document (its doc_id; itself left out) or like a sentence.

    Exact up to a million documents, read from disk block by block; above, an inverted file is built once per process,
    2 bytes a number in memory, and its recall measured.
    """
    run = load.embedding_run(space, embedding)
    index, vectors = _index(space.path, run.key, run.n_docs)
    if isinstance(like, str):
        query = vectors_of(space, run, [like])
    elif 0 <= like < len(vectors):
        query = vectors[like : like + 1]
    else:
        raise BadSetting(f"a doc_id is 0 to {len(vectors) - 1:,}, got {like}; give one of those")
    own = isinstance(like, int)
    ids, cosine = index.search(np.asarray(query, np.float32), k + own)
    keep = (ids[0] >= 0) & (ids[0] != like if own else True)
    recall = _recall(space.path, run.key, run.n_docs, k)
    return Found(
        ids[0][keep][:k], cosine[0][keep][:k], recall.estimate, recall.low, recall.high, index.exact, len(vectors)
    )  # fmt: skip


@lru_cache(maxsize=2)
def _index(path: Path, key: str, n_docs: int) -> tuple[Neighbours, Shards]:
    """Of a run that has `n_docs` by now."""
    space = Workspace(path)
    run = runs.find(space, key)
    assert run is not None
    vectors = Shards(runs.read_vectors(space, run))
    return Neighbours(vectors), vectors


@lru_cache(maxsize=64)
def _recall(path: Path, key: str, n_docs: int, k: int) -> Interval:
    return _index(path, key, n_docs)[0].recall(k)
