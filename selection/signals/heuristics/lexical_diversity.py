"""Lexical diversity: how many different words a document uses, by measures that treat its length differently.

The type-token ratio falls with length whatever the author does; entropy rises with it; Yule's K, MATTR and MTLD were made
to stay level (formulas in `text.vocabulary`). A document without words gets 0.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share


class LexicalDiversity(Signal):
    title: ClassVar[str] = "Lexical diversity"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("n_types", "Different words", "different words, case ignored", "words", 0, "count"),
        Column(
            "type_token_ratio",
            "Type-token ratio",
            "different words / n_words, case ignored",
            "share",
            source="RedPajama v2's unique words",
        ),
        Column(
            "hapax_share",
            "Words used once",
            "words that occur once / n_words",
            "share",
            0,
            "hapax legomena, Baayen 2001",
        ),
        Column(
            "unigram_entropy",
            "Unigram entropy",
            "-sum p log2 p over the document's words, case ignored",
            "bits per word",
            1,
            "Shannon 1948; RedPajama v2 in nats",
        ),
        Column(
            "yules_k",
            "Yule's K",
            "10,000 (sum of squared word frequencies - n_words) / n_words squared",
            "per 10,000 pairs",
            -1,
            "Yule 1944",
        ),
        Column(
            "mattr",
            "Moving type-token ratio",
            "mean type-token ratio of all windows of 50 words, of the whole document if shorter",
            "share",
            1,
            "Covington and McFall 2010",
        ),
        Column(
            "mtld",
            "MTLD",
            "mean length of stretches whose type-token ratio stays above 0.72, mean of both reading directions; n_words in a "
            "direction without repetition",
            "words",
            1,
            "McCarthy and Jarvis 2010",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        vocabulary, n_words = measures.vocabulary, measures.words["n_words"]
        return {
            "n_types": vocabulary["n_types"].astype(np.float64),
            "type_token_ratio": share(vocabulary["n_types"], n_words),
            "hapax_share": share(vocabulary["n_hapaxes"], n_words),
            "unigram_entropy": vocabulary["entropy"].copy(),
            "yules_k": vocabulary["yules_k"].copy(),
            "mattr": vocabulary["mattr"].copy(),
            "mtld": vocabulary["mtld"].copy(),
        }
