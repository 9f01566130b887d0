"""How far other raters agree with a reader, and a student that learns from what the reader said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import agreement_charts, progress, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.desk import Desk

_FIGURES = {
    "spearman": ("rank correlation", "Spearman's, on documents that both rated. 0 is chance."),
    "pairs": ("same order", "Of two documents, how often the rater puts above what you put above. 50 % is chance."),
    "kappa": ("kappa", "Quadratic weights: order and level. 0 is chance; for raters on 0 to 5 only."),
}  # fmt: skip
_EVERY = 5  # judgements after which raters are compared again
_FEWEST = 30  # judgements that a student is trained on


@st.cache_data(show_spinner="Comparing raters with you", max_entries=16)
def _agreed(
    _space: Workspace, signature: tuple, n_answers: int, rater: str
) -> list[dict[str, Any]]:
    return [each.row() for each in selection.agree(_space, rater)]


def with_others(space: Workspace, desk: Desk) -> None:
    """A row per dimension and rater, with 95 % intervals."""
    st.subheader("How far others agree with you")
    standing = selection.desk_standing(space, desk)
    kept = [r for r in selection.list_ratings(space) if r["rater"] == desk.plan.rater]
    if not kept:
        st.info(
            "Judge a few documents: every rater that has seen them is then compared with you, and so are you with yourself,"
            " since one in ten comes back.",
            icon=":material/balance:",
        )
        return
    n_rated = standing.n_rated - standing.n_rated % _EVERY
    rows = _agreed(space, workspace.signature(space), n_rated, desk.plan.rater)
    shown = [row for row in rows if any(row[name] is not None for name in _FIGURES)]
    if shown:
        _figure(shown, rows)
    else:
        st.caption(
            f"{standing.n_rated:,} judged so far; figures begin at five documents that both have rated."
        )


def _figure(rows: list[dict[str, Any]], every: list[dict[str, Any]]) -> None:
    there = [name for name in _FIGURES if any(row[name] is not None for row in rows)]
    name = st.segmented_control(
        "Figure", there, default=there[0], key="desk_figure", required=True, label_visibility="collapsed",
        format_func=lambda name: _FIGURES[name][0],
    ) or there[0]  # fmt: skip
    st.plotly_chart(
        agreement_charts.intervals(rows, name), key="desk_intervals", config=style.CONFIG,
        alt=f"{_FIGURES[name][0]} of every rater with you, with 95 % intervals",
    )  # fmt: skip
    st.caption(
        f"{_FIGURES[name][1]} Bars are 95 % intervals, from up to {max(row['n_docs'] for row in rows):,} documents that"
        f" you judged (of more than {selection.MOST_PAIRED:,}, a sample of as many makes the pairs); looked at again every"
        f" {_EVERY} judgements."
    )
    absent = [row for row in every if row[name] is None]
    if absent:
        st.caption(
            f"Without this figure: {len(absent):,} of {len(every):,} rows; the table says why."
        )
    with st.expander("All figures", icon=":material/table:"):
        _table(every)


def _table(rows: list[dict[str, Any]]) -> None:
    decimals = st.column_config.NumberColumn(format="%.2f")
    table = [
        {
            "dimension": reader.plain(reader.words(row["dimension"]), 60),
            "rater": reader.plain(row["rater"], 80),
            "documents": row["n_docs"],
            "pairs": row["n_pairs"],
            **{
                f"{_FIGURES[name][0]}{said}": row[f"{name}{end}"]
                for name in _FIGURES
                for end, said in (("", ""), ("_low", ", from"), ("_high", ", to"))
            },
            "why a figure is missing": row["missing"],
        }
        for row in rows
    ]
    figures = [f"{said}{end}" for said, _ in _FIGURES.values() for end in ("", ", from", ", to")]
    st.dataframe(
        table, key="desk_table", hide_index=True, height="content",
        column_config={name: decimals for name in figures},
    )  # fmt: skip


def student(space: Workspace, desk: Desk) -> None:
    """Train a student on what was judged, so that it rates every document as the reader would."""
    st.subheader("A student that learns from you")
    known = {record["key"] for record in selection.list_ratings(space)}
    counted = selection.judge_facts(space, desk.key)["by_dimension"] if desk.key in known else {}
    ready = [name for name in desk.dimensions if counted.get(name, 0) >= _FEWEST]
    if not ready:
        most = max((counted.get(name, 0) for name in desk.dimensions), default=0)
        st.info(
            f"A student needs {_FEWEST} judgements of one dimension; there are {most:,}. A few hundred make a good one.",
            icon=":material/school:",
        )
        return
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    dimension = left.selectbox(
        "Dimension", ready, key="desk_student_dimension",
        format_func=lambda name: f"{name.replace('_', ' ')} ({counted[name]:,})",
    ) or ready[0]  # fmt: skip
    embedded = workspace.status(space).ready.get("embedding", False)
    if desk.plan.pairs:
        kinds = {"pairs": "Bradley-Terry on embeddings"} if embedded else {}
    else:
        kinds = {"ridge": "Ridge on embeddings"} if embedded else {}
        kinds |= {"signals": "Ridge on signals", "ngrams": "Linear on words and word pairs"}
    if not kinds:
        st.info("A student of pairs needs a vector for every document.", icon=":material/school:")
        workspace.offer(space, "embedding")
        return
    kind = middle.selectbox(
        "Kind", list(kinds), key="desk_student_kind", format_func=kinds.__getitem__
    )
    with right:
        progress.start_button(
            space, "Train", "student", "--from", desk.key, "--column", dimension, "--kind", kind or next(iter(kinds)),
            "--name", f"{desk.plan.model}_student"[:32], key="desk_train", icon=":material/school:",
        )  # fmt: skip
    st.caption(
        "It rates every document; how well stands on Quality under Students, on judgements it has not seen."
    )
