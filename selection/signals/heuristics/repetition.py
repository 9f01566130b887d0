"""Repetition inside a document: equal lines, equal paragraphs, and word n-grams that come back.

Rae et al. 2021 (Gopher), arXiv:2112.11446, table A1.

Differs from the paper: characters of n-grams are divided by the characters of all words, not by those of the text, and
words are those of `text.words` (see `text.repetition`). Documents without words or lines get 0.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share

_SOURCE = "Gopher repetition rules (Rae et al. 2021): at most"
_REPEATED = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}
_TOP = {2: 0.20, 3: 0.18, 4: 0.16}


def _top(n: int) -> Column:
    return Column(
        f"top_{n}gram_share",
        f"Most frequent {n}-gram",
        f"characters of the most frequent word {n}-gram x its occurrences / characters of all words, 0 where none occurs "
        "twice, at most 1; of equally frequent ones the longest",
        "share",
        -1,
        f"{_SOURCE} {_TOP[n]}",
    )


def _repeated(n: int) -> Column:
    return Column(
        f"repeated_{n}gram_share",
        f"Repeated {n}-grams",
        f"characters of word {n}-grams that occurred before, read from the left and jumped over whole / characters of all "
        "words",
        "share",
        -1,
        f"{_SOURCE} {_REPEATED[n]:.2f}",
    )


class Repetition(Signal):
    title: ClassVar[str] = "Repetition"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "dup_line_share",
            "Duplicate lines",
            "filled lines equal to an earlier one / n_lines",
            "share",
            -1,
            f"{_SOURCE} 0.30",
        ),
        Column(
            "dup_line_char_share",
            "Characters in duplicate lines",
            "characters of filled lines equal to an earlier one / characters of all filled lines",
            "share",
            -1,
            f"{_SOURCE} 0.20; FineWeb: 0.01",
        ),
        Column(
            "dup_paragraph_share",
            "Duplicate paragraphs",
            "paragraphs equal to an earlier one / n_paragraphs",
            "share",
            -1,
            f"{_SOURCE} 0.30",
        ),
        Column(
            "dup_paragraph_char_share",
            "Characters in duplicate paragraphs",
            "characters of paragraphs equal to an earlier one / characters of all filled lines",
            "share",
            -1,
            f"{_SOURCE} 0.20",
        ),
        *(_top(n) for n in _TOP),
        *(_repeated(n) for n in _REPEATED),
        Column(
            "distinct_2",
            "Distinct word pairs",
            "different word pairs / word pairs, 0 for fewer than two words",
            "share",
            1,
            "distinct-2 (Li et al. 2016)",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        lines, grams = measures.lines, measures.repetition
        word_chars = measures.words["word_chars"]
        return {
            "dup_line_share": share(lines["n_duplicate_lines"], lines["n_lines"]),
            "dup_line_char_share": share(lines["duplicate_line_chars"], lines["line_chars"]),
            "dup_paragraph_share": share(lines["n_duplicate_paragraphs"], lines["n_paragraphs"]),
            "dup_paragraph_char_share": share(
                lines["duplicate_paragraph_chars"], lines["line_chars"]
            ),
            **{f"top_{n}gram_share": share(grams[f"top_{n}"], word_chars) for n in _TOP},
            **{
                f"repeated_{n}gram_share": share(grams[f"repeated_{n}"], word_chars)
                for n in _REPEATED
            },
            "distinct_2": share(grams["distinct_2"], np.maximum(measures.words["n_words"] - 1, 0)),
        }
