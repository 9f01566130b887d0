"""The words of a document by their shape: length, capitals, syllables, learned endings.

Words are those of `text.words`; a document without words gets 0 everywhere.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share


class Words(Signal):
    title: ClassVar[str] = "Words"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "mean_word_length",
            "Mean word length",
            "characters of all words / n_words",
            "characters",
            source="Gopher quality rules (Rae et al. 2021) bound it to 3..10",
        ),
        Column(
            "longest_word",
            "Longest word",
            "characters of the longest word",
            "characters",
            0,
            "count",
        ),
        Column(
            "long_word_share",
            "Long words",
            "words of more than 6 characters / n_words",
            "share",
            source="LIX (Björnsson 1968)",
        ),
        Column(
            "learned_word_share",
            "Learned words",
            "words of more than 6 characters with one of 35 Latin or Greek endings (-tion, -ology, -ical, -ysis, …) / n_words",
            "share",
            source="own list",
        ),
        Column(
            "capitalised_share",
            "Capitalised words",
            "words that begin with an upper-case letter / n_words",
            "share",
            source="own ratio",
        ),
        Column(
            "shouted_share",
            "Words in capitals",
            "words of two or more letters, all of them upper case / n_words",
            "share",
            -1,
            "own ratio",
        ),
        Column(
            "letter_word_share",
            "Words with a letter",
            "fields (runs without white space) with at least one letter / fields",
            "share",
            1,
            "Gopher quality rules (Rae et al. 2021) ask for 0.8",
        ),
        Column(
            "number_word_share",
            "Numbers",
            "words without any letter / n_words",
            "share",
            source="own ratio",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        words = measure(docs.text).words
        n_words = words["n_words"]
        return {
            "mean_word_length": share(words["word_chars"], n_words),
            "longest_word": words["longest_word"].astype(np.float64),
            "long_word_share": share(words["n_long_words"], n_words),
            "learned_word_share": share(words["n_learned_words"], n_words),
            "capitalised_share": share(words["n_capitalised"], n_words),
            "shouted_share": share(words["n_shouted"], n_words),
            "letter_word_share": share(words["n_letter_fields"], words["n_fields"]),
            "number_word_share": share(n_words - words["n_letter_words"], n_words),
        }
