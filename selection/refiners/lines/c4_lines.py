"""C4 lines: take out the lines that C4 would not keep, and its citations; keep the rest of the document.

Raffel et al. 2020 (C4), arXiv:1910.10683, section 2.2, as datatrove 0.10.1 applies it, in its order: a word of over 1,000
characters, no terminal punctuation, under 3 words, "javascript", a phrase about cookies, privacy or terms of use; then
citations such as [12] go from the lines that stay. What is left is datatrove's text, but for white space around lines.

Differs from the paper: placeholder text and curly brackets condemn a document, not a line; that is the filter `c4`.

Cost: some 40 MB/s a core, measured on a busy AMD EPYC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from selection.core.documents import State
from selection.core.refiner import NOTHING, Refined, Refiner
from selection.text.cut_lines import C4_RULES, C4Options, cut_lines

if TYPE_CHECKING:
    import pyarrow as pa


class C4LineRefiner(Refiner):
    title: ClassVar[str] = "C4's line rules"
    cites: ClassVar[str] = "arXiv:1910.10683"
    rules: ClassVar[tuple[str, ...]] = C4_RULES

    terminal_punctuation: bool = Field(
        True, description="Take out lines that do not end in . ? ! or a straight quote."
    )
    min_words: int = Field(3, ge=0, description="Take out lines with fewer words than this.")
    max_word_chars: int = Field(
        1000, ge=1, description="Take out lines with a word of more characters than this."
    )
    javascript: bool = Field(True, description="Take out lines that mention JavaScript.")
    policy: bool = Field(
        True, description="Take out lines about cookies, privacy policies and terms of use."
    )
    citations: bool = Field(
        True, description="Take citations such as [12] or [edit] out of lines that stay."
    )
    empty_lines: bool = Field(True, description="Take out lines without any character.")

    def refine(self, text: pa.LargeStringArray, state: State = NOTHING) -> Refined:
        """Lines as Python's splitlines gives them."""
        return cut_lines(text, C4Options(**{n: getattr(self, n) for n in C4Options._fields}))
