"""What FineWeb's own rules count: lines as they stand, and line feeds.

Penedo et al. 2024 (FineWeb), arXiv:2406.17557, section 3.5, as datatrove 0.10.1 counts it. Lines are divided at U+000A, not
trimmed, and hold any character but white space. Documents without lines or tokens get 0.
"""

from __future__ import annotations

from typing import ClassVar

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share

_SOURCE = "FineWeb (Penedo et al. 2024):"


class FineWebLines(Signal):
    title: ClassVar[str] = "FineWeb's lines"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "fineweb_stop_line_share",
            "Lines that end in a stop",
            "lines whose very last character has the Unicode property Sentence_Terminal / lines",
            "share",
            1,
            f"{_SOURCE} at least 0.12",
        ),
        Column(
            "fineweb_short_line_share",
            "Short lines as they stand",
            "lines of at most 30 characters, white space included / lines",
            "share",
            -1,
            f"{_SOURCE} at most 0.67",
        ),
        Column(
            "fineweb_dup_char_share",
            "Characters in repeated lines",
            "characters of lines equal to an earlier one / characters but U+000A",
            "share",
            -1,
            f"{_SOURCE} at most 0.01",
        ),
        Column(
            "fineweb_newline_ratio",
            "Line feeds a token",
            "characters U+000A / tokens, punctuation marks included",
            "per token",
            -1,
            f"{_SOURCE} at most 0.3",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        lines, newlines = measures.raw_lines, measures.lines["n_newlines"]
        n_lines = lines["n_filled_lines"]
        inner = measures.characters["n_chars"] - newlines
        return {
            "fineweb_stop_line_share": share(lines["n_stop_lines"], n_lines),
            "fineweb_short_line_share": share(lines["n_short_lines"], n_lines),
            "fineweb_dup_char_share": share(lines["duplicate_filled_chars"], inner),
            "fineweb_newline_ratio": share(newlines, measures.tokens["n_tokens"]),
        }
