"""The funnel of Select's filters: what each rule removes, and what is left after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import comparison_charts, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.method import Method
    from selection.workflow.funnel import Funnel
    from selection.workflow.picture import Picture

_REMOVED = (
    "#D9822B"  # reads on white and on black, beside the accent's blue and for the colour-blind
)


@st.cache_data(show_spinner=False, max_entries=16)
def _counted(_space: Workspace, signature: tuple, key: tuple, _filters: list[Any]) -> Funnel:
    return selection.funnel(_space, _filters)


def show(space: Workspace, seen: Picture) -> None:
    """Chart and table of the filters of a preview."""
    of(space, seen.drawn.weighed.methods)


def of(space: Workspace, methods: Sequence[Method]) -> None:
    """Chart and table of the filters among these methods, which may have left too little to draw from."""
    filters = [method for method in methods if method.scale == "none"]
    if not filters:
        st.info(
            "Choose a filter, as the method or under Filters: its rules are counted here.",
            icon=":material/filter_alt:",
        )
        return
    key = tuple((method.id(), method.model_dump_json()) for method in filters)
    told = _counted(space, workspace.signature(space), key, filters)
    st.caption(
        f"{told.kept.n_docs:,} of {told.corpus.n_docs:,} documents and {told.kept.n_tokens:,} of"
        f" {told.corpus.n_tokens:,} tokens pass all rules. {style.exact(told.corpus.n_docs).capitalize()}."
    )
    noun = st.segmented_control(
        "Count",
        ["documents", "tokens"],
        default="documents",
        required=True,
        key="funnel_noun",
        bind="query-params",
        label_visibility="collapsed",
    )
    field = "n_tokens" if noun == "tokens" else "n_docs"
    fig, alt = chart(told, field, noun or "documents")
    with st.container(border=True, gap=None):
        st.markdown("**What each rule removes, in sequence**")
        note = style.exact(told.corpus.n_docs)
        st.caption(
            f"share of the corpus after each rule: blue is left, orange was removed by it; {note}"
        )
        st.plotly_chart(
            fig, key="fig_funnel", config={**style.CONFIG, "displayModeBar": False}, alt=alt
        )
    _table(told, field)
    for method, rows in told.thresholds.items():
        _thresholds(method, rows)


def chart(told: Funnel, field: str, noun: str) -> comparison_charts.Told:
    """One row a rule: what is left after it, and what it took."""
    total = max(getattr(told.corpus, field), 1)
    left = np.array([getattr(rule.left, field) for rule in told.rules]) / total
    gone = np.array([getattr(rule.in_sequence, field) for rule in told.rules]) / total
    counts = np.array(
        [[getattr(rule.left, field), getattr(rule.in_sequence, field)] for rule in told.rules]
    )
    places = np.arange(len(told.rules))
    bars = [
        _bar(left, places, comparison_charts.KEPT, "left", counts[:, 0], noun),
        _bar(gone, places, _REMOVED, "removed by it", counts[:, 1], noun),
    ]
    layout = comparison_charts.row_layout([reader.label(rule.rule, 46) for rule in told.rules])
    layout |= {"barmode": "stack", "bargap": 0.28}
    axis = {"tickformat": ".0%", "range": [0, 1.005], "nticks": 6, "tickangle": 0}
    most = max(told.rules, key=lambda rule: getattr(rule.in_sequence, field))
    taken = getattr(most.in_sequence, field)
    alt = (
        f"{len(told.rules)} rules leave {getattr(told.kept, field):,} of {total:,} {noun};"
        f" {reader.plain(most.rule, 80)} removes most, {taken:,}."
    )
    return comparison_charts.drawn(bars, {**layout, "xaxis": axis}), alt


def _bar(
    share: np.ndarray, places: np.ndarray, colour: str, name: str, counts: np.ndarray, noun: str
) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": share,
        "y": places,
        "orientation": "h",
        "name": name,
        "marker": {"color": colour, "line": {"width": 0}},
        "customdata": counts,
        "hovertemplate": f"%{{customdata:,}} {noun} {name}, %{{x:.2%}} of the corpus<extra></extra>",
    }


def _table(told: Funnel, field: str) -> None:
    count = st.column_config.NumberColumn(format="localized", width="small")
    columns = {
        "alone": ("alone", "What the rule removes if it is the only one."),
        "in sequence": ("in_sequence", "What it removes of what the rules before it left."),
        "only it": ("only_it", "What no other rule would remove."),
        "left": ("left", "What is left after it and all before it."),
    }
    st.dataframe(
        {
            "filter": [rule.title for rule in told.rules],
            "rule": [reader.plain(rule.rule, 120) for rule in told.rules],
            **{
                name: [getattr(getattr(rule, part), field) for rule in told.rules]
                for name, (part, _) in columns.items()
            },
        },
        hide_index=True,
        key="funnel_table",
        height="content",
        column_config={
            "rule": st.column_config.TextColumn(width="medium"),
            **{name: {**count, "help": help_} for name, (_, help_) in columns.items()},
        },
    )


def _thresholds(method: str, rows: list[dict[str, Any]]) -> None:
    """The bounds that were fitted, a row a language; they travel in the recipe."""
    with st.expander(f"Fitted bounds of {method} ({len(rows)} languages)"):
        names = list(rows[0]) if rows else []
        st.dataframe(
            {
                name: [reader.plain(v, 40) if isinstance(v, str) else v for v in values]
                for name, values in ((name, [row[name] for row in rows]) for name in names)
            },
            hide_index=True,
            key=f"thresholds_{method}",
            column_config={
                name: st.column_config.NumberColumn(format="%.4g") for name in names[2:]
            },
        )
