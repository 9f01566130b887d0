"""The lines of a document: how they end, how long they are, and whether they look like lists, menus or code.

Lines are divided at U+000A and trimmed; empty ones are not counted among `n_lines`. A document without a filled line
gets 0 everywhere.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share

_GOPHER = "Gopher quality rules (Rae et al. 2021)"
_FINEWEB = "FineWeb (Penedo et al. 2024)"


class Lines(Signal):
    title: ClassVar[str] = "Lines"
    version: ClassVar[int] = 2
    columns: ClassVar[tuple[Column, ...]] = (
        Column("n_lines", "Lines", "lines with any character but white space", "lines", 0, "count"),
        Column(
            "mean_line_length",
            "Line length",
            "characters of trimmed filled lines / n_lines",
            "characters",
            source="own ratio",
        ),
        Column(
            "newlines_per_word",
            "Newlines a word",
            "characters U+000A / n_words",
            "newlines per word",
            -1,
            f"{_FINEWEB}: at most 0.3",
        ),
        Column(
            "empty_line_share",
            "Empty lines",
            "lines of white space only / all lines",
            "share",
            source="own ratio",
        ),
        Column(
            "short_line_share",
            "Short lines",
            "lines of at most 30 characters / n_lines",
            "share",
            -1,
            f"{_FINEWEB}: at most 0.67",
        ),
        Column(
            "brief_line_share",
            "Lines under 3 words",
            "lines with fewer than three runs of letters and numbers / n_lines",
            "share",
            -1,
            "C4 (Raffel et al. 2020) drops such lines",
        ),
        Column(
            "terminal_line_share",
            "Lines that end a sentence",
            "lines whose last character, closing quotes and brackets left out, is . ! ? … or their like / n_lines",
            "share",
            1,
            f"C4 drops other lines; {_FINEWEB}: at least 0.12",
        ),
        Column(
            "bullet_line_share",
            "List lines",
            "lines that begin with - * • or their like / n_lines",
            "share",
            -1,
            f"{_GOPHER}: at most 0.9",
        ),
        Column(
            "ellipsis_line_share",
            "Lines that trail off",
            "lines that end in ... or … / n_lines",
            "share",
            -1,
            f"{_GOPHER}: at most 0.3",
        ),
        Column(
            "code_line_share",
            "Lines of code",
            "lines that end in one of ; { } > = \\ ( / n_lines",
            "share",
            source="own rule",
        ),
        Column(
            "n_paragraphs",
            "Paragraphs",
            "what lies between two or more line feeds",
            "paragraphs",
            0,
            "count",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        lines = measures.lines
        n_lines = lines["n_lines"]
        return {
            "n_lines": n_lines.astype(np.float64),
            "mean_line_length": share(lines["line_chars"], n_lines),
            "newlines_per_word": share(lines["n_newlines"], measures.words["n_words"]),
            "empty_line_share": share(lines["n_empty_lines"], n_lines + lines["n_empty_lines"]),
            "short_line_share": share(lines["n_short_lines"], n_lines),
            "brief_line_share": share(lines["n_brief_lines"], n_lines),
            "terminal_line_share": share(lines["n_terminal_lines"], n_lines),
            "bullet_line_share": share(lines["n_bullet_lines"], n_lines),
            "ellipsis_line_share": share(lines["n_ellipsis_lines"], n_lines),
            "code_line_share": share(lines["n_code_lines"], n_lines),
            "n_paragraphs": measures.raw_lines["n_paragraphs"].astype(np.float64),
        }
