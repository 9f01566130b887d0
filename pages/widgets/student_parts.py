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
    _charts(facts, column or names[0])
    st.caption(
        reader.inert(
            f"Learnt from {facts['rated']} of {facts['from']}, {facts['n_rated']:,} ratings, measured after {row['n_train']:,}"
            f" of them. Held out: {facts['split']}. The student that rates the corpus has learnt from all of them."
            + (
                f" {facts['how_sure'][:1].upper()}{facts['how_sure'][1:]}."
                if "how_sure" in facts
                else ""
            )
        )
    )


def metrics(row: dict[str, Any]) -> None:
    """Four figures on documents held out, each with its interval; of ratings with two values the area instead of the error."""
    n, known = f"{row['n']:,} held out", row.get("intervals", {})
    error = ("Off by, on average", "mae", _two, n, "Mean absolute error, in units of the rating.")
    area = ("Area under the curve", "auc", _two, n,
            "The chance that one rated high is put above one rated low; 0.5 is a coin.")  # fmt: skip
    told = (
        ("Rank correlation", "spearman", _two, n, "Spearman's."),
        ("R²", "r2", _two, "0 is the mean", "1 is perfect, 0 is no better than the mean rating."),
        error if row["auc"] is None else area,
        ("Right in its best tenth", "precision_top", _share, f"{_share(row['chance_top'])} by chance",
         "Of the tenth that it puts first, the share that is rated as high as the best tenth."),
    )  # fmt: skip
    known = {"spearman": (row["low"], row["high"]), **known}
    for place, (label, name, shown, beside, meaning) in zip(tiles.four(), told, strict=True):
        low, high = known.get(name) or (None, None)
        sure = "no interval" if low is None or high is None else f"{shown(low)} to {shown(high)}"
        place.metric(
            label, shown(row[name]), f"{sure}, {beside}", delta_color="off", delta_arrow="off", border=True,
            help=f"{meaning} With its 95 % interval; a sample of {row['n']:,} documents held out.",
        )  # fmt: skip


def _charts(facts: dict[str, Any], column: str) -> None:
    left, right = st.columns(2)
    bins = facts["calibration"][column]
    with left:
        st.plotly_chart(
            student_charts.calibration(bins),
            key="student_calibration",
            config=style.CONFIG,
            alt="Mean rating in bins of the prediction, with 95 % intervals",
        )
        sizes = [each["n"] for each in bins] or [0]
        held = (
            f"{min(sizes):,}" if min(sizes) == max(sizes) else f"{min(sizes):,} to {max(sizes):,}"
        )
        st.caption(
            f"Mean rating by prediction, {held} held-out documents a bin; bars: 95 % intervals, none where a bin's ratings"
            " are all alike. Dotted: as predicted."
        )
    with right:
        curve = [point for point in facts["curve"] if point["column"] == column]
        st.plotly_chart(
            student_charts.curve(curve),
            key="student_curve",
            config=style.CONFIG,
            alt="Rank correlation by the number of ratings learnt from, with 95 % intervals",
        )
        held_out = next((row["n"] for row in facts["learnt"] if row["column"] == column), 0)
        st.caption(
            f"Each point on the same {held_out:,} held-out documents; bars: 95 % intervals. Still rising at the end: more"
            " ratings would help."
        )


def _two(value: Any) -> str:
    return "–" if value is None else f"{value:.2f}"


def _share(value: Any) -> str:
    return "–" if value is None else f"{value:.0%}"
