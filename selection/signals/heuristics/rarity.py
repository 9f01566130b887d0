"""Rarity: how unusual a document's words are in this corpus.

    rarity = mean over its words of -log2 p(word),   p = (count + 1) / (words of the sample + buckets)

Counts are those of a sample of the corpus picked by uid hash, with words hashed into 262,144 buckets, so that the fitted
state is 1 MB whatever the vocabulary. A rare word that shares its bucket with a common one counts as common.

High values are technical terms, names and other languages, but also misspellings and noise, so neither end is better.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.memo import once_per_columns
from selection.core.signal import Column, Columns, Context, Signal
from selection.signals.heuristics.corpus_words import (
    N_BUCKETS,
    SampledDocuments,
    counted,
    counts_of,
)
from selection.text.measure import measure
from selection.text.shares import share
from selection.text.unigrams import word_sums


class Rarity(Signal):
    title: ClassVar[str] = "Rarity"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "word_rarity",
            "Word rarity",
            "mean over its words of -log2((count + 1) / (words of a corpus sample + 262,144)), counts per hash bucket; 0 "
            "without words",
            "bits per word",
            source="unigram surprisal with add-one smoothing (Laplace); peS2o filters by its like",
        ),
        Column(
            "rare_word_share",
            "Rare words",
            "words whose hash bucket occurs at most max(1, a millionth of all words) times in a corpus sample, which is 3 or "
            "less on the Zipf scale / n_words, 0 without words",
            "share",
            source="low-frequency words on the Zipf scale (van Heuven et al. 2014)",
        ),
    )

    n_sampled: SampledDocuments = 16384

    def prepare(self, context: Context) -> State:
        return counted(context, self.n_sampled, self.needs)

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        n_words = measures.words["n_words"]
        sums = word_sums(measures, _bits_and_rare(counts_of(state)))
        return {
            "word_rarity": share(sums[:, 0], n_words),
            "rare_word_share": share(sums[:, 1], n_words),
        }


@once_per_columns(2)
def _bits_and_rare(counts: np.ndarray) -> np.ndarray:
    """Of the words of each bucket the surprisal in bits, and 1 where they are rare. (N_BUCKETS, 2) float64"""
    total = counts.sum(dtype=np.float64)
    bits = -np.log2((counts + 1.0) / (total + N_BUCKETS))
    rare = counts <= max(1.0, total / 1e6)
    return np.stack([bits, rare.astype(np.float64)], axis=1)
