"""Views of the Quality page: one signal, correlations, groups; and the numbers that several of them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import bars, charts, heatmaps, listing, reader, style, summaries, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.documents import Categories

_POLARITY = {1: "higher is better", 0: "neither end is better", -1: "lower is better"}


def default_signals(space: Workspace) -> list[str]:
    """The quality dimensions that are scored, else the first dozen signals."""
    names = selection.signal_names(space)
    return [n for n in selection.dimensions() if n in names] or names[:12]


def matrix_of(space: Workspace, names: Sequence[str]) -> np.ndarray:
    """(n_docs, n_signals) of the named signals, whose columns are kept in memory already."""
    return np.column_stack([selection.signal_values(space, name) for name in names])


def _sample_of(space: Workspace, names: Sequence[str], rows: np.ndarray) -> np.ndarray:
    """(n_rows, n_signals) of the named signals; a large corpus is never put together whole."""
    columns = selection.signal_columns(space, names)
    return np.column_stack([columns[name][rows] for name in names])


@st.cache_data(show_spinner="Comparing with document length", max_entries=16)
def ties_of(_space: Workspace, signature: tuple, names: tuple[str, ...]) -> np.ndarray:
    """(n_signals,) rank correlation with tokens, on at most 200,000 documents."""
    n_tokens = selection.tokens(_space)
    rows = summaries.sample_rows(len(n_tokens))
    return summaries.length_ties(_sample_of(_space, names, rows), n_tokens[rows])


@st.cache_data(show_spinner="Correlating", max_entries=16)
def correlation_of(
    _space: Workspace, signature: tuple, names: tuple[str, ...], by_rank: bool
) -> tuple[np.ndarray, np.ndarray]:
    """(n_signals, n_signals) correlations, on at most 200,000 documents, and how many of these have both signals."""
    rows = summaries.sample_rows(len(selection.tokens(_space)))
    held = _sample_of(_space, names, rows)
    found = summaries.correlation(summaries.ranks(held) if by_rank else held)
    return found, summaries.pairs_rated(held)


def seen(space: Workspace) -> str:
    """Caption of figures that look at a sample in large corpora."""
    n_docs = workspace.status(space).n_docs
    return style.sampled(min(n_docs, summaries.SAMPLE_DOCS), n_docs)


def is_relative(facts: dict[str, Any]) -> bool:
    """Whether a score stands on percentiles within the corpus."""
    return "percentiles in the corpus" in facts.get("definition", "")


def one_signal(space: Workspace, name: str) -> None:
    """Facts, spread, spread per source, and the documents at both ends of one signal."""
    facts, values = selection.signal_facts(space, name), selection.signal_values(space, name)
    tie = ties_of(space, workspace.signature(space), (name,))[0]
    n_docs = len(values)
    left, right = st.columns(2)
    with left:
        chosen = _histogram(values, facts.get("unit", ""))
        _facts(facts, values, tie, seen(space))
    with right:
        figure = charts.boxes(values, selection.sources(space))
        st.plotly_chart(figure, key="signal_boxes", config=style.CONFIG, alt=f"{name} per source")
        n_sources = len(selection.sources(space).names)
        st.caption(
            f"Box: middle half; whiskers: 5th to 95th percentile; in brackets the documents · {style.exact(n_docs)}"
            + (f", the {charts.MOST_BOXES} largest of {n_sources:,} sources" if n_sources > charts.MOST_BOXES else "")
        )  # fmt: skip
    bars.documents(space, name, values, chosen)
    top, bottom = summaries.ends(values, 100)
    better = facts.get("polarity", 0)
    named = (
        ("Best", "Worst")
        if better > 0
        else ("Worst", "Best")
        if better < 0
        else ("Highest", "Lowest")
    )
    for place, word, ids, where in zip(
        st.columns(2), named, (top, bottom), ("highest", "lowest"), strict=True
    ):
        with place:
            st.subheader(f"{word} documents")
            st.caption(f"The {len(ids):,} {where} of {n_docs:,}, exact")
            shown = {reader.words(name): values[ids].round(3).tolist()}
            st.fragment(listing.documents)(
                space, ids.tolist(), columns=shown, key=f"signal_{word}", page_size=8
            )


def _histogram(values: np.ndarray, unit: str) -> list[int]:
    """The distribution; returns the bars that were clicked or framed, from 0."""
    event: Any = st.plotly_chart(
        charts.spread(values, unit), key="signal_spread", config=style.CONFIG, alt="Histogram of the signal",
        on_select="rerun", selection_mode=("points", "box"),
    )  # fmt: skip
    found = summaries.histogram(values)
    beyond = found.n_below + found.n_above
    st.caption(
        f"Click a bar to read its documents; dotted line: the median · {style.exact(len(values))}"
        + (f", {beyond:,} beyond the edges" if beyond else "")
        + (f", {found.n_missing:,} not rated" if found.n_missing else "")
    )
    return bars.of_event(event)


def _facts(facts: dict[str, Any], values: np.ndarray, tie: float, seen_by: str) -> None:
    rated = values[~np.isnan(values)]
    rows = {
        "Definition": facts.get("definition") or "not stated",
        "Unit": (facts.get("unit") or "none").replace("0-5", "0 to 5"),
        "Polarity": _POLARITY.get(facts.get("polarity", 0), ""),
        "Rater": f"{facts['signal']} (run {facts['run'][:8]})",
        "Source": facts.get("source") or "not stated",
        "Spread": f"{style.short(rated.min())} to {style.short(rated.max())}, mean {style.short(rated.mean())}"
        if len(rated)
        else "not rated",
        "Length": f"rank correlation {tie:+.2f} with tokens"
        + (": mostly document length" if abs(tie) >= summaries.LENGTH_LIMIT else "")
        + f" ({seen_by})",
    }
    if facts["n_sampled"]:
        learnt = style.percentiles if is_relative(facts) else style.learnt
        rows["Fitted"] = learnt(facts["n_sampled"], len(values))
    st.table(
        {"": {reader.inert(k): reader.inert(v) for k, v in rows.items()}},
        border="horizontal",
        hide_header=True,
    )


def correlations(space: Workspace, names: Sequence[str]) -> None:
    """The correlation matrix, signals that go together side by side."""
    if len(names) < 2:
        st.info("Pick at least two signals to see how they go together.")
        return
    kind = st.segmented_control(
        "Correlation of", ["ranks", "values"], default="ranks", key="correlate", bind="query-params", required=True,
        help="Ranks (Spearman) are robust to skew; values (Pearson) are what axes are made from.",
    )  # fmt: skip
    by_rank = kind == "ranks"
    found, n_both = correlation_of(space, workspace.signature(space), tuple(names), by_rank)
    order = summaries.clustered_order(found)
    square = np.ix_(order, order)
    notes = _how_sure(space, summaries.reach(found, n_both, by_rank), n_both)[square]
    titles = [reader.words(names[i]) for i in order]
    st.plotly_chart(
        heatmaps.matrix(found[square], titles, titles, notes=notes), key="correlation", config=style.CONFIG,
        alt=f"Correlation matrix of {len(names)} signals",
    )  # fmt: skip
    n_docs, fewest = workspace.status(space).n_docs, int(n_both.min())
    few = (
        f"; some pairs are rated together in {style.counted(fewest, 'documents')} only"
        if fewest < min(n_docs, summaries.SAMPLE_DOCS)
        else ""
    )
    own = "; under the pointer each pair's own" if n_docs > summaries.SAMPLE_DOCS else ""
    st.caption(
        f"Ordered so that signals that go together stand side by side · {seen(space)}{own}{few}"
    )


def _how_sure(space: Workspace, reach: np.ndarray, n_both: np.ndarray) -> np.ndarray:
    """What stands below each correlation under the pointer: exact, or its own interval."""
    exactly = workspace.status(space).n_docs <= summaries.SAMPLE_DOCS
    told = [
        style.exact(n) if exactly else f"± {half:.2g}, sample of {style.counted(n, 'documents')}"
        for half, n in zip(reach.ravel().tolist(), n_both.ravel().tolist(), strict=True)
    ]
    return np.array(told, object).reshape(reach.shape)


def groups(space: Workspace, names: Sequence[str]) -> None:
    """Means per source and per cluster, coloured by how far they lie from the corpus."""
    by = ["source"] + (["cluster"] if workspace.status(space).ready.get("clusters") else [])
    chosen = st.segmented_control(
        "Means per", by, default="source", key="means_per", bind="query-params", required=True
    )
    labels = selection.clusters(space) if chosen == "cluster" else selection.sources(space)
    values = matrix_of(space, names)
    st.dataframe(
        _means_table(labels, values, [reader.words(n) for n in names], chosen or "source"),
        key=f"means_{chosen}", hide_index=True,
        column_config={chosen: st.column_config.Column(pinned=True)},
        height="content" if len(labels.names) <= 20 else 720,
    )  # fmt: skip
    st.caption(
        f"Orange lies above the corpus mean, blue below, by up to one standard deviation · {style.exact(len(values))}"
    )


def _means_table(labels: Categories, values: np.ndarray, titles: list[str], by: str) -> Any:
    import pandas as pd

    means = summaries.group_means(values, labels.codes, len(labels.names))
    sizes = np.bincount(labels.codes[labels.codes >= 0], minlength=len(labels.names))
    order = np.argsort(-sizes, kind="stable")
    corpus, sd = np.nanmean(values, axis=0), np.maximum(np.nanstd(values, axis=0), 1e-12)
    frame = pd.DataFrame(means[order], columns=[reader.plain(t, 60) for t in titles])
    frame.insert(0, by, [reader.plain(labels.names[i], 80) for i in order])
    frame.insert(1, "documents", sizes[order])
    away = (means[order] - corpus) / sd

    def tinted(_: Any) -> np.ndarray:
        blank = np.full((len(frame), 2), "", object)
        return np.hstack([blank, np.vectorize(_tint, otypes=[object])(away)])

    return frame.style.apply(tinted, axis=None).format(precision=2, thousands=",")


def _tint(away: float) -> str:
    if np.isnan(away):
        return ""
    rgb = "218, 138, 62" if away > 0 else "91, 147, 199"
    return f"background-color: rgba({rgb}, {0.75 * min(1.0, abs(away)):.2f})"
