"""Repetition inside a document: equal lines, equal paragraphs, and n-grams of tokens that come back.

Rae et al. 2021 (Gopher), arXiv:2112.11446, table A1, as datatrove 0.10.1 counts it: lines and paragraphs as they stand
(`text.raw_lines`), tokens with their case and punctuation marks (`text.tokens`), and shares of all characters of the
document. Documents without lines or tokens get 0.
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
_DISTINCT = {2: "pairs", 3: "triples"}


def _top(n: int) -> Column:
    return Column(
        f"top_{n}gram_share",
        f"Most frequent {n}-gram",
        f"characters of the most frequent {n}-gram of tokens, spaces between them, x its occurrences / characters of the "
        "document, at most 1; of equally frequent ones the first",
        "share",
        -1,
        f"{_SOURCE} {_TOP[n]}",
    )


def _repeated(n: int) -> Column:
    return Column(
        f"repeated_{n}gram_share",
        f"Repeated {n}-grams",
        f"characters of {n}-grams of tokens that occurred before, read from the left and jumped over whole, without spaces "
        "/ characters of the document",
        "share",
        -1,
        f"{_SOURCE} {_REPEATED[n]:.2f}",
    )


def _distinct(n: int, words: str) -> Column:
    return Column(
        f"distinct_{n}",
        f"Distinct {words}",
        f"different {n}-grams of tokens / {n}-grams of tokens, 0 where there is none",
        "share",
        1,
        f"distinct-{n} (Li et al. 2016)",
    )


class Repetition(Signal):
    title: ClassVar[str] = "Repetition"
    version: ClassVar[int] = 2
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "dup_line_share",
            "Duplicate lines",
            "lines (between runs of U+000A) equal to an earlier one / lines",
            "share",
            -1,
            f"{_SOURCE} 0.30",
        ),
        Column(
            "dup_line_char_share",
            "Characters in duplicate lines",
            "characters of lines equal to an earlier one / characters of the document",
            "share",
            -1,
            f"{_SOURCE} 0.20",
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
            "characters of paragraphs equal to an earlier one / characters of the document",
            "share",
            -1,
            f"{_SOURCE} 0.20",
        ),
        *(_top(n) for n in _TOP),
        *(_repeated(n) for n in _REPEATED),
        *(_distinct(n, words) for n, words in _DISTINCT.items()),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        lines, grams, n_tokens = (
            measures.raw_lines,
            measures.repetition,
            measures.tokens["n_tokens"],
        )
        n_chars = measures.characters["n_chars"]
        tops = {n: share(grams[f"top_{n}"], n_chars) for n in _TOP}
        return {
            "dup_line_share": share(lines["n_duplicate_lines"], lines["n_lines"]),
            "dup_line_char_share": share(lines["duplicate_line_chars"], n_chars),
            "dup_paragraph_share": share(lines["n_duplicate_paragraphs"], lines["n_paragraphs"]),
            "dup_paragraph_char_share": share(lines["duplicate_paragraph_chars"], n_chars),
            **{f"top_{n}gram_share": np.minimum(tops[n], 1) for n in _TOP},
            **{
                f"repeated_{n}gram_share": share(grams[f"repeated_{n}"], n_chars) for n in _REPEATED
            },
            **{
                f"distinct_{n}": share(grams[f"distinct_{n}"], np.maximum(n_tokens - n + 1, 0))
                for n in _DISTINCT
            },
        }
