"""Ridge: a rating is a linear function of the document's embedding.

    rating[d] = intercept + weights . embedding[d]

The penalty is chosen by cross-validation, near-duplicates in one fold. It learns in seconds on a CPU; what an embedding
does not hold (spelling, layout, length beyond the encoder's window) it cannot learn.

Cost: n x dim^2 to learn, n x dim to rate.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.student import Lesson, Ratings, Student
from selection.primitives.ridge import PENALTIES, fit_ridge


class RidgeStudent(Student):
    title: ClassVar[str] = "Ridge on embeddings"

    penalty: float = Field(
        0.0,
        ge=0,
        le=1e6,
        description="Strength of the penalty, 1 being an average direction of the embeddings; 0 lets cross-validation choose.",
    )

    def fit(self, docs: Documents, lesson: Lesson) -> State:
        assert isinstance(lesson, Ratings) and docs.embedding is not None
        grid = (self.penalty,) if self.penalty else PENALTIES
        found = fit_ridge(docs.embedding[lesson.rows], lesson.values, lesson.fold, grid)
        return {
            "weights": found.weights,
            "intercept": found.intercept,
            "penalty": found.penalty,
        }

    def predict(self, docs: Documents, state: State) -> np.ndarray:
        assert docs.embedding is not None  # the workflow has read what `needs` says
        rated = docs.embedding.astype(np.float64) @ state["weights"] + state["intercept"]
        return np.round(rated, 9)  # equal documents stay equal whatever the order of additions
