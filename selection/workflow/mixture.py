"""Mixture: what a method that solves for groups planned, beside what the draw came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.primitives.mixture_constraints import Constraint, parse
from selection.workflow.draw import Drawn


@dataclass(frozen=True)
class Mixture:
    """groups: a row each, most tokens solved first; bounds: a row a constraint, words, got and whether it holds."""

    groups: list[dict[str, Any]]
    bounds: list[dict[str, Any]]


def mixture(drawn: Drawn) -> Mixture | None:
    """Of a draw by solved groups; None for other methods. What is included by hand is not counted.

    A row of groups: group; on_offer, solved and drawn in tokens; share_on_offer and share (of what was drawn); epochs
    (drawn over on offer). A bound holds where what it says of the draw is met to within one document.
    """
    planned = zip(drawn.weighed.methods, drawn.weighed.states, strict=True)
    method, state = next(((m, s) for m, s in planned if "solved" in s), (None, {}))
    if method is None:
        return None
    docs = drawn.weighed.docs
    copies = drawn.copies().copy()
    if drawn.by_hand is not None:
        copies[drawn.by_hand.included] = 0
    code = np.asarray(drawn.weighed.weights.because["group"])
    names = ["(no label)", *map(str, state["domain_names"])]
    taken = np.bincount(code, copies * docs.n_tokens, len(names))
    offer, solved = np.asarray(state["on_offer"]), np.asarray(state["solved"])
    there = np.flatnonzero(offer > 0)
    rows = [
        {
            "group": names[i],
            "on_offer": int(offer[i]),
            "share_on_offer": float(offer[i] / offer.sum()),
            "solved": float(solved[i]),
            "drawn": int(taken[i]),
            "share": float(taken[i] / max(taken.sum(), 1)),
            "epochs": float(taken[i] / offer[i]),
        }
        for i in there[np.argsort(-solved[there], kind="stable")]
    ]
    longest = int(docs.n_tokens[copies > 0].max(initial=0))
    asked = [parse(text) for text in getattr(method, "constraints", ())]
    noun = str(getattr(method, "group", "group"))
    return Mixture(rows, [_kept(each, rows, longest, noun) for each in asked])


def _kept(asked: Constraint, rows: list[dict[str, Any]], longest: int, noun: str) -> dict[str, Any]:
    """What a draw gives where a constraint bounds it: of each group, the one that comes nearest to breaking it."""
    total = sum(row["drawn"] for row in rows)
    unit = {"%": 100 / max(total, 1), "tokens": 1.0}
    if asked.groups:
        mine = [row for row in rows if row["group"] in asked.groups]
        sides = [(sum(row["drawn"] for row in mine), sum(row["on_offer"] for row in mine), "")]
    else:
        sides = [(row["drawn"], row["on_offer"], row["group"]) for row in rows]
    found = []
    for tokens, offer, name in sides:
        scale = unit.get(asked.unit, 1 / max(offer, 1))
        value = tokens * scale
        over = {"<=": value - asked.number, ">=": asked.number - value}.get(
            asked.sign, abs(value - asked.number)
        )
        found.append((over, over / scale, value, name))
    _, _, value, name = max(found)
    whom = f" ({name})" if name else ""
    beyond = max(tokens for _, tokens, _, _ in found)
    holds = beyond <= longest  # a document is drawn whole
    if holds and beyond >= 0.5:
        whom += f", {beyond:,.0f} tokens off, within one document"
    return {"words": asked.words(noun), "got": f"{_said(value, asked.unit)}{whom}", "holds": holds}


def _said(value: float, unit: str) -> str:
    if unit == "tokens":
        return f"{value:,.0f} tokens"
    return f"{value:.4g} %" if unit == "%" else f"{value:.3g} epochs"
