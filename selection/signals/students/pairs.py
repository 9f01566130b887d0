"""Pairs: a score learnt from votes on which of two documents is better, linear in the embedding.

QuRating: Wettig et al., 2024, arXiv:2402.09739.

    P(second better) = sigmoid(score[second] - score[first]),   score[d] = weights . embedding[d] - mean

Scores are in nats of odds: a document one above another is preferred e : 1. Their mean over the documents in the lesson is 0.

Differs from the paper:
- a linear function of an embedding in place of a fine-tuned language model of 1.3 billion parameters
- every pair counts; the paper keeps those with |2p - 1| >= 0.5, which `confidence` does

Cost: some eight Newton steps of n_pairs x dim^2.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.student import Lesson, Student, Votes
from selection.primitives.bradley_terry import PENALTIES, fit_bradley_terry


class PairsStudent(Student):
    title: ClassVar[str] = "Bradley-Terry on embeddings"
    learns_from: ClassVar[Literal["ratings", "pairs"]] = "pairs"

    confidence: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Pairs whose votes are closer than this, as |2p - 1|, are not learnt from; the paper has 0.5.",
    )
    penalty: float = Field(
        0.0, ge=0, le=1e6, description="Strength of the penalty; 0 lets pairs left out choose."
    )

    def fit(self, docs: Documents, lesson: Lesson) -> State:
        assert isinstance(lesson, Votes) and docs.embedding is not None
        sure = np.abs(2 * lesson.values - 1) >= self.confidence
        rows, share = lesson.rows[sure], lesson.values[sure]
        vectors = docs.embedding.astype(np.float64)
        grid = (self.penalty,) if self.penalty else PENALTIES
        weights, penalty = fit_bradley_terry(vectors[rows[:, 1]] - vectors[rows[:, 0]], share, grid)
        mean = (vectors[np.unique(rows)] @ weights).mean() if len(rows) else 0.0
        return {
            "weights": weights[:, None],
            "intercept": np.array([-mean]),
            "penalty": np.array([penalty]),
        }

    def predict(self, docs: Documents, state: State) -> np.ndarray:
        assert docs.embedding is not None  # the workflow has read what `needs` says
        return np.round(
            docs.embedding.astype(np.float64) @ state["weights"] + state["intercept"], 9
        )
