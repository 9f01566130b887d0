"""N-grams: a rating is a linear function of the words and word pairs of a document, hashed into buckets.

    rating[d] = intercept + sum over n-grams g of d of table[bucket(g)] / sqrt(n_grams[d])

It needs no embedding and sees spelling and single words, which an embedding blurs; what it learns of a topic does not carry
over to other words for it. The learner is `primitives.sparse_linear`.

Cost: rating runs at the speed of `text.ngrams`, hundreds of MB/s a core; the state is a number a bucket and column.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.student import Lesson, Ratings, Student
from selection.primitives.sparse_linear import PENALTIES, counts_matrix, fit_sparse_linear
from selection.text.ngrams import NGrams


class NGramsStudent(Student):
    title: ClassVar[str] = "Linear on hashed n-grams"
    needs: ClassVar[Needs] = Needs(text=True)

    ngrams: int = Field(2, ge=1, le=5, description="Longest n-gram; all shorter ones count too.")
    n_buckets: int = Field(
        1 << 17, ge=2, le=1 << 22, description="Buckets that n-grams are hashed into."
    )
    penalty: float = Field(
        0.0,
        ge=0,
        le=1e3,
        description="Strength of the penalty on the squared weights; 0 lets cross-validation choose.",
    )

    def fit(self, docs: Documents, lesson: Lesson) -> State:
        assert isinstance(lesson, Ratings)
        ids, bounds = self._features().buckets(docs.take(lesson.rows).texts)
        counts = counts_matrix(ids, bounds, self.n_buckets)
        grid = (self.penalty,) if self.penalty else PENALTIES
        found = [fit_sparse_linear(counts, values, lesson.fold, grid) for values in lesson.values.T]
        return {
            "table": np.stack([each.table for each in found], axis=1),
            "intercept": np.array([each.intercept for each in found]),
            "penalty": np.array([each.penalty for each in found]),
        }

    def predict(self, docs: Documents, state: State) -> np.ndarray:
        features = self._features()
        sums, n_tokens = features.sums(docs.texts, state["table"])
        n_grams = np.maximum(features.number(n_tokens), 1)
        return np.round(sums / np.sqrt(n_grams)[:, None] + state["intercept"], 9)

    def _features(self) -> NGrams:
        return NGrams(self.ngrams, self.n_buckets)
