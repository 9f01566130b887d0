"""FineWeb: drop documents made of lists, menus and copied lines, by four bounds that raised benchmark scores.

Penedo et al. 2024 (FineWeb), arXiv:2406.17557, section 3.5, as datatrove 0.10.1 applies it, to documents that have passed
`gopher_repetition`, `gopher_quality` and `c4` without its rule of terminal punctuation.

Differs from the paper: the bound on line feeds a word is datatrove's (tokens, punctuation marks included).

Cost: one comparison a rule; row by row.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from selection.primitives.bounds import Bound, BoundsFilter, present

_OFF = "leave empty to switch the rule off"


class FineWeb(BoundsFilter):
    """Four bounds."""

    title: ClassVar[str] = "FineWeb"
    cites: ClassVar[str] = "arXiv:2406.17557"

    min_stop_lines: float | None = Field(
        0.12, ge=0, le=1, description=f"Least share of lines that end a sentence; {_OFF}."
    )
    max_short_lines: float | None = Field(
        0.67, ge=0, le=1, description=f"Greatest share of lines of at most 30 characters; {_OFF}."
    )
    max_duplicate_chars: float | None = Field(
        0.01, ge=0, le=1, description=f"Greatest share of characters in repeated lines; {_OFF}."
    )
    max_newlines: float | None = Field(0.3, ge=0, description=f"Most line feeds a token; {_OFF}.")

    def bounds(self) -> tuple[Bound, ...]:
        """In datatrove's order."""
        return present(
            ("fineweb_stop_line_share", ">=", self.min_stop_lines),
            ("fineweb_short_line_share", "<=", self.max_short_lines),
            ("fineweb_dup_char_share", "<=", self.max_duplicate_chars),
            ("fineweb_newline_ratio", "<=", self.max_newlines),
        )
