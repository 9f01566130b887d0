"""By hand: how every draw honours the lists `include`, `exclude` and `opt-out`.

    opt-out beats everything; a mark on a document beats one on its source or address; exclude beats include.

Exclusions are one more filter: 0 or -inf, with the reason, added to the weights of any method. Included documents are drawn
first, once each, whatever the method says of them; the sampler fills what they leave of the budget with the others. A recipe
carries the lists by their content, so that the same input gives the same subset, and other input keeps every opt-out.

Methods are fitted on the whole corpus: what is left out by hand still counts in ranks, shares and duplicates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from selection.core.documents import State
from selection.core.errors import ImpossibleBudget
from selection.core.memo import Kept
from selection.core.provenance import canonical
from selection.core.sampler import Draw, Pool, Sampler
from selection.core.weights import Weights
from selection.core.words import Words
from selection.primitives.exclusion import excluding
from selection.store import columns, documents, subsets, tags
from selection.store.tags import EXCLUDE, INCLUDE, LISTS, OPT_OUT
from selection.store.workspace import Workspace
from selection.workflow.tags import tagged
from selection.workflow.weigh import Weighed

FITTED_ON = "every document, what is excluded and opted out by hand too"  # said in recipes
_HONOURED = Kept(2)


@dataclass(frozen=True)
class ByHand:
    """The lists as they bear on a corpus; `included` ascending doc_ids, `barred` 0 or -inf with reasons."""

    included: np.ndarray  # (n_included,) int64
    tokens_included: int
    barred: Weights
    n_excluded: int
    n_opted_out: int
    state: State  # the lists' content, for a recipe

    def counts(self) -> dict[str, int]:
        """Documents by list, as they count."""
        return {
            INCLUDE: len(self.included),
            EXCLUDE: self.n_excluded,
            OPT_OUT: self.n_opted_out,
        }


def by_hand(space: Workspace) -> ByHand | None:
    """The lists of a workspace; None while they name no document and hold nothing that could."""
    if not any(name in LISTS for name in tags.marks(space)):
        return None
    return _of(space.path, documents.corpus_key(space), tags.key(space))


@lru_cache(maxsize=4)
def _of(path: Path, _corpus: str, _key: str) -> ByHand:
    space = Workspace(path)
    n_tokens = columns.identity(space)[2]

    def named(tag: str, *kinds: str) -> np.ndarray:
        """(n_docs,) bool."""
        holds = np.zeros(len(n_tokens), bool)
        for kind in kinds:
            holds[tagged(space, tag, kind)] = True
        return holds

    opted_out = named(OPT_OUT, *tags.KINDS)
    chosen = named(INCLUDE, "uid")
    excluded = named(EXCLUDE, "uid") | (named(EXCLUDE, "source", "url") & ~chosen)
    included = np.flatnonzero((chosen | named(INCLUDE, "source", "url")) & ~excluded & ~opted_out)
    refused = {"opted out": opted_out, "excluded by hand": excluded}
    because = {}
    if len(included):
        because["by_hand"] = Words(
            np.isin(np.arange(len(n_tokens)), included).astype(np.uint8), ("", "included")
        )
    barred = excluding(np.zeros(len(n_tokens)), {}, because, refused)
    for array in (included, barred.log_weight):
        array.flags.writeable = False
    return ByHand(
        included,
        int(n_tokens[included].sum()),
        barred,
        int((excluded & ~opted_out).sum()),
        int(opted_out.sum()),
        _packed({name: own for name, own in tags.marks(space).items() if name in LISTS}),
    )


def _packed(marks: tags.Marks) -> State:
    text = canonical({name: sorted(own) for name, own in marks.items()})
    return {"marks": np.frombuffer(text.encode(), np.uint8)}


def install(space: Workspace, state: State) -> None:
    """The lists of a recipe in the workspace that it is applied in."""
    given = json.loads(np.asarray(state["marks"]).tobytes())
    tags.install(
        space, {name: [(kind, value) for kind, value in own] for name, own in given.items()}
    )


def barred(hand: ByHand | None) -> Weights | None:
    """What is not on offer to a method that plans: the lists keep it out, or take it in beforehand; None for nothing."""
    if hand is None or not any(hand.counts().values()):
        return None
    left = hand.barred.log_weight.copy()
    left[hand.included] = -np.inf
    return Weights(left)


def honoured(weighed: Weighed, hand: ByHand | None) -> Weighed:
    """The same weights, -inf where a list keeps a document out; remembered, so that a budget moves at slider speed."""
    if hand is None or not any(hand.counts().values()):
        return weighed
    own = weighed.weights
    total = _HONOURED.get((id(own), id(hand)), (own, hand), lambda: _frozen(own + hand.barred))
    return replace(weighed, weights=total)


def _frozen(weights: Weights) -> Weights:
    for array in (weights.log_weight, *weights.because.values()):
        array.flags.writeable = False
    return weights


def room(hand: ByHand | None, budget_tokens: int) -> int:
    """Tokens of the budget that the included documents leave; `ImpossibleBudget` where they are more than it."""
    if hand is None:
        return budget_tokens
    if hand.tokens_included > budget_tokens:
        raise ImpossibleBudget(
            f"the documents included by hand must fit the budget, got {hand.tokens_included:,} tokens in"
            f" {len(hand.included):,} documents for {budget_tokens:,}; raise the budget or take some out of the list"
        )
    return budget_tokens - hand.tokens_included


def drawn(sampler: Sampler, pool: Pool, budget_tokens: int, seed: int, hand: ByHand | None) -> Draw:
    """The included documents, and what the sampler draws of the others within what is left of the budget."""
    if hand is None or not len(hand.included):
        return sampler.draw(pool, budget_tokens, seed)
    others, left = _others(pool, hand), room(hand, budget_tokens)
    offered = others.n_tokens[np.isfinite(others.log_weight)]
    full = len(offered) and not (offered <= left).any()
    if full or (not len(offered) and pool.scale == "none"):
        return _joined(Draw(np.zeros(0, np.int64), np.zeros(0, np.int32), 0), hand)
    try:
        return _joined(sampler.draw(others, left, seed), hand)
    except ImpossibleBudget as mistake:
        raise ImpossibleBudget(
            f"{mistake} ({hand.tokens_included:,} of {budget_tokens:,} tokens are included by hand)"
        ) from None


def kept(sampler: Sampler, pool: Pool, cut: State, seed: int, hand: ByHand | None) -> Draw:
    """The included documents, and what a stored cut keeps of the others; an empty cut keeps nothing."""
    if hand is None or not len(hand.included):
        return sampler.keep(pool, cut, seed)
    nothing = Draw(np.zeros(0, np.int64), np.zeros(0, np.int32), 0)
    return _joined(sampler.keep(_others(pool, hand), cut, seed) if cut else nothing, hand)


def _others(pool: Pool, hand: ByHand) -> Pool:
    log_weight = pool.log_weight.copy()
    log_weight[hand.included] = -np.inf
    return replace(pool, log_weight=log_weight)


def _joined(others: Draw, hand: ByHand) -> Draw:
    rows = np.concatenate([others.rows, hand.included])
    copies = np.concatenate([others.copies, np.ones(len(hand.included), np.int32)])
    order = np.argsort(rows, kind="stable")
    n_tokens = others.n_tokens + hand.tokens_included
    return Draw(rows[order], copies[order], n_tokens, others.cut)


def opted_out_since(space: Workspace, subset: str) -> np.ndarray:
    """doc_ids of a saved subset that have opted out since it was drawn. (n,) int64"""
    doc_ids = tagged(space, OPT_OUT)
    if not len(doc_ids):
        return doc_ids
    return np.intersect1d(subsets.read(space, subset).column("doc_id").to_numpy(), doc_ids)
