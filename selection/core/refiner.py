"""Refiners: documents in, edited documents out, with every span that was taken away and the rule that took it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from selection.core.context import Context
from selection.core.documents import State
from selection.core.settings import Leaf

if TYPE_CHECKING:
    import pyarrow as pa


NOTHING: State = MappingProxyType({})


@dataclass(frozen=True)
class Removed:
    """Spans taken out of a batch, ascending and apart from one another; all arrays (n_spans,).

    `start` and `stop` count the characters of the document before it was edited; `rule` is a place in `Refiner.rules`.
    """

    row: np.ndarray  # int64, of the batch
    start: np.ndarray  # int64
    stop: np.ndarray  # int64
    rule: np.ndarray  # int16
    text: pa.LargeStringArray

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class Refined:
    """The edited documents, (n_docs,), and what is missing from them."""

    text: pa.LargeStringArray
    removed: Removed


class Refiner(Leaf):
    """One file a refiner. Class facts: `cites`, and `rules`, the names of the reasons for which text may go."""

    cites: ClassVar[str] = "–"
    rules: ClassVar[tuple[str, ...]]

    def prepare(self, context: Context) -> State:
        """Learn what editing needs, once, such as what to look for; nothing by default."""
        return {}

    def refine(self, text: pa.LargeStringArray, state: State = NOTHING) -> Refined:
        """Edit each document by itself: batches agree with the whole."""
        raise NotImplementedError
