"""Prototypicality: how near a document lies to the middle of its own cluster.

    prototypicality = cosine similarity to the mean of the vectors of its cluster

High: a typical, easy example of its kind; low: an outlier of the cluster or on its border. Which of them to keep depends
on how much data there is (Sorscher et al. 2022, arXiv:2206.14486: keep hard ones when data is plentiful, easy ones when
it is scarce), so neither end is better.

Centroids are means over all members, made in `prepare` from one pass over the corpus and carried with the run, by the
cluster's name. A document outside any cluster, or in one that was not there then, is rated against the nearest centroid.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Categories, Documents, State
from selection.core.method import Needs
from selection.core.signal import Column, Columns, Context, Signal


class Prototypicality(Signal):
    title: ClassVar[str] = "Prototypicality"
    needs: ClassVar[Needs] = Needs(embedding=True, clusters=True)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "prototypicality",
            "Prototypicality",
            "cosine similarity of its embedding to the mean embedding of its cluster, of the nearest cluster where it has "
            "none; 0 without any cluster",
            "cosine",
            0,
            "Sorscher et al. 2022, with cosine in place of Euclidean distance",
        ),
    )

    def prepare(self, context: Context) -> State:
        sums: dict[str, np.ndarray] = {}
        for part in context.stream(self.needs):
            assert part.embedding is not None and part.cluster is not None
            vectors = np.asarray(part.embedding, np.float32)
            for code in np.unique(part.cluster.codes[part.cluster.codes >= 0]):
                total = vectors[part.cluster.codes == code].sum(axis=0, dtype=np.float64)
                name = part.cluster.names[code]
                sums[name] = sums[name] + total if name in sums else total
        names = sorted(sums)
        centroids = np.array([_unit(sums[name]) for name in names], np.float64)
        return {"names": np.array(names, str), "centroids": centroids}  # (n_clusters, dim)

    def score(self, docs: Documents, state: State) -> Columns:
        assert docs.embedding is not None and docs.cluster is not None
        if len(state["names"]) == 0:
            return {"prototypicality": np.zeros(len(docs))}
        vectors = np.asarray(docs.embedding, np.float64)
        cosines = vectors @ state["centroids"].T  # (n_docs, n_clusters)
        own = _rows_of(docs.cluster, state["names"])
        picked = cosines[np.arange(len(docs)), np.maximum(own, 0)]
        return {"prototypicality": np.where(own >= 0, picked, cosines.max(axis=1))}


def _unit(vector: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector


def _rows_of(cluster: Categories, names: np.ndarray) -> np.ndarray:
    """The centroid of each document, -1 for none. (n_docs,) int64"""
    row = {str(name): number for number, name in enumerate(names)}
    of_code = np.array([row.get(name, -1) for name in cluster.names] + [-1], np.int64)
    return of_code[cluster.codes]  # code -1 finds the last entry
