"""Representative words: how strongly a document stands out from the corpus by its own key words.

Ma et al. 2021 (PROP), arXiv:2010.10469.

    P(w | D) = (c(w, D) + mu p(w | C)) / (|D| + mu)

is the document's language model with Dirichlet smoothing, p(w | C) the corpus' (counts of a sample with add-one smoothing, in
262,144 hash buckets). PROP samples word sets W and calls the likelier one, by P(W | D) = prod P(w | D), the more
representative. A document gets one W here: its own `n_words` words that gain most, by log P(w | D) / p(w | C), words on the
stop lists left out; these are given as text too.

Differs from the paper: W is chosen and not sampled, and its log likelihood is a mean per word, so that documents compare.
High values are documents about one thing, but also templates and lists that repeat a rare word, so neither end is better.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.memo import once_per_columns
from selection.core.signal import Column, Columns, Context, Signal
from selection.signals.heuristics.corpus_words import (
    N_BUCKETS,
    SampledDocuments,
    counted,
    counts_of,
)
from selection.text.key_words import joined, words_of
from selection.text.lexicon import stop_word_table
from selection.text.measure import measure
from selection.text.unigrams import representative


class RepresentativeWords(Signal):
    title: ClassVar[str] = "Representative words"
    version: ClassVar[int] = 2
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "representativeness",
            "Representativeness",
            "mean of log2 P(w|D) / p(w|C) over the 10 words of the document where it is largest, stop words left out; 0 "
            "where no word is more frequent than in the corpus",
            "bits per word",
            source="PROP (Ma et al. 2021), its word sets chosen and not sampled",
        ),
        Column(
            "representative_likelihood",
            "Likelihood of the representative words",
            "mean of log2 P(w|D) over the same words; 0 where there is none",
            "bits per word",
            source="PROP (Ma et al. 2021), its word sets chosen and not sampled",
        ),
        Column(
            "representative_words",
            "Representative words",
            "these words in lower case, the one that stands out most first; null where there is none",
            source="PROP (Ma et al. 2021), its word sets chosen and not sampled",
            kind="text",
        ),
    )

    n_words: int = Field(
        10, ge=1, le=100, description="How many words of a document are its representative ones."
    )
    mu: float = Field(
        2000.0,
        gt=0,
        le=1e6,
        description="Weight of the corpus in a document's word frequencies, as a number of words.",
    )
    n_sampled: SampledDocuments = 16384

    def prepare(self, context: Context) -> State:
        return counted(context, self.n_sampled, self.needs)

    def score(self, docs: Documents, state: State) -> Columns:
        measures, common = measure(docs.text), stop_word_table()
        share = _shares(counts_of(state))
        found, chosen = representative(measures, common, share, self.mu, self.n_words)
        return {
            "representativeness": found[:, 0].copy(),
            "representative_likelihood": found[:, 1].copy(),
            "representative_words": joined(words_of(docs.texts, measures, chosen)),
        }


@once_per_columns(2)
def _shares(counts: np.ndarray) -> np.ndarray:
    """p(w|C) of the words of each bucket. (N_BUCKETS,) float64"""
    return (counts + 1.0) / (counts.sum(dtype=np.float64) + N_BUCKETS)
