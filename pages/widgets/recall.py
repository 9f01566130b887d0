"""What Select was set to: taken up again after a look at another page, and by who opens a link to it.

Widgets bound to the address bring their own value. All else (typed numbers, filters, rules, the sampler) stands in the
address as `recipe=`, JSON of what is not as it comes, so that a link never draws something other than what was shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import forms
from selection.primitives.rules import parse

if TYPE_CHECKING:
    from pages.widgets.compose import Asked
    from selection import Workspace

_ADDRESS, _KEPT = "recipe", "select_kept"
_Settings = Mapping[str, Mapping[str, Any]]


def restore(space: Workspace) -> None:
    """Before the form is drawn: what this session left here, else what the address of a fresh one says."""
    if "method" in st.session_state:  # its widgets know what they hold
        return
    kept = st.session_state.get(_KEPT)
    if kept is not None and kept["space"] == str(space.path):
        st.query_params.update(reopen(**kept["asked"]))
        return
    text = st.query_params.get(_ADDRESS)
    if text is None:
        return
    try:
        methods, sampler = _read(text)
    except (
        selection.WinnowError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
    ):
        st.warning(
            "The address holds settings that this version cannot read; they are left as they come.",
            icon=":material/link_off:",
        )
        return
    st.query_params.update(reopen(methods, sampler))


def keep(space: Workspace, asked: Asked) -> None:
    """After the form is drawn: for the way back from another page, and for the address."""
    sampler = {"id": asked.sampler.id(), "settings": asked.sampler.model_dump()}
    methods = {each.id(): each.model_dump() for each in asked.methods}
    told = {
        "methods": methods,
        "sampler": sampler,
        "budget": asked.budget_tokens,
        "seed": asked.seed,
    }
    st.session_state[_KEPT] = {"space": str(space.path), "asked": told}
    text = _written(asked)
    if text:
        st.query_params[_ADDRESS] = text
    elif _ADDRESS in st.query_params:
        del st.query_params[_ADDRESS]


def _written(asked: Asked) -> str:
    """JSON of what is not as it comes; empty where the method's id says it all."""
    changed = {each.id(): each.changed() for each in asked.methods}
    usual = selection.sampler(list(asked.methods), None)
    other = asked.sampler.id() != usual.id() or asked.sampler.changed()
    if len(changed) == 1 and not any(changed.values()) and not other:
        return ""
    told = {"methods": changed, "sampler": [asked.sampler.id(), asked.sampler.changed()]}
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


def _read(text: str) -> tuple[_Settings, Mapping[str, Any]]:
    """All settings of the methods and of the sampler that an address names, each checked as any other input is."""
    told = json.loads(text)
    made = [selection.method(name, settings) for name, settings in told["methods"].items()]
    if not made:
        raise LookupError("a recipe has a method, got none")
    name, settings = told["sampler"]
    sampler = type(selection.sampler(made, name)).build(settings)
    return {each.id(): each.model_dump() for each in made}, {
        "id": sampler.id(),
        "settings": sampler.model_dump(),
    }


def reopen(
    methods: _Settings,
    sampler: Mapping[str, Any],
    budget: int | None = None,
    seed: int | None = None,
) -> dict[str, str]:
    """Set the form to filters and, last, the method that ranks, each with its settings; what the address must say.

    sampler: `id` and `settings`. Without budget or seed, those of the address hold.
    """
    state, ranks = st.session_state, list(methods)[-1]
    state["method"], address = ranks, {"method": ranks}
    if budget is not None:
        state["budget_tokens"], address["budget_tokens"] = budget, str(budget)
    if seed is not None:
        state["seed"] = seed
    state["filters"] = [name for name in methods if name not in (ranks, "rule_filter")]
    written = methods["rule_filter"]["rules"] if "rule_filter" in [*methods][:-1] else ()
    state["rules"] = list(range(1, 1 + len(written)))
    for number, rule in zip(state["rules"], written, strict=True):
        _refill(number, rule)
    for name, settings in methods.items():
        address |= forms.fill(type(selection.method(name)), f"set_{name}", settings)
    chosen = sampler["id"]
    state[f"sampler_of_{ranks}"] = chosen
    kind = type(selection.sampler([selection.method(ranks)], chosen))
    return address | forms.fill(kind, f"sampler_{ranks}_{chosen}", sampler["settings"])


def _refill(number: int, rule: str) -> None:
    """One row of the rules, as the form draws it."""
    bound, row = parse(rule), f"rule_{number}"
    st.session_state[f"{row}_signal"] = bound.signal
    st.session_state[f"{row}_sign_{bound.signal}"] = bound.sign
    if bound.labels:
        st.session_state[f"{row}_labels_{bound.signal}"] = list(bound.labels)
    else:
        st.session_state[f"{row}_bound_{bound.signal}"] = bound.number
