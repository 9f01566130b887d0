"""Pick: which documents a draw picked and which it passed over, and what changes when a setting does.

A screen asks these after every move of a slider, so all of it is arithmetic on columns that are in memory already.

Cost: a few passes over n_docs; `near_cut` and `swap` sort only what they return.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.core.documents import State
from selection.core.words import Words
from selection.primitives import tally
from selection.primitives.gumbel_key import gumbel_key
from selection.primitives.quadmix_curve import Curve
from selection.primitives.token_budget import tie_noise
from selection.samplers.copies import factor_of
from selection.store.workspace import Workspace
from selection.workflow.draw import Drawn
from selection.workflow.pool import pool

_NO_WORDS = Words(np.zeros(0, np.uint8), ())
_WHY = (
    "never drawn by the method",
    "longer than the whole budget",
    "not drawn within the budget",
)  # as `tally` numbers them


def left_out(drawn: Drawn) -> list[dict[str, Any]]:
    """reason, n_docs, n_tokens of everything that was not drawn, most tokens first; the rows add up to the rest."""
    weights, n_tokens = drawn.weighed.weights, drawn.weighed.docs.n_tokens
    told = [
        (verb, _words(weights.because[column]) if column in weights.because else _NO_WORDS)
        for column, verb in (("excluded", ""), ("rule", "fails "))
    ]
    n_docs, held = tally.left_out(
        weights.log_weight,
        drawn.copies(),
        n_tokens,
        drawn.budget_tokens,
        *((words.codes, len(words.names)) for _, words in told),
    )
    reasons = ["", *_WHY, *(f"{verb}{name}" for verb, words in told for name in words.names)]
    listed = [
        {"reason": reason, "n_docs": int(n), "n_tokens": int(tokens)}
        for number, (reason, n, tokens) in enumerate(zip(reasons, n_docs, held, strict=True))
        if n and number != tally.KEPT
    ]
    return sorted(listed, key=lambda row: -row["n_tokens"])


def _words(values: Words | np.ndarray) -> Words:
    """An object array of text as words, by hashing; sorting a million objects would be felt."""
    if isinstance(values, Words):
        return values
    import pyarrow as pa

    text = pa.concat_arrays([pa.array([""]), pa.array(values, pa.string()).fill_null("")])
    encoded = text.dictionary_encode()
    return Words(encoded.indices.to_numpy()[1:], tuple(encoded.dictionary.to_pylist()))


def margins(space: Workspace, drawn: Drawn) -> np.ndarray:
    """How far every document stands above or below the cut, in the sampler's own unit. (n_docs,) float64

    Keys (log weight, with the sampler's noise) less the cut's key; -inf is never drawn. Where everything on offer was
    drawn, the key itself. What is included by hand is inf.
    For copies: expected copies less one half, as the noise is no merit of the document.
    """
    margin = _margins(space, drawn)
    if drawn.by_hand is not None:
        margin[drawn.by_hand.included] = np.inf
    return margin


def _margins(space: Workspace, drawn: Drawn) -> np.ndarray:
    weights, cut = drawn.weighed.weights.log_weight, drawn.drawn.cut
    if not cut:  # what is included by hand leaves no room for any other
        return np.full(len(weights), -np.inf)
    if "factor" in cut:
        seen = pool(space, drawn.weighed, drawn.sampler)
        expected = np.exp(weights) * factor_of(seen, cut) - 0.5
        return np.where(np.isneginf(weights), -np.inf, expected)
    seen = pool(space, drawn.weighed, drawn.sampler)
    temperature = noisy(drawn)
    key = gumbel_key(weights, temperature, drawn.seed, seen.uid_hash, cut)
    last = cut["key"]
    if len(last) > 1 and seen.stratum is not None:
        last = last[seen.stratum.astype(np.int64) + 1]
    return np.where(np.isfinite(last), key - np.where(np.isfinite(last), last, 0.0), key)


def noisy(drawn: Drawn) -> float:
    """The temperature of the noise in the keys; 0 for none."""
    inside = getattr(drawn.sampler, "inside", "gumbel")
    return getattr(drawn.sampler, "temperature", 0.0) if inside == "gumbel" else 0.0


@dataclass(frozen=True)
class NearCut:
    """doc_ids nearest to the cut first."""

    just_in: np.ndarray
    just_out: np.ndarray
    barred: np.ndarray  # a stable sample of those with log weight -inf


def near_cut(space: Workspace, drawn: Drawn, most: int = 50) -> NearCut:
    """Documents on both sides of the cut, and some that could never have been drawn."""
    docs, kept = drawn.weighed.docs, drawn.copies() > 0
    margin, tie = margins(space, drawn), tie_noise(drawn.seed, docs.uid_hash)
    barred = np.isneginf(drawn.weighed.weights.log_weight)
    return NearCut(
        just_in=docs.doc_id[_smallest(np.flatnonzero(kept), margin, -tie, most)],
        just_out=docs.doc_id[_smallest(np.flatnonzero(~kept & ~barred), -margin, tie, most)],
        barred=docs.doc_id[_smallest(np.flatnonzero(barred), tie, tie, most)],
    )


def _smallest(rows: np.ndarray, key: np.ndarray, tie: np.ndarray, most: int) -> np.ndarray:
    """At most `most` of `rows`, smallest key first, ties by `tie`; only what may be returned is sorted."""
    if len(rows) > most:
        last = np.partition(key[rows], most - 1)[most - 1]
        rows = rows[key[rows] <= last]
    return rows[np.lexsort((tie[rows], key[rows]))[:most]]


@dataclass(frozen=True)
class Swap:
    """What changed between two draws of one corpus; doc_ids with the most tokens first."""

    came_in: np.ndarray
    went_out: np.ndarray
    n_in: int
    n_out: int
    tokens_in: int  # gained, copies counted
    tokens_out: int  # lost, copies counted

    @property
    def empty(self) -> bool:
        return self.tokens_in == 0 and self.tokens_out == 0


def swap(before: np.ndarray, after: np.ndarray, n_tokens: np.ndarray, most: int = 200) -> Swap:
    """From the copies of two draws, (n_docs,) each; lists at most `most` documents a side, counts are exact."""
    rows = np.flatnonzero(before != after)
    before, after = before[rows].astype(np.int64), after[rows]
    change = after - before
    moved, tie = change * n_tokens[rows], np.arange(len(rows))
    came, went = before == 0, after == 0
    return Swap(
        came_in=rows[_smallest(np.flatnonzero(came), -moved, tie, most)],
        went_out=rows[_smallest(np.flatnonzero(went), moved, tie, most)],
        n_in=int(came.sum()),
        n_out=int(went.sum()),
        tokens_in=int(moved[change > 0].sum()),
        tokens_out=int(-moved[change < 0].sum()),
    )


def reasons(drawn: Drawn, doc_ids: Sequence[int] | np.ndarray) -> dict[str, list[Any]]:
    """copies, log_weight and the because columns of a few documents, for the reader."""
    rows = np.asarray(doc_ids, np.int64)  # doc_id is the position
    weights = drawn.weighed.weights
    told = {"copies": drawn.copies()[rows], "log_weight": weights.log_weight[rows]}
    told.update({name: np.asarray(values)[rows] for name, values in weights.because.items()})
    return {name: values.tolist() for name, values in told.items()}


def axis_shares(drawn: Drawn) -> list[dict[str, Any]]:
    """axis, n_docs, n_tokens, share of the tokens kept, by the axis that chose each document; empty without axes."""
    if "axis" not in drawn.weighed.weights.because:
        return []
    rows, times = drawn.drawn.rows, drawn.drawn.copies
    axis = np.asarray(drawn.weighed.weights.because["axis"])[rows].astype(np.int64)
    axis = np.maximum(axis, 0)
    n_docs = np.bincount(axis)
    n_tokens = np.bincount(axis, drawn.weighed.docs.n_tokens[rows] * times)
    return [
        {
            "axis": int(number),
            "n_docs": int(n_docs[number]),
            "n_tokens": int(n_tokens[number]),
            "share": float(n_tokens[number] / max(drawn.drawn.n_tokens, 1)),
        }
        for number in np.flatnonzero(n_docs)
    ]


@dataclass(frozen=True)
class SamplingCurve:
    """Expected copies by quality rank of one domain (rank 0 is best), and its tokens in and expected out."""

    domain: str
    rank: np.ndarray  # (n_points,)
    copies: np.ndarray  # (n_points,)
    tokens_in: float
    tokens_out: float


def sampling_curves(drawn: Drawn, n_points: int = 400) -> list[SamplingCurve]:
    """The curve of every domain, for a method that samples along one (QuaDMix); largest domain first, else empty."""
    for method, state in zip(drawn.weighed.methods, drawn.weighed.states, strict=True):
        if "curve" in state and hasattr(method, "tokens_out"):
            return _curves(method, state, n_points)
    return []


def _curves(method: Any, state: State, n_points: int) -> list[SamplingCurve]:
    told: Mapping[str, tuple[float, float]] = method.tokens_out(state)
    names = ["", *map(str, state["domain_names"])]
    found = []
    for number, name in enumerate(names):
        if name not in told or (name == "" and number > 0):
            continue
        parts = state["curve"][:, number]
        # points crowd where the curve lives: up to and just past its cut-off
        fine = np.linspace(0, min(1.0, 1.5 * float(parts[1]) + 1e-3), n_points // 2)
        rank = np.unique(np.r_[fine, np.linspace(0, 1, n_points // 2), parts[1]])
        copies = Curve(*parts).copies(rank)
        found.append(SamplingCurve(name, rank, copies, *told[name]))
    return sorted(found, key=lambda curve: -curve.tokens_in)
