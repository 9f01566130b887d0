"""Novelty and prototypicality on vectors whose angles are known."""

from __future__ import annotations

import numpy as np
import pytest

from selection.core.documents import Categories, Documents
from selection.signals.embedding.novelty import Novelty
from selection.signals.embedding.prototypicality import Prototypicality


def documents(vectors: list[list[float]], codes: list[int] | None = None) -> Documents:
    n = len(vectors)
    return Documents(
        np.arange(n),
        np.arange(100, 100 + n).astype(np.uint64),
        np.full(n, 10),
        cluster=None if codes is None else Categories(np.array(codes, np.int32), ("a", "b")),
        embedding=np.array(vectors, np.float16),
    )


class Corpus:
    def __init__(self, docs: Documents) -> None:
        self.docs = docs

    def sample(self, n_docs, needs):
        return self.docs.take(slice(0, n_docs))

    def stream(self, needs):
        return self.docs.batches(2)


def test_novelty_is_the_distance_to_the_others_not_to_itself() -> None:
    docs = documents([[1, 0], [1, 0], [0, 1]])
    signal = Novelty(n_neighbours=1)
    novelty = signal.score(docs, signal.prepare(Corpus(docs)))["novelty"]
    assert novelty == pytest.approx([0, 0, 1])
    signal = Novelty(n_neighbours=5)  # more than there are: the mean over the two others
    novelty = signal.score(docs, signal.prepare(Corpus(docs)))["novelty"]
    assert novelty == pytest.approx([0.5, 0.5, 1])


def test_a_document_alone_is_wholly_new() -> None:
    docs = documents([[1, 0]])
    signal = Novelty()
    assert signal.score(docs, signal.prepare(Corpus(docs)))["novelty"] == pytest.approx([1])


def test_prototypicality_is_the_cosine_to_the_mean_of_the_cluster() -> None:
    docs = documents([[1, 0], [0.6, 0.8], [0, 1], [0, -1], [0, 1]], [0, 0, 1, -1, 1])
    signal = Prototypicality()
    values = signal.score(docs, signal.prepare(Corpus(docs)))["prototypicality"]
    middle = np.array([0.8, 0.4]) / np.hypot(0.8, 0.4)
    assert values[:2] == pytest.approx([middle[0], middle @ [0.6, 0.8]], abs=1e-3)
    assert values[[2, 4]] == pytest.approx([1, 1], abs=1e-3)
    assert values[3] == pytest.approx(-middle[1], abs=1e-3)  # outside: the nearest centroid


def test_clusters_are_known_by_name_not_by_number() -> None:
    docs = documents([[1, 0], [0, 1]], [0, 1])
    state = Prototypicality().prepare(Corpus(docs))
    renamed = documents([[1, 0], [0, 1]], [1, 0])
    renamed = Documents(
        renamed.doc_id,
        renamed.uid_hash,
        renamed.n_tokens,
        cluster=Categories(np.array([1, 0], np.int32), ("b", "a")),
        embedding=renamed.embedding,
    )
    assert Prototypicality().score(renamed, state)["prototypicality"] == pytest.approx([1, 1])
