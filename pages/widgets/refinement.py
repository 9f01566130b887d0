"""Refinement: take lines out of a corpus into a new workspace, and see what was taken out of each document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import forms, progress, reader, style, target_sets, workspace

if TYPE_CHECKING:
    from selection import Workspace

_SHOWN_LINES = 400


def show(space: Workspace) -> None:
    """What was refined, where this workspace is the work of a refiner; and the form that refines further."""
    if selection.lineage(space):
        _told(space)
        _diff(space)
    with st.expander("Refine into a new workspace", expanded=not selection.lineage(space)):
        _form(space)


def _told(space: Workspace) -> None:
    steps = selection.lineage(space)
    names = ", then ".join(step["id"] for step in steps)
    origin = space.facts().get("refined_from", {}).get("name", "")
    st.caption(reader.inert(f"Refined from {origin} by {names}. What the last refiner took out:"))
    rows = selection.refined_rules(space)
    count = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        {
            "rule": [row["rule"] for row in rows],
            "pieces": [row["n_spans"] for row in rows],
            "documents": [row["n_docs"] for row in rows],
            "characters": [row["n_chars"] for row in rows],
        },
        hide_index=True,
        height="content",
        key="refined_rules",
        column_config={name: count for name in ("pieces", "documents", "characters")},
    )
    st.caption(style.exact(workspace.status(space).n_docs))


def _diff(space: Workspace) -> None:
    """One document as it was, each line that went marked with a minus; the text is code, never markup."""
    n_docs = workspace.status(space).n_docs
    changed = [row["doc_id"] for row in selection.most_changed(space)]
    number = st.number_input(
        "Document",
        min_value=0,
        max_value=max(n_docs - 1, 0),
        value=changed[0] if changed else 0,
        key="diff_document",
    )
    if changed:
        st.caption(f"Those that lost most: {', '.join(map(str, changed))}.")
    pieces = selection.document_diff(space, int(number))
    lines = [reader.plain(line, 2_000) for line in selection.diff_lines(pieces)]
    st.code("\n".join(lines[:_SHOWN_LINES]) or " ", language="diff", wrap_lines=True, height=320)
    if len(lines) > _SHOWN_LINES:
        st.caption(f"Only the first {_SHOWN_LINES:,} lines are shown.")
    gone = [piece for piece in pieces if piece["rule"]]
    st.dataframe(
        {
            "rule": [piece["rule"] for piece in gone],
            "taken out": [" ".join(reader.plain(piece["text"], 300).split()) for piece in gone],
        },
        hide_index=True,
        height="content",
        key="diff_pieces",
    )


def _form(space: Workspace) -> None:
    st.caption(
        "A refiner edits documents instead of dropping them: what it leaves goes into a new workspace, with a diff of every"
        " document, and this one stays as it is."
    )
    listed = selection.list_refiners()
    ready = bool(selection.list_targets(space))
    rows = {
        row["id"]: row
        for row in sorted(listed, key=lambda row: not ready and _wants_target(row["id"]))
    }
    chosen = st.selectbox(
        "Refiner", list(rows), format_func=lambda name: rows[name]["title"], key="refiner"
    ) or next(iter(rows))
    st.caption(rows[chosen]["summary"])
    settings = forms.settings(type(selection.refiner(chosen)), key=f"refiner_{chosen}", space=space)
    lacks = _wants_target(chosen) and not settings.model_dump()["targets"]
    if lacks:
        st.caption("Add the benchmark's items under Targets first.")
    name = st.text_input(
        "New workspace", value=f"{space.name}-{chosen}"[:64], max_chars=64, key="refine_into"
    )
    into = workspace.root() / name.strip()
    pairs = target_sets.arguments(settings)[1:]
    progress.start_button(
        space, "Refine", "refine", chosen, "--into", str(into), *pairs, key="refine_start",
        disabled=not name.strip() or "/" in name or lacks, type="primary", icon=":material/content_cut:",
        help="The documents of this workspace stay as they are.",
    )  # fmt: skip


def _wants_target(refiner: str) -> bool:
    return "targets" in type(selection.refiner(refiner)).model_fields
