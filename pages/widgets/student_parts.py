"""The Students view of the Quality page: train a rater on ratings of a sample, and see how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import progress, reader, student_charts, style, tiles, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.provenance import Run
    from selection.workflow.lesson import Offered

_EMBEDDED = ("ridge", "mlp", "pairs")
_PAIRS = {"pairs": "Bradley-Terry on embeddings"}
_KINDS = {
    "ridge": "Ridge on embeddings",
    "signals": "Ridge on signals",
    "ngrams": "Linear on words and word pairs",
    "mlp": "Small neural network on embeddings",
    "encoder": "Fine-tuned text encoder (minutes)",
}


def students(space: Workspace) -> None:
    """The form that trains one, and what is known of each that is there."""
    known = selection.list_students(space)
    with st.expander("Train a student", expanded=not known, icon=":material/school:"):
        _form(space)
    if not known:
        st.info(
            "A student learns ratings of a sample and rates every document. Ask a judge, read at the Desk, attach ratings on"
            " the Corpus page, or take any column that is there.",
            icon=":material/school:",
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
    offered = _offered(space, workspace.signature(space))
    if not offered:
        st.caption("No ratings and no column of numbers yet.")
        return
    left, middle, right = st.columns(3)
    place = left.selectbox(
        "Learns from", range(len(offered)), key="student_lesson",
        format_func=lambda i: reader.plain(reader.words(offered[i].title), 80),
        help="What judges and readers said of a sample, axes, or any column of numbers.",
    )  # fmt: skip
    lesson = offered[place or 0]
    kinds = _PAIRS if lesson.learns_from == "pairs" else _KINDS
    kind = middle.selectbox(
        "Kind", list(kinds), format_func=kinds.__getitem__, key=f"student_kind_{lesson.learns_from}"
    )
    name = right.text_input("Name", "mine", key="student_name", max_chars=32)
    named = () if lesson.column is None else ("--column", lesson.column)
    chosen = kind or next(iter(kinds))
    embedded = workspace.status(space).ready.get("embedding", False)
    if chosen in _EMBEDDED and not embedded:
        st.caption("This kind needs a vector for every document.")
        workspace.offer(space, "embedding")
        return
    progress.start_button(
        space, "Train", "student", "--from", lesson.source, *named, "--kind", chosen, "--name", name or "mine",
        key="train_student", type="primary", icon=":material/school:",
    )  # fmt: skip


@st.cache_data(show_spinner=False, max_entries=8, ttl=15)  # judgements at the desk leave no mark
def _offered(_space: Workspace, signature: tuple) -> list[Offered]:
    return selection.lessons(_space)


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
    metrics(row)
    _charts(facts, column or names[0], style.sampled(row["n"], run.n_docs))
    st.caption(
        reader.inert(
            f"Learnt from {facts['rated']} of {facts['from']}, {facts['n_rated']:,} ratings. Held out: {facts['split']}."
            " The student that rates the corpus has learnt from all of them."
        )
    )


def metrics(row: dict[str, Any]) -> None:
    """Four figures on documents held out, each with what to hold it against."""
    told = (
        ("Rank correlation", _two(row["spearman"]), f"{_two(row['low'])} to {_two(row['high'])}",
         f"Spearman's, with its 95 % interval, on {row['n']:,} documents held out."),
        ("R²", _two(row["r2"]), "0 is the mean rating", "1 is perfect, 0 is no better than the mean rating."),
        ("Off by, on average", _two(row["mae"]), f"{row['n']:,} held out", "Mean absolute error, in units of the rating."),
        ("Right in its best tenth", _share(row["precision_top"]), f"{_share(row['chance_top'])} by chance",
         "Of the tenth that it puts first, the share that is rated as high as the best tenth."),
    )  # fmt: skip
    for place, (label, value, beside, help) in zip(tiles.four(), told, strict=True):
        place.metric(
            label, value, beside, delta_color="off", delta_arrow="off", help=help, border=True
        )


def _charts(facts: dict[str, Any], column: str, seen: str) -> None:
    left, right = st.columns(2)
    with left:
        st.plotly_chart(
            student_charts.calibration(facts["calibration"][column]),
            key="student_calibration",
            config=style.CONFIG,
            alt="Mean rating in ten bins of the prediction",
        )
        st.caption(
            "Mean rating in ten bins by prediction, each of a tenth of the documents held out; dotted: as predicted."
        )
    with right:
        curve = [point for point in facts["curve"] if point["column"] == column]
        st.plotly_chart(
            student_charts.curve(curve),
            key="student_curve",
            config=style.CONFIG,
            alt="Rank correlation by the number of ratings learnt from",
        )
        st.caption(f"Still rising at the end: more ratings would help. Held out: {seen}.")


def _two(value: Any) -> str:
    return "–" if value is None else f"{value:.2f}"


def _share(value: Any) -> str:
    return "–" if value is None else f"{value:.0%}"
