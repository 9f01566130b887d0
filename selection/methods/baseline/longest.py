"""Longest: the documents with the most tokens; shows how much of a result is length alone.

    log_weight[d] = n_tokens[d]

Quality scorers favour long texts, so a scorer that does no better than this one has learnt length.

Cost: nothing; row by row.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.method import DocumentMethod
from selection.core.weights import Scale, Weights


class Longest(DocumentMethod):
    """By the workspace's tokenizer."""

    title: ClassVar[str] = "Longest documents"
    scale: ClassVar[Scale] = "ordinal"
    sampler: ClassVar[str] = "top"

    def weigh(self, docs: Documents, state: State) -> Weights:
        """The token count."""
        return Weights(docs.n_tokens.astype(np.float64))
