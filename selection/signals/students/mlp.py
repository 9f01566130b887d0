"""MLP: a rating is a small neural network of the document's embedding.

    rating[d] = W2 relu(W1 z[d] + b1) + b2,   z the embedding, standardised by column

Adam on squared error, a tenth of the ratings kept apart to stop early (scikit-learn's MLPRegressor). Worth trying where
ridge leaves R^2 below what raters agree on among themselves; with few ratings ridge is better.

Cost: a few seconds for thousands of ratings; rating is two matrix products.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.student import Lesson, Ratings, Student


class MlpStudent(Student):
    title: ClassVar[str] = "Small neural network on embeddings"

    hidden: int = Field(64, ge=1, le=4096, description="Units of the hidden layer.")
    decay: float = Field(1e-2, ge=0, le=1e3, description="Penalty on the squared weights.")
    n_epochs: int = Field(200, ge=1, le=5000, description="Most passes over the ratings.")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Seed of the first weights.")

    def fit(self, docs: Documents, lesson: Lesson) -> State:
        import warnings

        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPRegressor

        assert isinstance(lesson, Ratings) and docs.embedding is not None
        x = docs.embedding[lesson.rows].astype(np.float64)
        mean, sd = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
        middle, spread = lesson.values.mean(axis=0), np.maximum(lesson.values.std(axis=0), 1e-12)
        learner = MLPRegressor(
            hidden_layer_sizes=(self.hidden,), alpha=self.decay, max_iter=self.n_epochs, random_state=self.seed,
            early_stopping=len(lesson) >= 50, n_iter_no_change=15,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            learner.fit((x - mean) / sd, np.squeeze((lesson.values - middle) / spread))
        (first, second), (bias, last) = learner.coefs_, learner.intercepts_
        return {
            "first": first / sd[:, None],
            "bias": bias - (mean / sd) @ first,
            "second": second * spread,
            "last": last * spread + middle,
        }

    def predict(self, docs: Documents, state: State) -> np.ndarray:
        assert docs.embedding is not None  # the workflow has read what `needs` says
        inner = docs.embedding.astype(np.float64) @ state["first"] + state["bias"]
        return np.round(np.maximum(inner, 0) @ state["second"] + state["last"], 9)
