"""Compare: subsets side by side, methods in an arena, settings on a frontier; beside the corpus and beside chance."""

from __future__ import annotations

import streamlit as st

import selection
from pages.widgets import arena_parts, contrast, frontier_parts, likeness, progress, workspace

st.title("Compare")
space = workspace.current()
progress.running(space)

VIEWS = ["Saved subsets", "Arena", "Frontier"]
view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], key="compare_view", bind="query-params", required=True, label_visibility="collapsed"
)  # fmt: skip
if view == "Arena":
    arena_parts.show(space)
    st.stop()
if view == "Frontier":
    frontier_parts.show(space)
    st.stop()

saved = selection.list_subsets(space)
if not saved:
    st.info("There is no subset yet: draw one and save it.", icon=":material/tune:")
    workspace.link("pages/select.py", "Go to Select", ":material/arrow_forward:")
    st.stop()

names, like, n_seeds = contrast.ask(saved)
if len(names) + (n_seeds > 0) < 2:
    st.info("Choose two subsets, or one and the random control.", icon=":material/compare_arrows:")
    st.stop()

result = contrast.compared(space, names, like, n_seeds)
contrast.table(result)
contrast.figures(result)
likeness.of_subsets(space, names)
if len(names) > 1:
    st.subheader("Where they disagree")
    contrast.disputed(space, names)
