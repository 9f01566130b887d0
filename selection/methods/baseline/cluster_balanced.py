"""Cluster-balanced: draw clusters more evenly than the corpus holds them, against floods of near-identical pages.

    wanted[c]     = present[c]^(1 - exponent) / sum,    present[c]: share of the rated corpus' tokens in cluster c
    log_weight[d] = log(wanted[c] / present[c])                                         c: cluster of d
    with `by`:      ... + z[d] / tau - log(token-weighted mean of exp(z / tau) in c)

Exponent 0 keeps the corpus' proportions, 1 gives every cluster the same tokens. With a signal named in `by`, better
documents come first inside their cluster, and the last term keeps each cluster's share. As a draw without
replacement, shares hold while clusters are far from used up; for exact shares take the quota sampler.

Documents without a cluster (-1, such as HDBSCAN's noise) form a cluster of their own.

Cost: fit is a count per cluster; weigh is row by row.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.errors import MissingClusters
from selection.core.method import DocumentMethod, Needs, signal_field
from selection.core.weights import Scale, Weights
from selection.primitives.exclusion import excluding
from selection.primitives.standard_scores import StandardScores, missing


class ClusterBalanced(DocumentMethod):
    """Shares of clusters, by log ratio."""

    title: ClassVar[str] = "Cluster-balanced"
    needs: ClassVar[Needs] = Needs(clusters=True)
    scale: ClassVar[Scale] = "nats"
    sampler: ClassVar[str] = "gumbel"

    exponent: float = Field(
        1.0,
        ge=0,
        le=1,
        description="0 keeps the clusters' shares of the corpus, 1 gives every cluster the same tokens.",
    )
    by: str = signal_field(
        "", "A signal that is preferred inside each cluster; empty draws there at random."
    )
    tau: float = Field(
        1.0, gt=0, le=100, description="Temperature of that preference; larger is closer to random."
    )

    def required(self) -> Needs:
        """Clusters, and the signal where one is named."""
        return self.needs | Needs(signals=self._names)

    @property
    def _names(self) -> tuple[str, ...]:
        return (self.by,) if self.by else ()

    def fit(self, docs: Documents) -> State:
        """Log ratio per cluster; number 0 is "no cluster"."""
        scores = StandardScores.fit(docs, self._names)
        code, n_clusters = _code(docs), len(docs.cluster.names) + 1 if docs.cluster else 1
        pull = self._pull(docs, scores)
        rated = ~np.isnan(pull)
        tokens = np.bincount(code[rated], docs.n_tokens[rated], n_clusters)
        pulled = np.bincount(code[rated], (docs.n_tokens * np.exp(pull))[rated], n_clusters)
        there = (tokens > 0) & (pulled > 0)
        ratio = np.zeros(n_clusters)  # a cluster without tokens can only be drawn for nothing
        present = tokens[there] / tokens.sum()
        wanted = present ** (1 - self.exponent)
        wanted /= wanted.sum()
        ratio[there] = np.log(wanted / present) - np.log(pulled[there] / tokens[there])
        return {"log_ratio": ratio, **scores.to_state()}

    def weigh(self, docs: Documents, state: State) -> Weights:
        """Nats: log of wanted over present."""
        ratio = state["log_ratio"]
        code = _code(docs)
        ratio_of = np.where(code < len(ratio), ratio[np.minimum(code, len(ratio) - 1)], np.nan)
        pull = self._pull(docs, StandardScores.from_state(state, self._names))
        unknown = {"the fit saw no such cluster": np.isnan(ratio_of)}
        return excluding(ratio_of + pull, missing(docs, self._names) | unknown)

    def _pull(self, docs: Documents, scores: StandardScores) -> np.ndarray:
        """(n_docs,) z of `by` over tau; zeros where no signal is named."""
        return scores.mean_z(docs) / self.tau if self.by else np.zeros(len(docs))


def _code(docs: Documents) -> np.ndarray:
    if docs.cluster is None:
        raise MissingClusters(
            "cluster_balanced needs a cluster for every document, got none; cluster first"
        )
    return docs.cluster.codes.astype(np.int64) + 1
