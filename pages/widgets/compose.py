"""The settings panel of Select: method, filters, sampler, token budget and seed, as one value that says what to draw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import field_widget, forms, labels, reader, recall, workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selection import Workspace
    from selection.core.method import Method
    from selection.core.sampler import Sampler
    from selection.core.settings import Leaf

_REQUIRED = {name: name for name in ("signals", "axes", "clusters", "embedding")}
_SIGNS = (">=", "<=", ">", "<", "==", "!=")
_FAVOURITE = "odis"  # shown first where the catalogue has it


@cache
def _methods() -> dict[str, dict[str, Any]]:
    """The catalogue's rows by id; files do not change while the app runs."""
    return {row["id"]: row for row in selection.list_methods()}


def titles(ids: Iterable[str]) -> str:
    """`Gopher quality + ODiS`: methods as people read them; an id that the catalogue lost stays as it is."""
    known = _methods()
    return " + ".join(known[name]["title"] if name in known else name for name in ids)


@dataclass(frozen=True)
class Asked:
    """What to draw."""

    methods: tuple[Method, ...]
    sampler: Sampler
    budget_tokens: int
    seed: int

    def key(self) -> tuple:
        """Equal keys draw equal subsets of equal corpora."""
        leaves = [(leaf.id(), leaf.model_dump_json()) for leaf in (*self.methods, self.sampler)]
        return (*leaves, self.budget_tokens, self.seed)


def panel(space: Workspace) -> Asked:
    """Draws every setting; stops where the method needs what the workspace lacks."""
    recall.restore(space)
    budget = forms.token_budget(space)
    row = _method(space)
    kind = type(selection.method(row["id"]))
    _presets(kind)
    method = forms.settings(kind, key=f"set_{kind.id()}", space=space, columns=1)
    filters = _filters(space, row)
    sampler = _sampler(row, method)
    seed = st.number_input(
        "Seed",
        min_value=0,
        max_value=2**31 - 1,
        value=0,
        key="seed",
        bind="query-params",
        help="Noise depends on the seed and a document's id only: the same seed draws the same subset.",
    )
    asked = Asked((*filters, method), sampler, budget, int(seed))
    recall.keep(space, asked)
    return asked


def _method(space: Workspace) -> dict[str, Any]:
    rows = _methods()
    ids = list(rows)
    if st.session_state.get("method") not in rows:
        asked = st.query_params.get("method", _FAVOURITE)
        st.session_state["method"] = asked if asked in rows else ids[0]
    chosen = st.selectbox(
        "Method",
        ids,
        format_func=lambda name: f"{rows[name]['family'].capitalize()} / {rows[name]['title']}",
        key="method",
    )
    row = rows[chosen or ids[0]]
    st.query_params["method"] = row["id"]  # its id, where a bound widget would put its label
    st.caption(f"{row['summary']} Cost: {row['cost']}. {_paper(row['cites'])}")
    needs = [_REQUIRED[name] for name in row["needs"] if name in _REQUIRED]
    if needs:
        workspace.require(space, *needs, who="This method")
    return row


def _presets(kind: type[Method]) -> None:
    """A button for each published setting; what it does not name stays."""
    if not kind.presets:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption("Published settings", width="content")
        for name, values in kind.presets.items():
            told = ", ".join(f"{field_widget.label(k).lower()} {v}" for k, v in values.items())
            st.button(
                name, key=f"preset_{kind.id()}_{name}", type="tertiary", help=f"Sets {told}.",
                on_click=_take, args=(kind, values),
            )  # fmt: skip


def _take(kind: type[Method], values: Mapping[str, Any]) -> None:
    """What such a button does; none of these settings has its place in the address only."""
    forms.fill(kind, f"set_{kind.id()}", values)


def _paper(cites: str) -> str:
    """Our own catalogue's reference as a link, where it has one."""
    name, _, number = cites.partition(":")
    if name == "arXiv" and number.replace(".", "").isdigit():
        return f"[{cites}](https://arxiv.org/abs/{number})"
    return "" if cites in ("", "–") else cites


def _sampler(row: dict[str, Any], method: Method) -> Sampler:
    """Only samplers that give this scale a meaning; the paper's first."""
    fits = [each for each in selection.list_samplers() if row["scale"] in each["scales"]]
    titles = {each["id"]: each["title"] for each in fits}
    own = row["sampler"]
    with st.expander("Sampler", icon=":material/casino:", key="sampler_open"):
        chosen = st.selectbox(
            "Sampler",
            sorted(titles, key=lambda name: name != own),
            format_func=lambda name: titles[name] + (", as published" if name == own else ""),
            key=f"sampler_of_{row['id']}",
            help=f"Weights of this method are on scale {row['scale']}; samplers that do not fit are not offered.",
        )
        kind = type(selection.sampler([method], chosen))
        return forms.settings(kind, key=f"sampler_{row['id']}_{chosen}", columns=1)


def _filters(space: Workspace, row: dict[str, Any]) -> list[Method]:
    """Rules, each on one signal, and the other filters of the catalogue."""
    rules = st.session_state.setdefault("rules", [])
    others = [
        each
        for each in _methods().values()
        if each["scale"] == "none" and each["id"] not in ("rule_filter", row["id"])
    ]
    found: list[Method] = []
    n_filters = len(rules) + len(st.session_state.get("filters", []))
    with st.expander(f"Filters ({n_filters})", icon=":material/filter_alt:", key="filters_open"):
        written = [text for number in rules if (text := _rule(space, number))]
        st.button("Add a rule", key="rule_add", icon=":material/add:", on_click=_add_rule)
        if written and row["id"] != "rule_filter":
            found.append(selection.method("rule_filter", {"rules": written}))
        if others:
            titles = {each["id"]: each["title"] for each in others}
            for name in st.multiselect(
                "More filters", list(titles), format_func=titles.__getitem__, key="filters"
            ):
                st.caption(titles[name])
                kind = type(selection.method(name))
                found.append(forms.settings(kind, key=f"set_{name}", space=space, columns=1))
    return found


def _add_rule() -> None:
    rules = st.session_state.setdefault("rules", [])
    st.session_state["rules"] = [*rules, max(rules, default=0) + 1]


def _drop_rule(number: int) -> None:
    st.session_state["rules"] = [each for each in st.session_state["rules"] if each != number]


def _rule(space: Workspace, number: int) -> str:
    """One bound on one signal, starting at the corpus' worst twentieth of that signal."""
    categories = selection.signal_names(space, "category")
    names = ["n_tokens", *categories, *selection.signal_names(space)]
    with st.container(border=True, gap="small", key=f"rule_row_{number}"):
        top, close = st.columns([6, 1], vertical_alignment="bottom", wrap=False)
        named = labels.unique(names)
        name = top.selectbox(
            "Signal", list(named), format_func=named.__getitem__, key=f"rule_{number}_signal"
        )
        name = name or names[0]
        close.button(
            "",
            key=f"rule_{number}_drop",
            icon=":material/close:",
            type="tertiary",
            help="Remove this rule",
            on_click=_drop_rule,
            args=(number,),
        )
        if name in categories:
            return _label_rule(space, number, name)
        sign, start = _worst_twentieth(space, name, workspace.signature(space))
        left, right = st.columns([2, 3], wrap=False)
        sign = left.selectbox(
            "Sign",
            _SIGNS,
            index=_SIGNS.index(sign),
            key=f"rule_{number}_sign_{name}",
            label_visibility="collapsed",
        )
        bound = right.number_input(
            "Bound",
            value=start,
            step=max(abs(start) / 20, 1e-3),
            format="%.6g",
            key=f"rule_{number}_bound_{name}",
            label_visibility="collapsed",
        )
    return f"{name} {sign} {bound:.12g}"


def _label_rule(space: Workspace, number: int, name: str) -> str:
    """A category's labels, most frequent first; no rule while none is picked."""
    labels = selection.signal_labels(space, name)
    sizes = np.bincount(labels.codes[labels.codes >= 0], minlength=len(labels.names))
    options = [labels.names[i] for i in np.argsort(-sizes, kind="stable")]
    left, right = st.columns([2, 3], wrap=False)
    sign = left.selectbox(
        "Sign", ("==", "!="), key=f"rule_{number}_sign_{name}", label_visibility="collapsed"
    )
    picked = right.multiselect(
        "Labels",
        options,
        key=f"rule_{number}_labels_{name}",
        placeholder="labels",
        label_visibility="collapsed",
    )
    return f"{name} {sign} {'|'.join(picked)}" if picked else ""


@st.cache_data(show_spinner=False, max_entries=256)
def _worst_twentieth(_space: Workspace, name: str, signature: tuple) -> tuple[str, float]:
    """The sign and the bound that cut off the worst 5 % of a signal; of a neutral one the low end."""
    if name == "n_tokens":
        return ">=", float(np.quantile(selection.tokens(_space), 0.05))
    facts, values = selection.signal_facts(_space, name), selection.signal_values(_space, name)
    lower = facts.get("polarity", 0) < 0
    bound = float(np.nanquantile(values, 0.95 if lower else 0.05))
    return ("<=" if lower else ">="), float(f"{bound:.3g}") if np.isfinite(bound) else 0.0


def describe(asked: Asked) -> str:
    """One line of plain words: `Rule filter + ODiS (mode draft), top, 100,000 tokens, seed 0`."""
    names = " + ".join(_named(method) for method in asked.methods)
    sampler = _named(asked.sampler).lower()
    return reader.plain(
        f"{names}, {sampler}, {asked.budget_tokens:,} tokens, seed {asked.seed}", 240
    )


def _named(leaf: Leaf) -> str:
    """The title, and the settings that are not as they come."""
    changed = ", ".join(f"{name} {value}" for name, value in leaf.changed().items())
    return f"{leaf.title} ({changed})" if changed else leaf.title
