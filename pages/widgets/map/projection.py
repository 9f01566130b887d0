"""Projection: which map this is, from how many documents it and the clusters on it were learnt, and the way to a better one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import progress, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace

_NAMES = {"umap": "UMAP", "pca": "PCA preview", "attach": "attached coordinates"}


def projection(space: Workspace) -> Any:
    """The run that placed the documents; None before there is one."""
    return workspace.status(space).map


def say(space: Workspace) -> None:
    """The projection; beside the quick preview, the button that makes the better one."""
    run = projection(space)
    if run is None:
        return
    busy = any(
        job.alive and job.argv[:1] in (["map"], ["demo"]) for job in selection.list_jobs(space)
    )
    name = reader.inert(str(_NAMES.get(run.what, run.what)))
    if run.what != "pca":
        st.caption(f"{name} · {_seen(space, run)}")
    elif busy:
        st.caption(
            f"{name}: the two directions of largest variance; UMAP is being made · {_seen(space, run)}"
        )
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"{name}: the two directions of largest variance. UMAP separates topics better · {_seen(space, run)}",
                width="content",
            )
            progress.start_button(space, "Make UMAP map", "map", key="start_umap")


def _seen(space: Workspace, run: Any) -> str:
    """Places are of every document, and so are clusters; what both follow may come from a sample."""
    n_learnt, clusters = selection.map_learnt_from(run), workspace.status(space).clusters
    told = style.counted(run.n_docs, "documents")
    if n_learnt < run.n_docs:
        told = style.learnt(n_learnt, run.n_docs)
    if clusters is None or selection.clusters_learnt_from(clusters) >= clusters.n_docs:
        return told
    return f"{told}; clusters {style.learnt(selection.clusters_learnt_from(clusters), clusters.n_docs)}"
