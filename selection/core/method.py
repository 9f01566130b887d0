"""The three contracts of selection methods, and what a method may ask for.

A method sees columns, or texts part by part, and returns weights. It never calls a model, never touches a file, and does
not know that a store exists: the workflow reads what `required()` names and hands it over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from pydantic import Field

from selection.core.context import Context
from selection.core.documents import Documents, State
from selection.core.settings import Leaf
from selection.core.targets import Target
from selection.core.weights import Scale, Weights


@dataclass(frozen=True)
class Needs:
    """What must be there before a leaf can run; the workflow reads it, the page explains it."""

    signals: tuple[str, ...] = ()  # names of numbers
    labels: tuple[str, ...] = ()  # names of signals that are categories
    axes: bool = False
    embedding: bool = False
    clusters: bool = False
    source: bool = False
    text: bool = False
    targets: bool = False
    reward: bool = False
    embedder: bool = False  # the model that made the vectors, for sentences of its own
    offer: bool = False  # which documents the filters and lists leave
    model: bool = False  # weights that are read with, which may not be on this machine

    def __or__(self, other: Needs) -> Needs:
        flags = {
            name: getattr(self, name) or getattr(other, name)
            for name in self.__dataclass_fields__
            if name not in ("signals", "labels")
        }
        signals = tuple(dict.fromkeys(self.signals + other.signals))
        return Needs(signals, tuple(dict.fromkeys(self.labels + other.labels)), **flags)

    def words(self) -> str:
        """For tables: `axes, clusters`; a dash when nothing is needed."""
        flags = [
            name
            for name in self.__dataclass_fields__
            if name not in ("signals", "labels", "offer") and getattr(self, name)
        ]
        named = ["signals"] if self.signals or self.labels else []
        return ", ".join(named + flags) or "–"


def signal_field(default: str, description: str) -> Any:
    """A setting whose value is the name of a signal: the form offers the workspace's signals."""
    return Field(default, description=description, json_schema_extra={"widget": "signal"})


SignalNames = Annotated[tuple[str, ...], Field(min_length=1)]
"""The type of such a setting when at least one signal must be named."""


def signals_field(default: tuple[str, ...], description: str) -> Any:
    """A setting whose value is a tuple of signal names."""
    return Field(default, description=description, json_schema_extra={"widget": "signals"})


class Method(Leaf):
    """What both contracts share.

    Class facts: `cites`, `needs`, `scale`, `sampler` (the id of the sampler that is the paper's), `presets` (published
    settings by name, each a part of the settings), `cost` (in words, of one more weighing).
    """

    cites: ClassVar[str] = "–"
    needs: ClassVar[Needs] = Needs()
    scale: ClassVar[Scale] = "ordinal"
    sampler: ClassVar[str] = "top"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    cost: ClassVar[str]

    def required(self) -> Needs:
        """What this method needs with these settings: `needs`, plus the signals that the settings name."""
        return self.needs

    def for_budget(self, share: float) -> Self:
        """The same method, its settings made to follow a budget (as a share of the corpus' tokens); most do not."""
        return self


class DocumentMethod(Method):
    """The weight of a row depends on that row and a fitted state, so it runs in batches and shards."""

    cost: ClassVar[str] = "row by row, at slider speed"

    def fit(self, docs: Documents) -> State:
        """Learn what weighing needs from the corpus (ranks, thresholds, …); nothing by default."""
        return {}

    def weigh(self, docs: Documents, state: State) -> Weights:
        """One log weight per document of `docs`; batches agree with the whole."""
        raise NotImplementedError


class TextMethod(Method):
    """Weighs by one pass over the text: slow once, then as quick as any other, since the weights are kept as a run.

    The run is keyed by settings and targets, not by budget or seed, so every draw and slider reads it. The weight of a
    row depends on that row and the fitted state: the pass goes part by part, can be killed and goes on, and new
    documents are weighed by the state that is there. A method whose `needs` has `targets` has a setting `targets`
    with their keys (`core.targets.targets_field`).
    """

    cost: ClassVar[str] = "one pass over the text, kept for every later draw"

    def fit(self, corpus: Context, targets: Sequence[Target]) -> State:
        """Learn what weighing needs from targets and corpus (counts, n-grams, …); the order of documents is no input."""
        return {}

    def weigh(self, docs: Documents, state: State) -> Weights:
        """One log weight per document of `docs`, which carries text; batches agree with the whole."""
        raise NotImplementedError

    def facts(self, state: State) -> dict[str, Any]:
        """What fitting found out, as JSON values for people: `learnt`, a table (list of rows), and perhaps a `warning`."""
        return {}

    def found(self, weights: Weights) -> dict[str, Any]:
        """What weighing the whole corpus found out, as JSON values for people: `found`, a table."""
        return {}


class CorpusMethod(Method):
    """Needs all rows at once: greedy coverage, deduplication and the like."""

    cost: ClassVar[str] = "the whole corpus at once, in memory"

    def order(
        self, docs: Documents, budget_tokens: int | None, rng: np.random.Generator
    ) -> Weights:
        """One log weight per document of the whole corpus."""
        raise NotImplementedError
