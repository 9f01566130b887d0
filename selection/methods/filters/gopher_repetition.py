"""Gopher repetition: drop documents that say the same line, paragraph or phrase over and over.

Rae et al. 2021 (Gopher), arXiv:2112.11446, section A.1.1 and table A1; what is counted stands in the definitions of the
signal `repetition`, and is what datatrove 0.10.1 counts.

Differs from the paper: nothing that it states; that occurrences of the most frequent n-gram which overlap count each time,
and that a document in which nothing comes back is held to the length of its first n-gram (so that very short ones fail),
is datatrove's reading.

Cost: one comparison a rule; row by row.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from selection.primitives.bounds import Bound, BoundsFilter, present


def _most(share: float, what: str) -> Any:
    return Field(
        share,
        ge=0,
        le=1,
        description=f"Greatest share of {what}; leave empty to switch the rule off.",
    )


class GopherRepetition(BoundsFilter):
    """Thirteen bounds."""

    title: ClassVar[str] = "Gopher repetition"
    cites: ClassVar[str] = "arXiv:2112.11446"

    duplicate_paragraphs: float | None = _most(0.30, "paragraphs that occurred before")
    duplicate_paragraph_chars: float | None = _most(0.20, "characters in such paragraphs")
    duplicate_lines: float | None = _most(0.30, "lines that occurred before")
    duplicate_line_chars: float | None = _most(0.20, "characters in such lines")
    top_2gram: float | None = _most(0.20, "characters in the most frequent pair of tokens")
    top_3gram: float | None = _most(0.18, "characters in the most frequent run of 3 tokens")
    top_4gram: float | None = _most(0.16, "characters in the most frequent run of 4 tokens")
    repeated_5gram: float | None = _most(0.15, "characters in runs of 5 tokens said before")
    repeated_6gram: float | None = _most(0.14, "characters in runs of 6 tokens said before")
    repeated_7gram: float | None = _most(0.13, "characters in runs of 7 tokens said before")
    repeated_8gram: float | None = _most(0.12, "characters in runs of 8 tokens said before")
    repeated_9gram: float | None = _most(0.11, "characters in runs of 9 tokens said before")
    repeated_10gram: float | None = _most(0.10, "characters in runs of 10 tokens said before")

    def bounds(self) -> tuple[Bound, ...]:
        """In datatrove's order."""
        return present(
            ("dup_paragraph_share", "<=", self.duplicate_paragraphs),
            ("dup_paragraph_char_share", "<=", self.duplicate_paragraph_chars),
            ("dup_line_share", "<=", self.duplicate_lines),
            ("dup_line_char_share", "<=", self.duplicate_line_chars),
            ("top_2gram_share", "<=", self.top_2gram),
            ("top_3gram_share", "<=", self.top_3gram),
            ("top_4gram_share", "<=", self.top_4gram),
            ("repeated_5gram_share", "<=", self.repeated_5gram),
            ("repeated_6gram_share", "<=", self.repeated_6gram),
            ("repeated_7gram_share", "<=", self.repeated_7gram),
            ("repeated_8gram_share", "<=", self.repeated_8gram),
            ("repeated_9gram_share", "<=", self.repeated_9gram),
            ("repeated_10gram_share", "<=", self.repeated_10gram),
        )
