"""Why: what decided about one document of a draw, and its nearest kept twin; see `flips` for what would turn it.

Cost: `why` is a pass over the signals that the methods read; `twin` one over the vectors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from selection.core.errors import BadSetting
from selection.core.method import Needs
from selection.store import runs
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.by_hand import room
from selection.workflow.draw import Drawn
from selection.workflow.pick import margins, noisy


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
    unit: str  # of the margin; "" where there is no cut, as copies are drawn
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
    copied = "factor" in drawn.drawn.cut
    gap = _expected(own + 0.5, copies) if copied else _gap(between)
    verdict = _verdict(drawn, doc_id, copies, gap)
    unit = "" if copied else "log weight with noise" if noisy(drawn) else "log weight"
    return Why(doc_id, copies, verdict, own, between, unit, tuple(_standings(drawn, doc_id)))


def _verdict(drawn: Drawn, doc_id: int, copies: int, gap: str) -> str:
    weights, n_tokens = drawn.weighed.weights, int(drawn.weighed.docs.n_tokens[doc_id])
    hand = drawn.by_hand
    if hand is not None and doc_id in hand.included:
        return "Kept: included by hand, whatever the method says."
    if copies:
        times = "" if copies == 1 else f" {copies} times"
        return f"Kept{times}: {gap}."
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
    return f"Left out: {gap}."


def _gap(between: int) -> str:
    if between == 0:
        return "no other document stands between it and the cut"
    stand = "document stands" if between == 1 else "documents stand"
    return f"{between:,} {stand} between it and the cut"


def _expected(expected: float, copies: int) -> str:
    """Where copies are drawn there is no cut: noise rounds the expected number up or down."""
    if np.isinf(expected):
        return "as many copies as the sampler allows were expected of it"
    told = "1 copy was" if f"{expected:.3g}" == "1" else f"{expected:.3g} copies were"
    chance = expected - np.floor(expected)
    if not 1e-6 < chance < 1 - 1e-6 or copies > np.ceil(expected):  # the sampler's maximum binds
        return f"{told} expected of it"
    way = "up" if copies > expected else "down"
    share = chance if copies > expected else 1 - chance
    return f"{told} expected of it, which noise rounds {way} in {share:.1%} of seeds, and did so"


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
