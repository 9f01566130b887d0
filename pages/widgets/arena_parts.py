"""The Arena view of Compare: choose methods, one budget and seeds; a job draws and compares them; every arena stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import compose, contrast, forms, progress, reader, workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selection import Workspace

_USUAL = ("odis", "qurating", "mean_of_signals", "cluster_balanced", "longest")
_MOST = 12


def show(space: Workspace) -> None:
    """The form, then the arena that was chosen, or the newest."""
    with st.container(border=True):
        _form(space)
    found = chosen(space, "arena", _titled)
    if found is None:
        st.info("No arena yet: choose methods and run one.", icon=":material/swords:")
        return
    for each in found["failed"]:
        st.warning(
            reader.inert(f"{each['method']} was left out: {each['why']}"), icon=":material/block:"
        )
    shared, told = behind(found["found"])
    if shared:
        st.caption(
            reader.inert(f"Every method behind {shared}; random draws are of the whole corpus.")
        )
    contrast.table(told)
    contrast.figures(told)


def behind(told: contrast.Found) -> tuple[str, contrast.Found]:
    """The filters that all methods stand behind, and the comparison with names that say only where they differ."""
    rows = told["subsets"]
    entered = [row["subset"].split(" + ") for row in rows if row["method"] != "random"]
    shared = [
        parts[0] for parts in zip(*(e[:-1] for e in entered), strict=False) if len({*parts}) == 1
    ]
    first = " + ".join(shared)
    if not first or not all(" + ".join(each).startswith(f"{first} + ") for each in entered):
        return "", told
    short = [{**row, "subset": row["subset"].removeprefix(f"{first} + ")} for row in rows]
    return first, {**told, "subsets": short}


def _form(space: Workspace) -> None:
    rows = ready_methods(space)
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    names = left.multiselect(
        "Methods",
        list(rows),
        default=[name for name in _USUAL if name in rows],
        format_func=lambda name: f"{rows[name]['family'].capitalize()} / {rows[name]['title']}",
        max_selections=_MOST,
        key="arena_methods",
        persist_state="session",
        help="As they come; what this workspace lacks the means for is not offered. Settings are swept under Frontier.",
    )
    n_seeds = right.number_input(
        "Seeds",
        1,
        20,
        3,
        key="arena_seeds",
        persist_state="session",
        help="Draws of each method, and random draws.",
    )
    budget = forms.token_budget(space, "arena_budget_tokens")
    filters = filters_of(rows, names, "arena_filters", "Before every method")
    targets = targets_of(space, [rows[name] for name in (*filters, *names)], "arena_targets")
    progress.start_button(
        space,
        "Run the arena",
        "arena",
        *names,
        f"--budget-tokens={budget}",
        f"--seeds={int(n_seeds)}",
        *(f"--filter={name}" for name in filters),
        *(f"--target={key}" for key in targets),
        key="arena_run",
        type="primary",
        disabled=not names,
        help="Draws every method at this budget, then compares them with one another and with chance.",
    )


def ready_methods(space: Workspace) -> dict[str, dict[str, Any]]:
    """Rows of the catalogue by id, of methods whose nouns are all there; random stands beside the others anyway."""
    ready = workspace.status(space).ready
    there = {
        **{noun: ready.get(noun, False) for noun in ("axes", "clusters", "embedding")},
        "signals": bool(selection.signal_names(space)),
        "targets": bool(selection.list_targets(space)),
    }
    lacking = {noun for noun, found in there.items() if not found}
    return {
        row["id"]: row
        for row in selection.list_methods()
        if not lacking & set(row["needs"]) and row["id"] not in ("random", "rule_filter")
    }


def filters_of(
    rows: dict[str, dict[str, Any]], methods: Sequence[str], key: str, place: str
) -> list[str]:
    """The filters to go before the methods, which are none of them themselves."""
    offered = [name for name in rows if rows[name]["scale"] == "none" and name not in methods]
    return st.multiselect(
        "Filters", offered, key=key, format_func=lambda name: rows[name]["title"], persist_state="session",
        help=f"{place}, with their usual settings.",
    )  # fmt: skip


def targets_of(space: Workspace, rows: list[dict[str, Any]], key: str) -> list[str]:
    """The targets of the workspace, asked for where a chosen method needs some."""
    if not any("targets" in row["needs"] for row in rows):
        return []
    known = {each["key"]: each["name"] for each in selection.list_targets(space)}
    return st.multiselect(
        "Targets",
        list(known),
        default=list(known)[:1],
        format_func=lambda name: reader.plain(known[name], 60),
        key=key,
    )


def chosen(space: Workspace, kind: Any, titled: Any) -> dict[str, Any] | None:
    """The finding asked for in the address (`?arena=KEY`), else the newest; a list to choose from and delete."""
    found = {each["key"]: each for each in selection.list_findings(space, kind)}
    if not found:
        return None
    newest = next(iter(found))
    if st.session_state.get(f"{kind}_newest") != newest:  # one has just been made
        asked = st.query_params.get(kind) if f"{kind}_newest" not in st.session_state else None
        st.session_state[kind] = asked if asked in found else newest
        st.session_state[f"{kind}_newest"] = newest
    if st.session_state.get(kind) not in found:
        st.session_state[kind] = newest
    left, right = st.columns([8, 1], vertical_alignment="bottom")
    key = left.selectbox(
        kind.capitalize(),
        list(found),
        format_func=lambda name: reader.plain(titled(found[name]), 140),
        key=kind,
    )
    key = key or newest
    st.query_params[kind] = key
    right.button(
        "Delete", key=f"{kind}_delete", icon=":material/delete:", type="tertiary",
        on_click=selection.delete_finding, args=(space, kind, key),
    )  # fmt: skip
    return found[key]


def _titled(found: dict[str, Any]) -> str:
    methods = [each["name"] for each in found["methods"] if each["name"] != "random"]
    names = ", ".join(compose.titles([m]) if " " not in m else m for m in methods)
    seeds = f"{found['n_seeds']} seeds" if found["n_seeds"] > 1 else "1 seed"
    when = found["created"][:16].replace("T", " ")
    return f"{found['budget_tokens']:,} tokens, {seeds}: {names} ({when})"
