"""Near-duplicates (MinHash): keep one document of every near-duplicate cluster, the first or the best by a signal.

    log_weight[d] = 0 if d is the document kept of its cluster, else -inf

Clusters are those of the signal `near_duplicates`: MinHash-LSH as in FineWeb (Penedo et al. 2024, arXiv:2406.17557),
which keeps one document at random; here the choice is fixed.

A filter beside it does not move the choice: where it drops the document kept, the whole cluster is lost. Keep the best
by the signal that the filter looks at, or draw from an export of the filtered corpus.

Cost: one sort of the clusters; needs all documents at once.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.documents import Documents
from selection.core.method import CorpusMethod, Needs, signal_field
from selection.core.weights import Scale, Weights
from selection.primitives.keepers import keep_one


class MinHash(CorpusMethod):
    """One document a cluster."""

    title: ClassVar[str] = "Near-duplicates (MinHash)"
    cites: ClassVar[str] = "arXiv:2406.17557"
    scale: ClassVar[Scale] = "none"
    sampler: ClassVar[str] = "top"

    keep: Literal["first", "best"] = Field(
        "first",
        description="Which document of a cluster stays: first by order of ingestion, or best by a signal.",
    )
    signal: str = signal_field(
        "educational_value", "With keep=best, the signal whose better end stays."
    )

    def required(self) -> Needs:
        """The clusters, and the signal that chooses."""
        chosen = (self.signal,) if self.keep == "best" else ()
        return Needs(signals=("near_duplicate_cluster", *chosen))

    def order(
        self, docs: Documents, budget_tokens: int | None, rng: np.random.Generator
    ) -> Weights:
        """0 or -inf, with the cluster, its size and the document kept."""
        best = self.signal if self.keep == "best" else None
        return keep_one(docs, "near_duplicate_cluster", best, "minhash")
