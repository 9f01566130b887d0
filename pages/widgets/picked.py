"""The documents behind a preview: what came in and went out, what was left out and why, and texts on both sides of the cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

import selection
from pages.widgets import listing, reader, style

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.picture import Picture


def changes(space: Workspace, seen: Picture) -> None:
    """Which documents came in and which went out, against the setting before or a saved subset."""
    past = st.session_state.get("previews", [])
    saved = [facts["name"] for facts in selection.list_subsets(space)]
    options = (["the setting before"] if len(past) > 1 else []) + saved
    if not options:
        st.info("Move a setting: the documents that come in and go out are listed here.")
        return
    against = st.selectbox("Compared with", options, key="changes_against")
    if against == "the setting before" and len(past) > 1:
        earlier = past[-2]["copies"]
        st.caption(reader.inert(past[-2]["label"]))
    else:
        earlier = selection.subset_copies(space, against)
    now = seen.drawn.copies()
    moved = selection.swap(earlier, now, selection.tokens(space))
    if moved.empty:
        st.info("The same documents are kept.", icon=":material/check:")
        return
    st.caption(
        f"{moved.tokens_in:,} tokens came in, {moved.tokens_out:,} went out, copies counted;"
        f" {style.exact(seen.corpus_docs)}. The largest documents are listed first, at most 200 a side."
    )
    counts = {"Came in": moved.n_in, "Went out": moved.n_out}
    side = st.segmented_control(
        "Side",
        list(counts),
        default="Came in" if moved.n_in else "Went out",
        required=True,
        format_func=lambda name: f"{name} ({counts[name]:,})",
        key="changes_side",
        label_visibility="collapsed",
    )
    listed = moved.went_out if side == "Went out" else moved.came_in
    _documents(space, seen, listed, "changes")


def left_out(space: Workspace, seen: Picture) -> None:
    """Why documents are not in the subset, with counts that add up."""
    excluded = sum(seen.drawn.weighed.weights.excluded.values())
    n_docs = seen.corpus_docs - seen.n_docs
    st.caption(
        f"{n_docs:,} of {seen.corpus_docs:,} documents are not kept"
        + (f"; {excluded:,} of them lack a value that the method needs" if excluded else "")
        + f". {style.exact(seen.corpus_docs).capitalize()}."
    )
    st.dataframe(
        {
            "reason": [reader.plain(row["reason"], 200) for row in seen.left_out],
            "documents": [row["n_docs"] for row in seen.left_out],
            "tokens": [row["n_tokens"] for row in seen.left_out],
            "share of the corpus": [
                100 * row["n_tokens"] / max(seen.corpus_tokens, 1) for row in seen.left_out
            ],
        },
        hide_index=True,
        key="left_out",
        column_config={
            "reason": st.column_config.TextColumn(width="large"),
            "documents": st.column_config.NumberColumn(format="localized"),
            "tokens": st.column_config.NumberColumn(format="localized"),
            "share of the corpus": st.column_config.ProgressColumn(
                format="%.1f%%", min_value=0, max_value=100
            ),
        },
    )


def read(space: Workspace, seen: Picture) -> None:
    """Texts on both sides of the cut, and of documents that can never be drawn, with why."""
    near = selection.near_cut(space, seen.drawn)
    sides = {
        "Just in": near.just_in,
        "Just out": near.just_out,
        "Never drawn": near.barred,
    }
    here = [name for name, ids in sides.items() if len(ids)]
    if not here:
        st.caption("No documents.")
        return
    side = st.segmented_control(
        "Side of the cut",
        here,
        default=here[0],
        required=True,
        key="read_side",
        label_visibility="collapsed",
    )
    ids = sides[side if side in here else here[0]]
    n_barred = int(np.isneginf(seen.drawn.weighed.weights.log_weight).sum())
    st.caption(
        f"{'All' if len(ids) == n_barred else f'A random sample of {len(ids):,} of the'} {n_barred:,} documents that a"
        f" filter, a gate, a list or a missing value rules out."
        if side == "Never drawn"
        else f"The {len(ids):,} nearest to the cut, nearest first; {style.exact(seen.corpus_docs)}."
    )  # fmt: skip
    _documents(space, seen, ids, "read")


def _documents(space: Workspace, seen: Picture, doc_ids: np.ndarray, key: str) -> None:
    columns = selection.draw_reasons(seen.drawn, doc_ids)
    if not any(value != 1 for value in columns["copies"]):
        columns.pop("copies")
    columns = {
        name: values for name, values in columns.items() if any(v not in ("", None) for v in values)
    }
    listing.documents(space, doc_ids.tolist(), columns=columns, key=key)
