"""Axis students on the Axes page: which axes are in use, how well students predict them, and the form that trains one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import progress, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.provenance import Run

_KINDS = {
    "ridge": "Ridge on embeddings",
    "mlp": "Small neural network on embeddings",
    "signals": "Ridge on signals",
    "ngrams": "Linear on words and word pairs",
}

_FIGURES = {"R²": "r2", "off by": "mae", "best tenth": "precision_top"}


def in_use(space: Workspace, run: Run) -> None:
    """The axes that there are, to change between fitted and predicted ones."""
    known = {each.key: each for each in selection.list_axes(space)}
    if len(known) < 2:
        return
    chosen = st.selectbox(
        "Axes in use", list(known), index=list(known).index(run.key), key=f"axes_in_use_{run.key}",
        format_func=lambda key: reader.plain(_title(known[key]), 120),
        help="What methods and pages mean by the axes.",
    )  # fmt: skip
    if chosen and chosen != run.key:
        selection.use_axes(space, chosen)
        st.rerun()


def _title(run: Run) -> str:
    made = run.created[:16].replace("T", " ")
    if run.verb == "student":
        return f"predicted by {run.settings['name']} ({run.what}), {made}"
    return f"fitted on {len(run.facts['signals'])} signals, {made}"


def students(space: Workspace, run: Run) -> None:
    """Figures of the student whose axes are in use, else what one is for; and the form."""
    if "learnt" in run.facts:
        _figures(run)
    else:
        st.caption(
            "A student learns the axes from the documents that have them and predicts them for every document: a sample is"
            " rated, a corpus of any size gets its scores. Predicted axes are no longer exactly uncorrelated."
        )
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    kind = left.selectbox(
        "Kind", list(_KINDS), format_func=_KINDS.__getitem__, key="axis_student_kind"
    )
    name = middle.text_input("Name", "axes", key="axis_student_name", max_chars=32)
    if kind in ("ridge", "mlp") and not workspace.status(space).ready.get("embedding", False):
        st.caption("This kind needs a vector for every document.")
        workspace.offer(space, "embedding")
        return
    with right:
        progress.start_button(
            space, "Train on these axes", "student", "--from", "axes", "--kind", kind or "ridge", "--name", name or "axes",
            key="train_axis_student", icon=":material/school:",
        )  # fmt: skip


def _figures(run: Run) -> None:
    """Per axis how well it is predicted, and per pair how far it stayed apart."""
    facts = run.facts
    if "warning" in facts:
        st.warning(
            reader.inert(facts["warning"][:1].upper() + facts["warning"][1:]) + ".",
            icon=":material/warning:",
        )
    left, right = st.columns([6, 5], gap="medium")
    with left:
        _predicted(facts["learnt"])
        st.caption(
            f"A sample of {facts['learnt'][0]['n']:,} documents held out, in brackets 95 % intervals; learnt from"
            f" {facts['n_rated']:,} of {run.n_docs:,}. Best tenth: of the tenth predicted highest, the share that is."
        )
    with right:
        _apart(facts.get("found", []))
        st.caption(f"Tops of a tenth of the tokens · {style.exact(run.n_docs)}")


def _predicted(learnt: list[dict]) -> None:
    st.dataframe(
        [
            {
                "axis": reader.words(row["column"]),
                "rank correlation": _sure(row["spearman"], (row["low"], row["high"])),
                **{
                    title: _sure(row[name], row.get("intervals", {}).get(name))
                    for title, name in _FIGURES.items()
                },
            }
            for row in learnt
        ],
        key="axis_student_learnt", hide_index=True, height="content", placeholder="–",
    )  # fmt: skip


def _sure(value: float | None, ends: Sequence[float | None] | None) -> str | None:
    if value is None:
        return None
    if not ends or None in ends:
        return f"{value:.2f} (no interval)"
    return f"{value:.2f} ({ends[0]:.2f} to {ends[1]:.2f})"


def _apart(found: list[dict]) -> None:
    two = st.column_config.NumberColumn(format="%.2f")
    share = st.column_config.NumberColumn(format="%.1f %%")
    st.dataframe(
        [
            {
                "axes": row["axes"], "correlation, fitted": row["correlation_projected"],
                "predicted": row["correlation_predicted"], "overlap": 100 * row["overlap"], "by chance": 100 * row["by_chance"],
            }
            for row in found
        ],
        key="axis_student_apart", hide_index=True, height="content", placeholder="–",
        column_config={"correlation, fitted": two, "predicted": two, "overlap": share, "by chance": share},
    )  # fmt: skip
