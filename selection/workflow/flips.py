"""Flips: the smallest change of one setting, alone, that would take a document into a draw or out of it.

One setting at a time, everything else as it is: the far end of its range first, and where that flips the document, the way
towards the present value is halved. Where the far end leaves too little to draw, the farthest value that can be drawn takes
its place. Only values that a form can be set to are tried, and what is reported was drawn, so it is true; that no smaller
change flips the document is certain only where the setting acts in one direction, as budgets, gates and thresholds do.

Cost: up to some twenty draws for each end of each setting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.core.errors import WinnowError
from selection.core.method import Method, TextMethod
from selection.core.number_range import NumberRange, number_range
from selection.core.sampler import Sampler
from selection.core.settings import Leaf
from selection.store.workspace import Workspace
from selection.workflow.draw import Drawn, preview

MOST_FLIPPED = 12
BUDGET = "token budget"
_HALVINGS = 40  # of a whole number; more than enough for any
_DIGITS = 4  # of a number that is typed


@dataclass(frozen=True)
class Flip:
    """A change of one setting, alone, that takes the document in or out; `leaf` is the id of what has it, "" the draw."""

    leaf: str
    name: str
    before: float
    after: float

    @property
    def setting(self) -> str:
        """`odis gate`, or `token budget`."""
        return f"{self.leaf} {self.name}".strip()


def flips(space: Workspace, drawn: Drawn, doc_id: int) -> list[Flip]:
    """The smallest change found of the budget and of each numeric setting, the relatively smallest first."""
    kept = bool(drawn.copies()[doc_id])

    def flipped(methods: tuple[Method, ...], sampler: Sampler, budget: int) -> bool | None:
        try:
            tried = preview(space, methods, sampler, budget, drawn.seed)
        except WinnowError:  # the far end of a setting may leave nothing to draw
            return None
        return bool(tried.copies()[doc_id]) != kept

    found = []
    for each in _adjustable(drawn):
        for end in each.ends:
            after = nearest_flip(
                each.before, end, each.tidy, lambda value, b=each.build: flipped(*b(value))
            )
            if after is not None:
                found.append(Flip(each.leaf, each.name, each.before, after))
    return sorted(
        found, key=lambda flip: abs(flip.after - flip.before) / max(abs(flip.before), 1e-9)
    )


@dataclass(frozen=True)
class _Adjustable:
    """A number that may be moved: from where, how far, to which values, and what draws with another value."""

    leaf: str
    name: str
    before: float
    ends: tuple[float, ...]
    tidy: Callable[[float], float]
    build: Callable[[float], tuple[tuple[Method, ...], Sampler, int]]


def _adjustable(drawn: Drawn) -> Iterator[_Adjustable]:
    methods, sampler, budget = drawn.weighed.methods, drawn.sampler, drawn.budget_tokens
    offered = drawn.weighed.docs.n_tokens[np.isfinite(drawn.weighed.weights.log_weight)]
    ends = (int(offered.min()), int(offered.sum()))
    yield _Adjustable("", BUDGET, budget, ends, round, lambda value: (methods, sampler, int(value)))
    listed = 0
    for place, leaf in enumerate((*methods, sampler)):
        if isinstance(leaf, TextMethod):
            continue  # its settings ask for another pass over the text
        for name, before, ends, tidy in _numeric(leaf):
            listed += 1
            if listed > MOST_FLIPPED:
                return

            def build(value: float, place: int = place, name: str = name) -> Any:
                changed = [*methods, sampler]
                settings = {**changed[place].model_dump(), name: value}
                changed[place] = type(changed[place]).build(settings)
                return tuple(changed[:-1]), changed[-1], budget

            yield _Adjustable(leaf.id(), name, before, ends, tidy, build)


def _numeric(
    leaf: Leaf,
) -> Iterator[tuple[str, float, tuple[float, ...], Callable[[float], float]]]:
    """Settings that are numbers, with the ends that a form would offer, the present value left out."""
    for name, field in type(leaf).model_fields.items():
        before = getattr(leaf, name)
        if isinstance(before, bool) or not isinstance(before, int | float):
            continue
        offered = number_range(field, type(before))
        low = 0 if offered.low is None else offered.low
        high = 4 * max(abs(before), 1) if offered.high is None else offered.high
        yield (
            name,
            before,
            tuple(end for end in (low, high) if end != before),
            _tidy(offered, before),
        )


def _tidy(offered: NumberRange, before: float) -> Callable[[float], float]:
    """The nearest value that the form can be set to."""
    if isinstance(before, int):
        return round
    if not offered.slider:
        return lambda value: float(f"{value:.{_DIGITS}g}")
    low, step = offered.low, offered.step
    return lambda value: float(f"{low + round((value - low) / step) * step:.10g}")


def nearest_flip(
    before: float,
    end: float,
    tidy: Callable[[float], float],
    flipped: Callable[[float], bool | None],
) -> float | None:
    """The value nearest to `before`, on the way to `end`, that was found to flip; None if none was.

    flipped: None where nothing can be drawn with a value; then the farthest that can be drawn is the end.
    """
    near, far = before, tidy(end)
    found = flipped(far)
    if found is False:
        return None
    while not found:  # nothing can be drawn at `far`
        middle = tidy((near + far) / 2)
        if middle in (near, far):
            return None
        found = flipped(middle)
        near, far = (middle, far) if found is False else (near, middle)
    for _ in range(_HALVINGS):
        middle = tidy((near + far) / 2)
        if middle in (near, far):
            break
        near, far = (near, middle) if flipped(middle) else (middle, far)
    return far
