"""Why: what decided about one document of a draw, its nearest kept twin, and the smallest change that would flip it.

`flips` tries one setting at a time, everything else as it is: the far end of its range first, and where that flips the
document, it halves the way towards the present value. What it reports was drawn, so it is true; that no smaller change
flips it is certain only where the setting acts in one direction, as budgets, gates and thresholds do.

Cost: `why` is a pass over the signals that the methods read; `twin` one over the vectors; a flip up to ten draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.core.errors import BadSetting, WinnowError
from selection.core.method import Method, Needs, TextMethod
from selection.core.sampler import Sampler
from selection.core.settings import Leaf
from selection.store import runs
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.by_hand import room
from selection.workflow.draw import Drawn, preview
from selection.workflow.pick import margins

_HALVINGS = 8
MOST_FLIPPED = 12


@dataclass(frozen=True)
class Standing:
    """Where a document stands on one signal or axis; `percentile` is the share of rated documents below it, ties half."""

    name: str
    value: float
    percentile: (
        float  # 0 to 100, higher is better by the signal's polarity; NaN where it is not rated
    )


@dataclass(frozen=True)
class Why:
    """What decided about one document. `margin` is in the sampler's own unit, above the cut positive; -inf is never drawn."""

    doc_id: int
    copies: int
    verdict: str
    margin: float
    between: int  # documents that stand between it and the cut
    standings: tuple[Standing, ...]


def why(space: Workspace, drawn: Drawn, doc_id: int) -> Why:
    """The verdict on one document, and where it stands on everything that the methods read."""
    docs = drawn.weighed.docs
    if not 0 <= doc_id < len(docs):
        raise BadSetting(f"a doc_id is 0 to {len(docs) - 1:,}, got {doc_id}; give one of those")
    copies = int(drawn.copies()[doc_id])
    margin = margins(space, drawn)
    own = float(margin[doc_id])
    low, high = sorted((0.0, own))
    between = int(np.count_nonzero((margin > low) & (margin < high))) if np.isfinite(own) else 0
    verdict = _verdict(drawn, doc_id, copies, between)
    return Why(doc_id, copies, verdict, own, between, tuple(_standings(drawn, doc_id)))


def _verdict(drawn: Drawn, doc_id: int, copies: int, between: int) -> str:
    weights, n_tokens = drawn.weighed.weights, int(drawn.weighed.docs.n_tokens[doc_id])
    hand = drawn.by_hand
    if hand is not None and doc_id in hand.included:
        return "Kept: included by hand, whatever the method says."
    if copies:
        times = "" if copies == 1 else f" {copies} times"
        return f"Kept{times}: {_gap(between)}."
    if np.isneginf(weights.log_weight[doc_id]):
        told = {
            name: str(np.asarray(weights.because[name])[doc_id] or "")
            for name in ("excluded", "rule")
            if name in weights.because
        }
        if told.get("excluded"):
            return f"Never drawn: {told['excluded']}."
        return (
            f"Never drawn: fails {told['rule']}."
            if told.get("rule")
            else "Never drawn by the method."
        )
    if n_tokens > drawn.budget_tokens:
        return f"Left out: its {n_tokens:,} tokens are more than the whole budget."
    if n_tokens > (left := room(hand, drawn.budget_tokens)):
        return (
            f"Left out: what is included by hand leaves {left:,} tokens, and it has {n_tokens:,}."
        )
    return f"Left out: {_gap(between)}."


def _gap(between: int) -> str:
    if between == 0:
        return "no other document stands between it and the cut"
    stand = "document stands" if between == 1 else "documents stand"
    return f"{between:,} {stand} between it and the cut"


def _standings(drawn: Drawn, doc_id: int) -> Iterator[Standing]:
    docs, needs = drawn.weighed.docs, Needs()
    for method in drawn.weighed.methods:
        needs |= method.required()
    for name in needs.signals:
        yield _standing(name, docs.signals[name], docs.polarity.get(name, 0) < 0, doc_id)
    if needs.axes and docs.axes is not None:
        for k in range(docs.axes.shape[1]):
            yield _standing(f"axis_{k + 1}", docs.axes[:, k], False, doc_id)


def _standing(name: str, values: np.ndarray, lower_is_better: bool, doc_id: int) -> Standing:
    own = float(values[doc_id])
    n_rated = int(np.count_nonzero(~np.isnan(values)))
    below, equal = np.count_nonzero(values < own), np.count_nonzero(values == own)
    share = 100 * (below + equal / 2) / n_rated if n_rated and not np.isnan(own) else float("nan")
    return Standing(name, own, 100 - share if lower_is_better else share)


def twin(space: Workspace, drawn: Drawn, doc_id: int) -> tuple[int, float] | None:
    """The kept document whose vector is nearest to this one's, and their cosine; None where nothing else is kept."""
    run = load.embedding_run(space)
    kept = drawn.copies() > 0
    kept[doc_id] = False
    shards = list(runs.read_vectors(space, run))
    starts = np.cumsum([0, *(len(shard) for shard in shards)])
    here = int(np.searchsorted(starts, doc_id, side="right")) - 1
    own = np.asarray(shards[here][doc_id - starts[here]], np.float32)
    best: tuple[int, float] | None = None
    for start, shard in zip(starts, shards, strict=False):
        rows = np.flatnonzero(kept[start : start + len(shard)])
        if len(rows):
            cosine = np.asarray(shard[rows], np.float32) @ own
            nearest = int(np.argmax(cosine))
            if best is None or cosine[nearest] > best[1]:
                best = (int(start + rows[nearest]), float(cosine[nearest]))
    return best


@dataclass(frozen=True)
class Flip:
    """A change of one setting, alone, that takes the document in or out."""

    setting: str
    before: float
    after: float


def flips(space: Workspace, drawn: Drawn, doc_id: int) -> list[Flip]:
    """The smallest change found of the budget and of each numeric setting, the relatively smallest first."""
    kept = bool(drawn.copies()[doc_id])

    def flipped(methods: tuple[Method, ...], sampler: Sampler, budget: int) -> bool:
        try:
            tried = preview(space, methods, sampler, budget, drawn.seed)
        except WinnowError:  # the far end of a setting may leave nothing to draw
            return False
        return bool(tried.copies()[doc_id]) != kept

    found = []
    for name, before, ends, whole, build in _adjustable(drawn):
        for end in ends:
            after = _nearest_flip(before, end, whole, lambda value, b=build: flipped(*b(value)))
            if after is not None:
                found.append(Flip(name, before, after))
    return sorted(
        found, key=lambda flip: abs(flip.after - flip.before) / max(abs(flip.before), 1e-9)
    )


_Build = Callable[[float], tuple[tuple[Method, ...], Sampler, int]]
_Setting = tuple[str, float, tuple[float, ...], bool, _Build]


def _adjustable(drawn: Drawn) -> Iterator[_Setting]:
    """Name, present value, ends of the range, whether it is a whole number, and what it makes of a draw."""
    methods, sampler, budget = drawn.weighed.methods, drawn.sampler, drawn.budget_tokens
    offered = drawn.weighed.docs.n_tokens[np.isfinite(drawn.weighed.weights.log_weight)]
    ends = (int(offered.min()), int(offered.sum()))
    yield ("token budget", budget, ends, True, lambda value: (methods, sampler, int(value)))
    listed = 0
    for place, leaf in enumerate((*methods, sampler)):
        if isinstance(leaf, TextMethod):
            continue  # its settings ask for another pass over the text
        for name, before, ends, whole in _numeric(leaf):
            listed += 1
            if listed > MOST_FLIPPED:
                return

            def build(value: float, place: int = place, name: str = name) -> Any:
                changed = [*methods, sampler]
                settings = {**changed[place].model_dump(), name: value}
                changed[place] = type(changed[place]).build(settings)
                return tuple(changed[:-1]), changed[-1], budget

            yield f"{leaf.id()} {name}", before, ends, whole, build


def _numeric(leaf: Leaf) -> Iterator[tuple[str, float, tuple[float, ...], bool]]:
    """Settings that are numbers, with the ends that a form would offer, the present value left out."""
    for name, field in type(leaf).model_fields.items():
        before = getattr(leaf, name)
        if isinstance(before, bool) or not isinstance(before, int | float):
            continue
        bounds = {type(each).__name__: each for each in field.metadata}
        low = next((getattr(bounds[k], k.lower()) for k in ("Ge", "Gt") if k in bounds), 0)
        high = next((getattr(bounds[k], k.lower()) for k in ("Le", "Lt") if k in bounds), None)
        high = 4 * max(abs(before), 1) if high is None else high
        nudge = 1e-3 * (high - low)
        ends = (low + nudge * ("Gt" in bounds), high - nudge * ("Lt" in bounds))
        yield name, before, tuple(end for end in ends if end != before), isinstance(before, int)


def _nearest_flip(
    before: float, end: float, whole: bool, flipped: Callable[[float], bool]
) -> float | None:
    """The value nearest to `before`, on the way to `end`, that was found to flip; None if the end does not."""
    tidy: Callable[[float], float] = round if whole else float
    if not flipped(tidy(end)):
        return None
    near, far = before, tidy(end)
    for _ in range(_HALVINGS if not whole else 40):
        middle = tidy((near + far) / 2)
        if middle in (near, far):
            break
        near, far = (near, middle) if flipped(middle) else (middle, far)
    return far
