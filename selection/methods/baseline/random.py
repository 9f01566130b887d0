"""Random: every document has the same chance; the baseline that any method must beat.

    log_weight[d] = 0

Equal weights plus Gumbel noise of (seed, uid) are a uniform draw without replacement. Documents are equally likely, so
tokens are drawn in proportion to document length. Use at least three seeds.

Cost: nothing; row by row.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.method import DocumentMethod
from selection.core.weights import Scale, Weights


class Random(DocumentMethod):
    """The seed is the sampler's."""

    title: ClassVar[str] = "Random"
    scale: ClassVar[Scale] = "nats"
    sampler: ClassVar[str] = "gumbel"

    def weigh(self, docs: Documents, state: State) -> Weights:
        """Zero for every document."""
        return Weights(np.zeros(len(docs)))
