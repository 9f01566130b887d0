"""Search: the documents nearest to a document or to a typed sentence, by cosine of their vectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from selection.core.errors import BadSetting
from selection.primitives.neighbours import Neighbours
from selection.store import runs
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.vectors_of import vectors_of


@dataclass(frozen=True)
class Found:
    """Nearest first. `recall` is 1 where the search was exact, else what a sample of known neighbours says."""

    doc_id: np.ndarray  # (k,) int64
    cosine: np.ndarray  # (k,) float32
    recall: float


def nearest(space: Workspace, like: int | str, k: int = 10, embedding: str | None = None) -> Found:
    """The k documents most like one document (its doc_id; itself left out) or like a sentence.

    Exact up to a million documents; above, an inverted file is built once per process and its recall measured.
    """
    run = load.embedding_run(space, embedding)
    index, vectors, recall = _index(space.path, run.key, run.n_docs, k)
    if isinstance(like, str):
        query = vectors_of(space, run, [like])
    elif 0 <= like < len(vectors):
        query = vectors[like : like + 1]
    else:
        raise BadSetting(f"a doc_id is 0 to {len(vectors) - 1:,}, got {like}; give one of those")
    own = isinstance(like, int)
    ids, cosine = index.search(np.asarray(query, np.float32), k + own)
    keep = (ids[0] >= 0) & (ids[0] != like if own else True)
    return Found(ids[0][keep][:k], cosine[0][keep][:k], recall)


@lru_cache(maxsize=4)
def _index(path: object, key: str, n_docs: int, k: int) -> tuple[Neighbours, np.ndarray, float]:
    space = Workspace(path)  # type: ignore[arg-type]
    run = runs.find(space, key)
    assert run is not None
    vectors = np.concatenate(runs.read_vectors(space, run))
    index = Neighbours(vectors)
    return index, vectors, index.recall(k)
