"""Saving a draw as a subset, and the subsets that there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import compose, reader, recall, style, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.picture import Picture


def save(space: Workspace, seen: Picture) -> None:
    """A name and a button; an older subset of that name is replaced only when that is confirmed."""
    taken = {facts["name"] for facts in selection.list_subsets(space)}
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small",
        key="subset_bar",
    ):  # fmt: skip
        name = st.text_input(
            "Name of the subset",
            key="subset_name",
            placeholder="name of the subset, such as best-quality",
            label_visibility="collapsed",
            width=280,
        ).strip()
        replace = name in taken and st.checkbox(
            "Replace the subset of this name", key="subset_replace"
        )
        blocked = not name or (name in taken and not replace)
        if not st.button(
            "Save subset",
            key="subset_save",
            type="primary",
            icon=":material/save:",
            disabled=blocked,
            help="Keeps this draw under a name of letters, digits, dots, dashes and underscores.",
        ):
            return
        try:
            facts = selection.save_draw(space, seen.drawn, name)
        except selection.WinnowError as mistake:
            workspace.fail(mistake)
            raise
    st.session_state["subset_saved"] = (
        f"Saved {facts['name']}: {style.counted(facts['n_docs'], 'documents')},"
        f" {style.counted(facts['n_tokens'], 'tokens')}."
    )
    st.rerun(scope="app")


def subsets(space: Workspace) -> None:
    """The saved subsets, each of which the form can be set to, renamed or deleted."""
    if told := st.session_state.pop("subset_saved", None):
        st.toast(reader.inert(told), icon=":material/check:")
    rows = selection.list_subsets(space)
    st.subheader("Saved subsets")
    if not rows:
        st.caption("None yet. Name the draw above and save it; then compare or export it.")
        return
    event = st.dataframe(
        {
            "name": [row["name"] for row in rows],
            "methods": [compose.titles(row["methods"]) for row in rows],
            "sampler": [row["sampler"] for row in rows],
            "documents": [row["n_docs"] for row in rows],
            "tokens": [row["n_tokens"] for row in rows],
            "of the budget": [100 * row["n_tokens"] / max(row["budget_tokens"], 1) for row in rows],
            "seed": [row["seed"] for row in rows],
            "created": [row["created"][:19].replace("T", " ") for row in rows],
        },
        hide_index=True,
        key="saved_subsets",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "documents": st.column_config.NumberColumn(format="localized"),
            "tokens": st.column_config.NumberColumn(format="localized"),
            "of the budget": st.column_config.NumberColumn(format="%.1f%%"),
            "created": st.column_config.TextColumn("created (UTC)"),
        },
    )
    picked = event["selection"]["rows"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        workspace.link("pages/compare.py", "Compare", ":material/compare_arrows:")
        workspace.link("pages/export.py", "Export", ":material/download:")
        if picked and picked[0] < len(rows):
            _care(space, rows[picked[0]]["name"])
        else:
            st.caption("Pick a row to set the form to it, rename or delete it.")


def _care(space: Workspace, name: str) -> None:
    st.button(
        "Set the form to it", key=f"reopen_{name}", icon=":material/tune:", type="tertiary",
        on_click=_reopen, args=(space, name),
        help="Its filters, method, sampler, budget and seed, as they were; lists by hand are those of today.",
    )  # fmt: skip
    with st.popover("Rename", icon=":material/edit:"):
        fresh = st.text_input("New name", value=name, key=f"rename_{name}").strip()
        if st.button("Rename", key=f"rename_go_{name}", disabled=fresh == name):
            _change(lambda: selection.rename_subset(space, name, fresh))
    with st.popover("Delete", icon=":material/delete:"):
        st.text(f"Delete subset {name}?")
        if st.button("Delete", key=f"delete_go_{name}", type="primary"):
            _change(lambda: selection.delete_subset(space, name))


def _reopen(space: Workspace, name: str) -> None:
    recipe = selection.subset_recipe(space, name)
    sampler = {"id": recipe["sampler"]["id"], "settings": recipe["sampler"]["settings"]}
    methods = {each["id"]: each["settings"] for each in recipe["methods"]}
    st.query_params.update(recall.reopen(methods, sampler, recipe["budget_tokens"], recipe["seed"]))


def _change(verb: Callable[[], object]) -> None:
    try:
        verb()
    except selection.WinnowError as mistake:
        workspace.fail(mistake)
    st.rerun(scope="app")
