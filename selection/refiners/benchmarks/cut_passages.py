"""Cut passages: take benchmark items out of documents, with a margin on both sides, and keep the rest.

As GPT-3's training text was cleaned: Brown et al. 2020, arXiv:2005.14165, appendix C, where a passage of 13 words goes with
200 characters on either side, pieces of under 200 characters go too, and documents of more than 10 pieces go whole.
Passages are those of the method `decontaminate`, which finds the same documents and drops or flags them.

Differs from the paper:
- 12 words by default, and items that are shorter are looked for as a whole
- the pieces that stay are one document, without a mark where something is missing; there they became several

Cost: two passes at the speed of `text.passages`; documents that hold a passage are then cut in Python.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from selection.core.context import Context
from selection.core.documents import State
from selection.core.errors import BadSetting
from selection.core.refiner import NOTHING, Refined, Refiner, Removed
from selection.core.targets import PassageWords, ShortestItem, TargetKeys, targets_field
from selection.text.passages import Passages, find_spans, index_passages

_PASSAGE, _SHORT, _MANY = range(3)


class CutPassages(Refiner):
    """Benchmarks out, the rest stays."""

    title: ClassVar[str] = "Cut benchmark passages"
    cites: ClassVar[str] = "arXiv:2005.14165"
    rules: ClassVar[tuple[str, ...]] = ("benchmark passage", "short piece", "too many pieces")

    targets: TargetKeys = targets_field("The benchmarks whose items are taken out.")
    n_words: PassageWords = 12
    shortest: ShortestItem = 8
    margin: int = Field(
        200, ge=0, le=100_000, description="Characters that go with a passage, on either side."
    )
    min_piece: int = Field(
        200, ge=0, le=100_000, description="Pieces of fewer characters than this go, too."
    )
    max_pieces: int = Field(
        10, ge=1, le=10_000, description="Documents in more pieces than this go whole."
    )

    def prepare(self, context: Context) -> State:
        """The passages of all items."""
        if not self.targets:
            raise BadSetting(
                f"{self.id()} needs at least one target set, got none; add a file of benchmark items (--target FILE)"
            )
        items = pa.concat_arrays([target.text for target in context.targets(self.targets)])
        found = index_passages(items, self.n_words, min(self.shortest, self.n_words))
        return {
            "keys": found.keys,
            "texts": found.texts,
            "lengths": found.lengths,
            "item_words": found.n_words,
        }

    def refine(self, text: pa.LargeStringArray, state: State = NOTHING) -> Refined:
        """Documents without a passage stay as they are."""
        index = Passages(state["keys"], state["texts"], state["lengths"], state["item_words"])
        row, first, last = find_spans(text, index)
        edited: dict[int, str] = {}
        spans: list[tuple[int, int, int, int, str]] = []
        for d in np.unique(row).tolist():
            whole = text[d].as_py()
            here = row == d
            cuts = self._cuts(whole, first[here], last[here])
            spans += [(d, start, stop, rule, whole[start:stop]) for start, stop, rule in cuts]
            bounds = [0, *(place for start, stop, _ in cuts for place in (start, stop)), len(whole)]
            edited[d] = "".join(whole[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
        return Refined(_edited(text, edited), _removed(spans))

    def _cuts(self, whole: str, first: np.ndarray, last: np.ndarray) -> list[tuple[int, int, int]]:
        """(start, stop, rule) of what goes from one document, by characters, ascending and apart."""
        begins = np.frombuffer(whole.encode(), np.uint8) & 0xC0 != 0x80  # of characters, by byte
        char = np.concatenate([[0], np.cumsum(begins)])
        spans: list[list[int]] = []
        for a, b in sorted(zip(char[first].tolist(), char[last].tolist(), strict=True)):
            start, stop = max(0, a - self.margin), min(len(whole), b + self.margin)
            if spans and start <= spans[-1][1]:
                spans[-1][1] = max(stop, spans[-1][1])
            else:
                spans.append([start, stop])
        bounds = [0, *(place for span in spans for place in span), len(whole)]
        pieces = [(a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=True) if b > a]
        if len(pieces) > self.max_pieces:
            return [(0, len(whole), _MANY)]
        cuts = [(a, b, _PASSAGE) for a, b in spans]
        cuts += [(a, b, _SHORT) for a, b in pieces if b - a < self.min_piece]
        return sorted(cuts)


def _edited(text: pa.LargeStringArray, edited: dict[int, str]) -> pa.LargeStringArray:
    """The array with some documents replaced."""
    if not edited:
        return text
    rows = np.full(len(text), -1, np.int64)
    rows[list(edited)] = len(text) + np.arange(len(edited))
    both = pa.concat_arrays([text, pa.array(list(edited.values()), pa.large_string())])
    return both.take(pa.array(np.where(rows < 0, np.arange(len(text)), rows)))


def _removed(spans: list[tuple[int, int, int, int, str]]) -> Removed:
    row, start, stop, rule, gone = zip(*spans, strict=True) if spans else ((),) * 5
    return Removed(
        np.array(row, np.int64),
        np.array(start, np.int64),
        np.array(stop, np.int64),
        np.array(rule, np.int16),
        pa.array(gone, pa.large_string()),
    )
