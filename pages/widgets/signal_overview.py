"""The overview of the Quality page: a small histogram per signal, and which signals follow document length."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

import selection
from pages.widgets import bars, charts, quality_parts, reader, style, summaries, workspace

if TYPE_CHECKING:
    from selection import Workspace

_BINS = 30


def overview(space: Workspace, names: Sequence[str]) -> None:
    """A small histogram per signal, and which of them follow document length."""
    ties = quality_parts.ties_of(space, workspace.signature(space), tuple(names))
    _what_is_seen(space, names)
    rows = st.container(key="overview")
    places = [place for _ in range(-(-len(names) // 4)) for place in rows.columns(4)]
    for place, name, tie in zip(places, names, ties, strict=False):
        with place.container(border=True, gap="small"):
            _tile(space, name, tie)
    _clicked(space, names)
    _lengths(space, names, ties)


def _what_is_seen(space: Workspace, names: Sequence[str]) -> None:
    n_docs = workspace.status(space).n_docs
    seen_all = n_docs <= summaries.SAMPLE_DOCS
    st.caption(
        "Click a bar to read its documents. The dotted line is the median; length is the rank correlation with tokens:"
        f" {quality_parts.seen(space)}."
        + ("" if seen_all else f" All else is {style.exact(n_docs)}.")
    )
    told = [selection.signal_facts(space, name) for name in names]
    fitted_on = [facts["n_sampled"] or n_docs for facts in told if quality_parts.is_relative(facts)]
    if fitted_on:
        st.caption(
            "Scores from 0 to 5 stand on percentiles within this corpus: they compare its documents with one another,"
            f" not with those of another corpus ({style.percentiles(min(fitted_on), n_docs)})."
        )


def _tile(space: Workspace, name: str, tie: float) -> None:
    """One histogram, whose bars can be clicked."""
    facts = selection.signal_facts(space, name)
    found = _histogram_of(space, workspace.signature(space), name)
    st.markdown(
        f"**{reader.inert(facts.get('title') or name, 40)}**",
        help=reader.inert(facts.get("definition", "")),
    )
    st.plotly_chart(
        charts.spread_of(found, facts.get("unit", ""), height=92), key=f"spread_{name}",
        config={"displayModeBar": False},
        on_select=partial(_remember, name), selection_mode="points",
        alt=f"Histogram of {name}, exact, {workspace.status(space).n_docs:,} documents",
    )  # fmt: skip
    st.caption(_figures(found, tie))


def _remember(name: str) -> None:
    st.session_state["overview_clicked"] = name


def _clicked(space: Workspace, names: Sequence[str]) -> None:
    """The documents behind the bar that was clicked last."""
    name = st.session_state.get("overview_clicked", "")
    if name in names:
        chosen = bars.of_event(st.session_state[f"spread_{name}"])
        bars.documents(space, name, selection.signal_values(space, name), chosen, _BINS)


def _lengths(space: Workspace, names: Sequence[str], ties: np.ndarray) -> None:
    """Which signals are mostly document length."""
    st.subheader("Does it measure more than length?")
    long = [
        reader.words(n)
        for n, t in zip(names, ties, strict=True)
        if abs(t) >= summaries.LENGTH_LIMIT
    ]
    if long:
        st.warning(
            reader.inert(f"{', '.join(long)}: mostly document length (rank correlation {summaries.LENGTH_LIMIT} or more).")
            + " Compare documents of similar length, or leave it out of a selection.",
            icon=":material/straighten:",
        )  # fmt: skip
    else:
        st.caption("None of these signals follows document length closely.")
    st.plotly_chart(
        charts.length_bars([reader.words(n) for n in names], ties), key="length_bars", config=style.CONFIG,
        alt="Rank correlation of each signal with tokens per document",
    )  # fmt: skip
    st.caption(
        f"Spearman's rank correlation; dotted lines at {summaries.LENGTH_LIMIT} · {quality_parts.seen(space)}"
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _histogram_of(_space: Workspace, signature: tuple, name: str) -> summaries.Histogram:
    return summaries.histogram(selection.signal_values(_space, name), _BINS)


def _figures(found: summaries.Histogram, tie: float) -> str:
    if np.isnan(found.median):
        return "not rated"
    missing = f" · {found.n_missing:,} not rated" if found.n_missing else ""
    length = f" · length {tie:+.2f}" if not np.isnan(tie) else ""
    return f"median {style.short(found.median)} · mean {style.short(found.mean)}{length}{missing}"
