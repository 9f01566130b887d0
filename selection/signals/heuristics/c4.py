"""What C4's line rules leave of a document, and the lines that condemn it.

Raffel et al. 2020 (C4), arXiv:1910.10683, section 2.2, as datatrove 0.10.1 applies it; the rules stand in `text.web_rules`.
`c4_open_…` is the same with the rule of terminal punctuation off, as FineWeb runs it.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure

_FIELDS = {
    "c4_sentences": "kept_sentences",
    "c4_lorem_lines": "lorem_lines",
    "c4_curly_lines": "curly_lines",
    "c4_open_sentences": "open_sentences",
    "c4_open_lorem_lines": "open_lorem_lines",
    "c4_open_curly_lines": "open_curly_lines",
}


def _columns(prefix: str, which: str) -> tuple[Column, ...]:
    source = "C4 (Raffel et al. 2020)"
    return (
        Column(
            f"{prefix}_sentences",
            f"Sentences C4 leaves{which}",
            "sentences in the lines that pass C4's line rules, citations taken out",
            "sentences",
            1,
            f"{source}: at least 5",
        ),
        Column(
            f"{prefix}_lorem_lines",
            f"Lines of placeholder text{which}",
            'lines with "lorem ipsum" that pass the rules before it',
            "lines",
            -1,
            f"{source}: none",
        ),
        Column(
            f"{prefix}_curly_lines",
            f"Lines with a curly bracket{which}",
            "lines with { that pass the rules before it",
            "lines",
            -1,
            f"{source}: none",
        ),
    )


class C4Lines(Signal):
    title: ClassVar[str] = "C4's lines"
    columns: ClassVar[tuple[Column, ...]] = (
        *_columns("c4", ""),
        *_columns("c4_open", ", whatever their end"),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        lines = measure(docs.text).page_lines
        return {name: lines[field].astype(np.float64) for name, field in _FIELDS.items()}
