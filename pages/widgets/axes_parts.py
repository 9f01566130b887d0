"""The parts of the Axes page: what was found, correlations, poles, overlap of tops, drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

import selection
from pages.widgets import (
    axes_charts,
    axes_fit,
    heatmaps,
    labels,
    listing,
    reader,
    style,
    summaries,
    tiles,
    workspace,
)

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.provenance import Run
    from selection.primitives.axis_stability import AxisStability
    from selection.primitives.axis_tops import TopsOverlap
    from selection.primitives.principal_axes import AxesModel


def found(space: Workspace, run: Run, model: AxesModel) -> None:
    """How many axes, how much they explain, and what was left out."""
    boxes = tiles.four()
    boxes[0].metric("Axes kept", model.n_axes, border=True, help="Of as many as there are signals.")
    boxes[1].metric("Variance explained", f"{model.explained.sum():.1%}", border=True)
    boxes[2].metric(
        "Above the noise", model.n_parallel, border=True,
        help="Parallel analysis: leading axes whose eigenvalue exceeds the 95th percentile of unrelated columns. "
        f"By Kaiser's rule (eigenvalue above 1): {model.n_kaiser}.",
    )  # fmt: skip
    boxes[3].metric(
        "Documents used", f"{model.n_rows_used:,}", border=True,
        help="Axes are fitted on at most 200,000 documents; every document is projected.",
    )  # fmt: skip
    st.caption(
        f"Fitted: {style.sampled(model.n_rows_used, run.n_docs)}; every document that has the signals is placed."
    )
    if model.n_rows_missing:
        what = "filled by medians" if run.settings.get("missing") == "median" else "left out"
        st.warning(
            f"Without one of the signals, and {what}: {style.counted(model.n_rows_missing, 'documents')}.",
            icon=":material/info:",
        )
    if model.dropped:
        told = "; ".join(f"{name} {why}" for name, why in model.dropped.items())
        st.warning(f"Signals not used: {reader.inert(told)}.", icon=":material/info:")


def pictures(space: Workspace, run: Run, model: AxesModel) -> None:
    """Scree and loadings."""
    seen = style.sampled(model.n_rows_used, run.n_docs)
    left, right = st.columns(2)
    with left:
        st.subheader("How many axes")
        st.plotly_chart(
            axes_charts.scree(model),
            key="scree",
            config=style.CONFIG,
            alt="Eigenvalues, noise floor and variance so far",
        )
        st.caption(
            "Solid bars are kept. Below the dotted line an axis is no stronger than one of unrelated columns; "
            f"eigenvalues are before rotation · {seen}"
        )
    with right:
        st.subheader("What they are made of")
        st.plotly_chart(
            axes_charts.loadings(model),
            key="loadings",
            config=style.CONFIG,
            alt="Loadings of signals on axes",
        )
        st.caption(f"Loading: the correlation of a signal with an axis · {seen}")


def leanings(space: Workspace, run: Run, model: AxesModel) -> None:
    """Each axis in words, where other documents would show the same axis, with a button that turns it round."""
    names, settings, flipped = axes_fit.asked_for(run)
    steady = steady_of(space, workspace.signature(space))
    for k, (place, each) in enumerate(zip(_grid(model.n_axes), steady, strict=True), start=1):
        with place.container(border=True, height="stretch"):
            turned = " · flipped" if k in flipped else ""
            st.markdown(f"**Axis {k}** · {model.explained[k - 1]:.1%} of the variance{turned}")
            words = selection.axis_meaning(model, k - 1, each)
            st.caption(reader.inert(words[:1].upper() + words[1:]))
            _steadiness(each)
            if st.button(
                "Flip", key=f"flip_{k}", icon=":material/swap_vert:", type="tertiary",
                help="Turn the axis round: its high end becomes its low end. The other axes stay.",
            ):  # fmt: skip
                axes_fit.fit(space, names, settings, sorted({*flipped} ^ {k}), run.seed or 0)


def _steadiness(each: AxisStability) -> None:
    word, colour = ("Stable", "green") if each.stable else ("Unstable", "orange")
    st.badge(
        f"{word} · congruence {each.median:.2f}", color=colour,
        help=f"Fitted again on {each.N_RESAMPLES} bootstrap resamples of the documents. Congruence (cosine of loadings) with"
        f" this axis: median {each.median:.3f}, and 95 % of them reach {each.low:.3f}. From {each.SAME} on it counts as the"
        " same axis; below that it gets no name.",
    )  # fmt: skip


@st.cache_data(show_spinner="Fitting on resamples", max_entries=4)
def steady_of(_space: Workspace, signature: tuple) -> tuple[AxisStability, ...]:
    """How stable each axis is: told by the run, else worked out once."""
    return selection.axis_stability(_space)


def _grid(n: int, columns: int = 4) -> list:
    return [place for _ in range(-(-n // columns)) for place in st.columns(columns)][:n]


def before_after(space: Workspace, model: AxesModel) -> None:
    """Correlations among the signals, and among the axes made from them."""
    rows = summaries.sample_rows(workspace.status(space).n_docs)
    signals, axis_scores = (
        _made_from(space, workspace.signature(space))[rows],
        selection.axis_scores(space)[rows],
    )
    before, after = summaries.correlation(signals), summaries.correlation(axis_scores)
    order = summaries.clustered_order(before)
    names = selection.short_names(model.names)
    titles = [names[i] for i in order]
    axes = [f"axis {k + 1}" for k in range(model.n_axes)]
    left, right = st.columns([3, 2])
    for place, word, values, ticks, of in (
        (left, "Signals", before[np.ix_(order, order)], titles, signals),
        (right, "Axes", after, axes, axis_scores),
    ):
        n_seen = int(np.isfinite(of).all(axis=1).sum())  # a judge may have rated a sample only
        seen = style.sampled(n_seen, workspace.status(space).n_docs)
        with place:
            st.caption(f"{word}: mean absolute correlation {_off(values):.2f} · {seen}")
            st.plotly_chart(
                heatmaps.matrix(values, ticks, ticks), key=f"correlation_{word}", config=style.CONFIG,
                alt=f"Correlations among {word.lower()}",
            )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=4)
def _made_from(_space: Workspace, signature: tuple) -> np.ndarray:
    return selection.axes_made_from(_space, selection.axes_model(_space))


def _off(values: np.ndarray) -> float:
    return axes_charts.mean_pair(np.abs(np.nan_to_num(values)))


def poles(space: Workspace, run: Run, model: AxesModel) -> None:
    """Ten documents at each end of one axis."""
    names = [f"axis_{k + 1}" for k in range(model.n_axes)]
    labels.understand("pole", labels.unique(names))
    picked = st.segmented_control(
        "Axis", names, default=names[0], key="pole", bind="query-params", required=True,
        format_func=reader.words,
    )  # fmt: skip
    k = names.index(picked) if picked in names else 0
    each = steady_of(space, workspace.signature(space))[k]
    words = selection.axis_meaning(model, k, each)
    said = f"The high end has {words}" if each.stable else words
    st.caption(reader.inert(f"{said}. Ends: {style.exact(run.n_docs)}."))
    scores = selection.axis_scores(space)[:, k]
    top, bottom = summaries.ends(scores, 10)
    for place, word, ids in zip(st.columns(2), ("High end", "Low end"), (top, bottom), strict=True):
        with place:
            st.subheader(word)
            shown = {"score": scores[ids].round(2).tolist()}
            st.fragment(listing.documents)(
                space, ids.tolist(), columns=shown, key=f"pole_{word}_{k}", page_size=10
            )


@st.cache_data(show_spinner="Comparing the tops", max_entries=16)
def overlap_of(_space: Workspace, signature: tuple, share: float) -> tuple[TopsOverlap, int]:
    """The overlap of the axes' tops and how many documents have axes, worked out once per share."""
    n_placed = int(np.isfinite(selection.axis_scores(_space)).all(axis=1).sum())
    return selection.tops_overlap(_space, share), n_placed


def tops(space: Workspace, model: AxesModel) -> None:
    """How much the best documents of the axes overlap, beside what independent axes would give."""
    share = st.slider(
        "Share of the tokens in each axis's top", 0.01, 0.5, 0.1, 0.01, format="percent", key="top_share",
        bind="query-params",
    )  # fmt: skip
    found, n_placed = overlap_of(space, workspace.signature(space), share)
    n_docs = workspace.status(space).n_docs
    seen = (
        style.exact(n_docs)
        if n_placed == n_docs
        else f"exact among the {n_placed:,} of {n_docs:,} documents that have these axes"
    )
    left, right = st.columns([3, 2])
    with left:
        st.plotly_chart(
            axes_charts.overlap(found),
            key="tops",
            config=style.CONFIG,
            alt="Overlap of the tops of axes",
        )
        st.caption(f"Tokens in both tops over tokens in the smaller one · {seen}")
    with right:
        mean, chance = (
            axes_charts.mean_pair(found.pairwise),
            axes_charts.mean_pair(found.expected_pairwise),
        )
        st.metric(
            "Mean overlap of two tops",
            f"{mean:.1%}",
            f"{chance:.1%} by chance",
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
        st.metric(
            "Tokens taken twice", f"{found.redundancy:.1%}", f"{found.expected_redundancy:.1%} by chance",
            delta_color="off", delta_arrow="off", border=True,
            help="1 - tokens in any top / sum of the tokens of the tops.",
        )  # fmt: skip
        st.caption(
            "Independent axes overlap by exactly the share itself. Uncorrelated is not independent: more than chance means "
            "that the same documents are extreme on several axes."
        )


def drift(space: Workspace, run: Run) -> None:
    """How far the axes turned when they were last refitted, and the button that refits."""
    rows = run.facts.get("drift", [])
    if rows:
        st.dataframe(
            {
                "before": [f"axis {row['old']}" for row in rows],
                "now": [f"axis {row['new']}" for row in rows],
                "cosine": [row["cosine"] for row in rows],
                "reading": [turning(row["cosine"]) for row in rows],
            },
            hide_index=True, key="drift",
            column_config={"cosine": st.column_config.NumberColumn("Cosine of loadings", format="%.3f")},
        )  # fmt: skip
        st.caption(
            "Against the axes that were in use before this fit, matched one to one; loadings by"
            f" {style.sampled(run.facts['n_rows_used'], run.n_docs)}."
        )
    else:
        st.caption(
            "These are the first axes of this workspace; a refit shows here how far each has turned."
        )
    names, settings, flipped = axes_fit.asked_for(run)
    if st.button(
        "Refit on the corpus as it is now", key="refit", icon=":material/refresh:",
        help="New documents are projected by the axes that are there; this fits them again on all documents.",
    ):  # fmt: skip
        axes_fit.fit(space, names, settings, flipped, run.seed or 0, refit=True)


def turning(cosine: float) -> str:
    """What a cosine between an axis before and after means."""
    size = abs(cosine)
    word = (
        "the same"
        if size >= 0.98
        else "slightly turned"
        if size >= 0.9
        else "turned"
        if size >= 0.7
        else "another axis"
    )
    return f"{word}, pointing the other way" if cosine < 0 else word
