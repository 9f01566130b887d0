"""The sentences of a document: how long they are, and what ends them.

Sentences are those of `text.sentences`; a document without words has none, and gets 0 everywhere.
"""

from __future__ import annotations

from typing import ClassVar

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share

_OWN = "own ratio; the division is ours"


class Sentences(Signal):
    title: ClassVar[str] = "Sentences"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "mean_sentence_length", "Sentence length", "n_words / n_sentences", "words", 0, _OWN
        ),
        Column(
            "question_share", "Questions", "sentences that end in ? / n_sentences", "share", 0, _OWN
        ),
        Column(
            "exclamation_share",
            "Exclamations",
            "sentences that end in ! / n_sentences",
            "share",
            -1,
            _OWN,
        ),
        Column(
            "capital_sentence_share",
            "Sentences with a capital",
            "sentences whose first character is not in lower case / n_sentences",
            "share",
            1,
            _OWN,
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        sentences = measures.sentences
        count = sentences["n_sentences"]
        return {
            "mean_sentence_length": share(measures.words["n_words"], count),
            "question_share": share(sentences["n_questions"], count),
            "exclamation_share": share(sentences["n_exclamations"], count),
            "capital_sentence_share": share(sentences["n_capital_sentences"], count),
        }
