"""Signals: a rating is a linear function of where a document stands in the signals of its workspace.

    rating[d] = intercept + sum over signals s of weights[s] * percentile[d, s]

The percentile is taken among the documents that were rated, so neither scale nor outliers matter. Every weight can be read:
the student says which statistics the rater went by. Documents without one of the signals are not rated.

By default it learns from shares, means, grades and the richness of words. None of these counts how long a document is,
though richness follows it: the audit says how much of a student is length.

Cost: n x n_signals^2 to learn, a binary search a value to rate.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import Needs, SignalNames, signals_field
from selection.core.student import Lesson, Ratings, Student
from selection.primitives.ridge import PENALTIES, fit_ridge
from selection.signals.raters.percentiles import fit_percentiles, percentiles

USUAL = (
    "automated_readability", "capitalised_share", "coleman_liau", "connective_share", "dale_chall", "digit_share",
    "distinct_2", "exclamation_share", "flesch_kincaid_grade", "flesch_reading_ease", "gunning_fog", "hedge_share",
    "learned_word_share", "lix", "long_word_share", "markup_share", "mattr", "mean_line_length", "mean_sentence_length",
    "mean_word_length", "newlines_per_word", "number_word_share", "personal_word_share", "punctuation_share",
    "question_share", "rare_word_share", "reasoning_word_share", "short_line_share", "stop_word_share", "symbol_share",
    "teaching_word_share", "terminal_line_share", "tokens_per_word", "uppercase_share", "url_share", "word_rarity",
    "hapax_share", "mtld", "rps_doc_unigram_entropy", "smog", "type_token_ratio", "unigram_entropy", "yules_k",
)  # fmt: skip


class SignalsStudent(Student):
    title: ClassVar[str] = "Ridge on signals"
    needs: ClassVar[Needs] = Needs()

    signals: SignalNames = signals_field(USUAL, "The signals that ratings are explained by.")
    penalty: float = Field(
        0.0,
        ge=0,
        le=1e6,
        description="Strength of the penalty, 1 being an average direction; 0 lets cross-validation choose.",
    )

    def required(self) -> Needs:
        return Needs(signals=self.signals)

    def fit(self, docs: Documents, lesson: Lesson) -> State:
        assert isinstance(lesson, Ratings)
        given = self._values(docs)[lesson.rows]
        known = np.isfinite(given).all(axis=1)
        grid = fit_percentiles(given[known])
        penalties = (self.penalty,) if self.penalty else PENALTIES
        found = fit_ridge(
            percentiles(given[known], grid), lesson.values[known], lesson.fold[known], penalties
        )
        return {
            "grid": grid,
            "weights": found.weights,
            "intercept": found.intercept,
            "penalty": found.penalty,
        }

    def predict(self, docs: Documents, state: State) -> np.ndarray:
        values = self._values(docs)
        known = np.isfinite(values).all(axis=1)
        rated = np.full((len(docs), state["weights"].shape[1]), np.nan)
        shares = percentiles(values[known], state["grid"])
        rated[known] = shares @ state["weights"] + state["intercept"]
        return np.round(rated, 9)

    def _values(self, docs: Documents) -> np.ndarray:
        """(n_docs, n_signals)"""
        return np.column_stack([docs.signals[name] for name in self.signals])
