"""Exact duplicates: keep one document of those with the same content, the first or the best by a signal.

    log_weight[d] = 0 if d is the document kept of its equals, else -inf

What counts as the same is a setting of the signal `exact_duplicates`: every byte, or the text but for case and white
space. Best differs from first only in signals that know more than the text, such as attached ones.

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


class Exact(CorpusMethod):
    """One document a content."""

    title: ClassVar[str] = "Exact duplicates"
    scale: ClassVar[Scale] = "none"
    sampler: ClassVar[str] = "top"

    keep: Literal["first", "best"] = Field(
        "first",
        description="Which of equal documents stays: first by order of ingestion, or best by a signal.",
    )
    signal: str = signal_field(
        "educational_value", "With keep=best, the signal whose better end stays."
    )

    def required(self) -> Needs:
        """The groups of equal documents, and the signal that chooses."""
        chosen = (self.signal,) if self.keep == "best" else ()
        return Needs(signals=("exact_duplicate_cluster", *chosen))

    def order(
        self, docs: Documents, budget_tokens: int | None, rng: np.random.Generator
    ) -> Weights:
        """0 or -inf, with the group, its size and the document kept."""
        best = self.signal if self.keep == "best" else None
        return keep_one(docs, "exact_duplicate_cluster", best, "exact")
