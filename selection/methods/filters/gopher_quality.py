"""Gopher quality: keep documents that look like running prose, by their words, marks and lines.

Rae et al. 2021 (Gopher), arXiv:2112.11446, section A.1.1: 50 to 100,000 words of 3 to 10 characters on average, few hash
signs and ellipses, few list lines and lines that trail off, most words with a letter, and two different stop words.

Differs from the paper, as datatrove 0.10.1 and so FineWeb do: hash signs, ellipses and words with a letter are a share of
all tokens, punctuation marks included; the stop words count in lower case only. Decisions agree with datatrove but for
the tokens of a few documents, which `tests/methods/test_filter_parity.py` names.

Cost: one comparison a rule; row by row.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from selection.primitives.bounds import Bound, BoundsFilter, present

_OFF = "leave empty to switch the rule off"


class GopherQuality(BoundsFilter):
    """Ten bounds."""

    title: ClassVar[str] = "Gopher quality"
    cites: ClassVar[str] = "arXiv:2112.11446"

    min_words: int | None = Field(50, ge=0, description=f"Fewest words; {_OFF}.")
    max_words: int | None = Field(100_000, ge=1, description=f"Most words; {_OFF}.")
    min_word_length: float | None = Field(
        3.0, ge=0, description=f"Least mean number of characters a word; {_OFF}."
    )
    max_word_length: float | None = Field(
        10.0, ge=0, description=f"Greatest mean number of characters a word; {_OFF}."
    )
    max_hash_ratio: float | None = Field(0.1, ge=0, description=f"Most # signs a token; {_OFF}.")
    max_ellipsis_ratio: float | None = Field(
        0.1, ge=0, description=f"Most ellipses a token; {_OFF}."
    )
    max_bullet_lines: float | None = Field(
        0.9, ge=0, le=1, description=f"Greatest share of lines that begin with - or •; {_OFF}."
    )
    max_ellipsis_lines: float | None = Field(
        0.3, ge=0, le=1, description=f"Greatest share of lines that end in an ellipsis; {_OFF}."
    )
    min_letter_tokens: float | None = Field(
        0.8, ge=0, le=1, description=f"Least share of tokens with a letter; {_OFF}."
    )
    min_stop_words: int | None = Field(
        2,
        ge=0,
        le=8,
        description=f"How many of the, be, to, of, and, that, have, with must occur; {_OFF}.",
    )

    def bounds(self) -> tuple[Bound, ...]:
        """In datatrove's order."""
        return present(
            ("gopher_words", ">=", self.min_words),
            ("gopher_words", "<=", self.max_words),
            ("gopher_word_length", ">=", self.min_word_length),
            ("gopher_word_length", "<=", self.max_word_length),
            ("gopher_hash_ratio", "<=", self.max_hash_ratio),
            ("gopher_ellipsis_ratio", "<=", self.max_ellipsis_ratio),
            ("gopher_bullet_share", "<=", self.max_bullet_lines),
            ("gopher_ellipsis_share", "<=", self.max_ellipsis_lines),
            ("gopher_letter_share", ">=", self.min_letter_tokens),
            ("gopher_stop_words", ">=", self.min_stop_words),
        )
