"""Statistics: a first value for each of the eleven quality dimensions, from what can be counted on the surface.

These are **proxies**. They count words, lines and repetitions; they do not understand a sentence. They cannot see whether
a fact is true, whether an argument holds, whether a text was plagiarised or machine-made; fluent nonsense rates high,
and dense tables or poems rate low. Word lists and readability formulas are English, so texts in other languages are
ranked by layout and repetition alone. Use a trained or an LLM rater where one is there; columns share the dimension's
name, so one replaces another.

    share[d, s]   percentile of statistic s of document d within a sample of the corpus, 0..1, ties in the middle
    value[d, k]   5 x mean over the ingredients of dimension k, weighted: share, 1 - share, or 1 - |2 share - 1| ("middle")

So 5 is a document that leads this corpus in every ingredient, and values compare documents of one corpus, not two
corpora. The grid of percentiles, and word counts for rarity, are the fitted state, and rate new documents by the same
yardstick. Mixtures and weights are in `mixtures`.

Cost: one reading of the text for all dimensions, then arithmetic on columns.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.signal import Column, Columns, Context, Signal
from selection.signals.heuristics.characters import Characters
from selection.signals.heuristics.corpus_words import word_counts
from selection.signals.heuristics.discourse import Discourse
from selection.signals.heuristics.length import Length
from selection.signals.heuristics.lexical_diversity import LexicalDiversity
from selection.signals.heuristics.lines import Lines
from selection.signals.heuristics.rarity import Rarity
from selection.signals.heuristics.readability import Readability
from selection.signals.heuristics.repetition import Repetition
from selection.signals.heuristics.sentences import Sentences
from selection.signals.heuristics.stop_words import StopWords
from selection.signals.heuristics.words import Words
from selection.signals.raters.mixtures import MIXTURES
from selection.signals.raters.percentiles import fit_percentiles, percentiles

_SOURCES: tuple[type[Signal], ...] = (
    Characters,
    Discourse,
    Length,
    LexicalDiversity,
    Lines,
    Rarity,
    Readability,
    Repetition,
    Sentences,
    StopWords,
    Words,
)
_INGREDIENTS = sorted({name for m in MIXTURES.values() for name in (*m.weights, *m.middle)})


class Statistics(Signal):
    title: ClassVar[str] = "Surface statistics"
    version: ClassVar[int] = 2
    needs: ClassVar[Needs] = Needs(text=True)
    columns: ClassVar[tuple[Column, ...]] = tuple(
        Column(
            f"{dimension}__statistics",
            f"{mixture.title} (statistics)",
            f"{mixture.meaning}; 5 x the weighted mean of the percentiles in the corpus of: {mixture.words()}",
            "0-5",
            mixture.polarity,
            "own mixture of surface statistics, a proxy",
            dimension=True,
        )
        for dimension, mixture in MIXTURES.items()
    )

    n_sampled: int = Field(
        16384,
        ge=64,
        le=262144,
        description="How many documents of the corpus the percentiles are fitted on.",
    )

    def prepare(self, context: Context) -> State:
        sample = context.sample(self.n_sampled, self.needs)
        counts = word_counts(sample)
        return {"counts": counts, "ingredients": fit_percentiles(_ingredients(sample, counts))}

    def score(self, docs: Documents, state: State) -> Columns:
        shares = percentiles(_ingredients(docs, state["counts"]), state["ingredients"])
        rated = 5 * _mix(shares)
        return {f"{name}__statistics": rated[:, k] for k, name in enumerate(MIXTURES)}


def _ingredients(docs: Documents, counts: np.ndarray) -> np.ndarray:
    """(n_docs, n_ingredients) float64, columns in the order of `_INGREDIENTS`."""
    values: dict[str, np.ndarray] = {}
    for source in _SOURCES:
        values.update(source().score(docs, {"counts": counts}))
    return np.stack([values[name] for name in _INGREDIENTS], axis=1)


def _mix(shares: np.ndarray) -> np.ndarray:
    """(n_docs, n_ingredients) percentiles to the weighted mean of each dimension, (n_docs, n_dimensions)."""
    raw = np.zeros((len(shares), len(MIXTURES)))
    for k, mixture in enumerate(MIXTURES.values()):
        for name, weight in mixture.weights.items():
            share = shares[:, _INGREDIENTS.index(name)]
            raw[:, k] += weight * share if weight > 0 else -weight * (1 - share)
        for name, weight in mixture.middle.items():
            raw[:, k] += weight * (1 - np.abs(2 * shares[:, _INGREDIENTS.index(name)] - 1))
        raw[:, k] /= sum(map(abs, mixture.weights.values())) + sum(mixture.middle.values())
    return np.round(raw, 12)  # equal documents stay equal whatever the order of additions
