"""Function words: text that people wrote for people is full of them, lists and menus are not.

Lists are in `text.lexicon`: some 180 English words, and 10 to 30 of each of fifteen further languages.
"""

from __future__ import annotations

from typing import ClassVar

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share


class StopWords(Signal):
    title: ClassVar[str] = "Stop words"
    version: ClassVar[int] = 2
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "stop_word_share",
            "Stop words",
            "words on the English list or on one of the short lists of fifteen other languages / n_words, 0 without words",
            "share",
            1,
            "own lists",
        ),
        Column(
            "english_stop_word_share",
            "English stop words",
            "words on the English list / n_words, 0 without words",
            "share",
            1,
            "own list",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        words = measure(docs.text).words
        return {
            "stop_word_share": share(words["n_stop_words"], words["n_words"]),
            "english_stop_word_share": share(words["n_english_stop_words"], words["n_words"]),
        }
