"""What Gopher's quality rules count: words and marks among the tokens, lists and ellipses among the lines.

Rae et al. 2021 (Gopher), arXiv:2112.11446, section A.1.1, as datatrove 0.10.1 counts it; tokens are those of `text.tokens`,
lines those of `text.page_lines`. Documents without tokens or lines get 0.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share

_SOURCE = "Gopher quality rules (Rae et al. 2021):"


class Gopher(Signal):
    title: ClassVar[str] = "Gopher quality"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "gopher_words",
            "Gopher's words",
            "tokens with any character that is neither punctuation nor control",
            "words",
            source=f"{_SOURCE} 50 to 100,000",
        ),
        Column(
            "gopher_word_length",
            "Length of Gopher's words",
            "characters of those tokens / their number",
            "characters",
            source=f"{_SOURCE} 3 to 10",
        ),
        Column(
            "gopher_hash_ratio",
            "Hash signs a token",
            "# signs / tokens",
            "per token",
            -1,
            f"{_SOURCE} at most 0.1",
        ),
        Column(
            "gopher_ellipsis_ratio",
            "Ellipses a token",
            "(… + every third full stop of a run) / tokens",
            "per token",
            -1,
            f"{_SOURCE} at most 0.1",
        ),
        Column(
            "gopher_bullet_share",
            "List lines of all lines",
            "lines that begin with - or • after white space / lines, empty ones included",
            "share",
            -1,
            f"{_SOURCE} at most 0.9",
        ),
        Column(
            "gopher_ellipsis_share",
            "Trailing lines of all lines",
            "lines that end in ... or … before white space / lines, empty ones included",
            "share",
            -1,
            f"{_SOURCE} at most 0.3",
        ),
        Column(
            "gopher_letter_share",
            "Tokens with a letter",
            "tokens with at least one letter / tokens, punctuation marks included",
            "share",
            1,
            f"{_SOURCE} at least 0.8",
        ),
        Column(
            "gopher_stop_words",
            "Gopher's stop words",
            "how many of the, be, to, of, and, that, have, with occur as tokens, in lower case",
            "words",
            1,
            f"{_SOURCE} at least 2",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        tokens, lines = measures.tokens, measures.page_lines
        n_tokens, n_lines = tokens["n_tokens"], lines["n_lines"]
        return {
            "gopher_words": tokens["n_words"].astype(np.float64),
            "gopher_word_length": share(tokens["word_chars"], tokens["n_words"]),
            "gopher_hash_ratio": share(lines["n_hash_signs"], n_tokens),
            "gopher_ellipsis_ratio": share(lines["n_ellipses"], n_tokens),
            "gopher_bullet_share": share(lines["n_bullet_lines"], n_lines),
            "gopher_ellipsis_share": share(lines["n_ellipsis_lines"], n_lines),
            "gopher_letter_share": share(tokens["n_letter_tokens"], n_tokens),
            "gopher_stop_words": tokens["n_stop_words"].astype(np.float64),
        }
