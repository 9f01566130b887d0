"""DSIR: draw documents whose words and word pairs are those of a target, by importance resampling.

Xie et al., 2023, "Data Selection for Language Models via Importance Resampling", arXiv:2302.03169.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from selection.core.context import Context
from selection.core.documents import Documents, State
from selection.core.method import Needs, TextMethod
from selection.core.targets import Target, TargetKeys, targets_field
from selection.core.weights import Scale, Weights
from selection.text.word_counts import bucket_counts, bucket_sums


class Dsir(TextMethod):
    """Importance resampling on hashed n-grams."""

    title: ClassVar[str] = "DSIR"
    cites: ClassVar[str] = "arXiv:2302.03169"
    needs: ClassVar[Needs] = Needs(text=True, targets=True)
    scale: ClassVar[Scale] = "nats"
    sampler: ClassVar[str] = "gumbel"

    targets: TargetKeys = targets_field("The sets of texts that the draw should resemble.")
    smoothing: float = Field(
        1.0, ge=0, le=1e6, description="Added to every bucket of the target's counts."
    )

    def fit(self, corpus: Context, targets: Sequence[Target]) -> State:
        """Log ratio of the target's bucket probabilities to the corpus'."""
        n = 1 << 14
        target = np.sum([bucket_counts(each.text, n, 2) for each in targets], axis=0)
        raw = np.zeros(n, np.int64)
        for docs in corpus.stream(Needs(text=True)):
            assert docs.text is not None
            raw += bucket_counts(docs.text, n, 2)
        p = (target + self.smoothing) / (target + self.smoothing).sum()
        q = raw / max(1, raw.sum())
        return {"ratio": np.log(p + 1e-8) - np.log(q + 1e-8)}

    def weigh(self, docs: Documents, state: State) -> Weights:
        """Sum of the ratio over a document's n-grams."""
        assert docs.text is not None
        return Weights(bucket_sums(docs.text, state["ratio"], 2)[0])

    def facts(self, state: State) -> dict[str, Any]:
        """Nothing yet."""
        return {}
