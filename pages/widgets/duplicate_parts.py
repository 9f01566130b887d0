"""The Duplicates view of the Quality page: how much there is, in which clusters, and how surely it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import duplicate_charts, preview, progress, reader, style, tiles, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.duplicates import Duplicates

_LISTED = 50  # largest clusters that can be opened
_OPENED = 500  # documents of one of them
_KINDS = ["Near-duplicates", "Exact duplicates"]


@st.cache_resource(show_spinner="Counting duplicates", max_entries=8)
def _found(_space: Workspace, signature: tuple, kind: str) -> Any:
    return selection.duplicates(_space, kind)


@st.cache_resource(show_spinner="Measuring on edited documents", max_entries=8)
def _curve(_space: Workspace, signature: tuple) -> Any:
    return selection.match_curve(_space)


def duplicates(space: Workspace) -> None:
    """Everything about one kind of duplicates."""
    chosen = st.segmented_control(
        "Kind", _KINDS, default=_KINDS[0], key="duplicates", bind="query-params", required=True, label_visibility="collapsed"
    )  # fmt: skip
    kind = "exact" if chosen == _KINDS[1] else "near"
    if f"{kind}_duplicate_cluster" not in selection.signal_names(space):
        st.info("Duplicates have not been looked for among all documents yet.")
        progress.start_button(
            space, "Look for duplicates", "score", f"{kind}_duplicates", key="score_duplicates"
        )
        return
    found = _found(space, workspace.signature(space), kind)
    _totals(found)
    note = style.exact(found.n_docs)
    how = (
        "linked by MinHash, which may miss or add pairs as the curve says" if kind == "near" else ""
    )
    st.caption("; ".join(filter(None, [f"Counts of clusters: {note}", how])))
    left, right = st.columns(2)
    with left:
        if len(found.firsts):
            told = duplicate_charts.sizes(found)
            preview.figure(
                "Sizes of clusters", told, "fig_sizes", f"clusters of two or more; {note}"
            )
        else:
            same = "nearly the same" if kind == "near" else "the same"
            st.info(f"No two documents are {same}: {note}.", icon=":material/check_circle:")
    with right:
        if kind == "near":
            _how_surely(space, found.n_docs)
    if len(found.firsts):
        _cluster(space, found, kind)


def _totals(found: Duplicates) -> None:
    shown = (
        ("Clusters", f"{len(found.firsts):,}", "Groups of two documents or more."),
        ("Documents in them", f"{found.docs_in:,}", f"{found.docs_in / found.n_docs:.2%} of all."),
        ("Redundant documents", f"{found.docs_beside:,}", "Those that go when one of each cluster stays."),
        ("Redundant tokens", style.compact(found.tokens_beside),
         f"{found.tokens_beside:,}, {found.tokens_beside / max(1, found.n_tokens):.2%} of all."),
    )  # fmt: skip
    for place, (label, value, help) in zip(tiles.four(), shown, strict=True):
        place.metric(label, value, help=help, border=True)


def _how_surely(space: Workspace, n_docs: int) -> None:
    curve = _curve(space, workspace.signature(space))
    told = duplicate_charts.match_curve(curve)
    note = (
        f"{curve.n_bands} × {curve.n_rows} over {curve.ngram} words; {int(curve.n_pairs.sum()):,} edits of"
        f" a sample of {curve.n_documents:,} of {n_docs:,} documents, 99 % intervals; dotted: threshold"
    )
    preview.figure("How surely two documents are linked", told, "fig_match", note)


@st.fragment
def _cluster(space: Workspace, found: Duplicates, kind: str) -> None:
    """Two documents of one of the largest clusters, side by side."""
    st.subheader("Largest clusters")
    n_listed = min(_LISTED, len(found.firsts))
    place = st.selectbox(
        "Cluster",
        range(n_listed),
        format_func=lambda i: f"{found.sizes[i]:,} documents, the first is {found.firsts[i]:,}",
        key=f"cluster_{kind}",
    )
    if n_listed < len(found.firsts):
        st.caption(f"By size: {style.listed(n_listed, len(found.firsts), 'clusters')}.")
    n_members = int(found.sizes[place or 0])
    members = found.members(int(found.firsts[place or 0]))[:_OPENED].tolist()
    if n_members > _OPENED:
        st.caption(f"To be read: {style.listed(_OPENED, n_members)}.")
    shown: list[int] = []
    for number, column in enumerate(st.columns(2)):
        with column:
            shown.append(
                st.selectbox(
                    "Document" if number == 0 else "Beside it",
                    members,
                    index=number,
                    format_func="document {:,}".format,
                    key=f"member_{kind}_{place}_{number}",
                )
            )
            reader.text(selection.read_documents(space, [shown[number]])[0])
    if kind == "exact":
        return
    ngram = _curve(space, workspace.signature(space)).ngram
    shared = selection.shingle_similarity(space, *shown, ngram)
    st.caption(
        f"They share {shared:.1%} of their runs of {ngram} words (Jaccard). A cluster also holds documents that are linked"
        " only through others."
    )
