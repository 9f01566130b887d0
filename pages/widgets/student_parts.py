"""The Students view of the Quality page: train a rater on ratings of a sample, and see how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import progress, reader, student_charts, style, tiles, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.provenance import Run

_AXES = "all axes"
_KINDS = {
    "ridge": "Ridge on embeddings",
    "signals": "Ridge on signals",
    "ngrams": "Linear on words and word pairs",
    "mlp": "Small neural network on embeddings",
}


def students(space: Workspace) -> None:
    """The form that trains one, and what is known of each that is there."""
    known = selection.list_students(space)
    with st.expander("Train a student", expanded=not known, icon=":material/school:"):
        _form(space)
    if not known:
        st.info(
            "A student learns ratings of a sample and rates every document. Attach ratings on the Corpus page, or take any"
            " column that is there."
        )
        return
    names = [f"{run.settings['name']} ({run.what}, run {run.key[:6]})" for run in known]
    place = st.selectbox(
        "Student",
        range(len(known)),
        format_func=lambda i: reader.plain(names[i], 80),
        key="student",
    )
    _figures(known[place or 0])


def _form(space: Workspace) -> None:
    columns = selection.rated_columns(space)
    if workspace.status(space).axes is not None:
        columns = {_AXES: "axes", **columns}
    if not columns:
        st.caption("No column of numbers yet.")
        return
    left, middle, right = st.columns(3)
    shown = left.selectbox(
        "Ratings",
        list(columns),
        key="student_column",
        help="Any column of numbers; documents without a number are not rated.",
    )
    kind = middle.selectbox(
        "Kind", list(_KINDS), format_func=_KINDS.__getitem__, key="student_kind"
    )
    name = right.text_input("Name", "mine", key="student_name", max_chars=32)
    shown = shown or next(iter(columns))
    named = () if shown == _AXES else ("--column", shown)
    progress.start_button(
        space,
        "Train",
        "student",
        "--from",
        columns[shown],
        *named,
        "--kind",
        kind or "ridge",
        "--name",
        name or "mine",
        key="train_student",
        type="primary",
        icon=":material/school:",
    )


def _figures(run: Run) -> None:
    facts = run.facts
    if "warning" in facts:
        st.warning(
            reader.inert(facts["warning"][:1].upper() + facts["warning"][1:]) + ".",
            icon=":material/warning:",
        )
    names = [row["column"] for row in facts.get("learnt", [])]
    column = (
        names[0]
        if len(names) == 1
        else st.segmented_control(
            "Column", names, default=names[0], required=True, key="student_shown"
        )
    )
    row = next(row for row in facts["learnt"] if row["column"] == column)
    _metrics(row)
    _charts(facts, column or names[0])
    st.caption(
        reader.inert(
            f"Learnt from {facts['rated']} of {facts['from']}, {facts['n_rated']:,} ratings. Held out: {facts['split']}."
            " The student that rates the corpus has learnt from all of them."
        )
    )


def _metrics(row: dict[str, Any]) -> None:
    boxes = tiles.four()
    boxes[0].metric(
        "Rank correlation",
        _two(row["spearman"]),
        help=f"95 %: {_two(row['low'])} to {_two(row['high'])}, on {row['n']:,} documents held out.",
    )
    boxes[1].metric(
        "R²", _two(row["r2"]), help="1 is perfect, 0 is no better than the mean rating."
    )
    boxes[2].metric(
        "Off by, on average", _two(row["mae"]), help="Mean absolute error, in units of the rating."
    )
    boxes[3].metric(
        "Right in its best tenth",
        _share(row["precision_top"]),
        help=f"{_share(row['chance_top'])} by chance.",
    )


def _charts(facts: dict[str, Any], column: str) -> None:
    left, right = st.columns(2)
    with left:
        st.plotly_chart(
            student_charts.calibration(facts["calibration"][column]),
            key="student_calibration",
            config=style.CONFIG,
            alt="Mean rating in ten bins of the prediction",
        )
        st.caption("Mean rating in ten bins by prediction; dotted: as predicted.")
    with right:
        curve = [point for point in facts["curve"] if point["column"] == column]
        st.plotly_chart(
            student_charts.curve(curve),
            key="student_curve",
            config=style.CONFIG,
            alt="Rank correlation by the number of ratings learnt from",
        )
        st.caption("Still rising at the end: more ratings would help.")


def _two(value: Any) -> str:
    return "–" if value is None else f"{value:.2f}"


def _share(value: Any) -> str:
    return "–" if value is None else f"{value:.0%}"
