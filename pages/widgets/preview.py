"""The live preview of Select: what would be kept, beside the corpus and beside the setting before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import (
    by_hand,
    comparison_charts,
    compose,
    constraints,
    funnel_parts,
    likeness,
    picked,
    steps,
    style,
    target_sets,
    why_parts,
    workspace,
)

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.picture import Picture

_NOUNS = {
    "MissingSignal": "signals",
    "MissingAxes": "axes",
    "MissingClusters": "clusters",
    "MissingEmbedding": "embedding",
}
_MEANS = 12  # signals told where a workspace has no quality dimensions
_METRIC_PX = 158
VIEWS = ("Overview", "Changes", "Left out", "Funnel", "Read", "Why", "By hand")


@st.cache_resource(show_spinner=False, max_entries=6)
def _pictured(_space: Workspace, signature: tuple, key: tuple, _asked: compose.Asked) -> Any:
    drawn = selection.preview(
        _space, _asked.methods, _asked.sampler, _asked.budget_tokens, _asked.seed
    )
    return selection.picture(_space, drawn, _told_signals(_space))


def _told_signals(space: Workspace) -> list[str]:
    names = selection.signal_names(space)
    rated = [name for name in names if name in set(selection.dimensions())]
    return rated or names[:_MEANS]


def picture(space: Workspace, asked: compose.Asked) -> Picture:
    """The draw and its facts; a mistake is told in one sentence, with the job that mends it."""
    target_sets.wanted(asked.methods)
    try:
        return _pictured(space, workspace.signature(space), asked.key(), asked)
    except selection.WinnowError as mistake:
        if type(mistake).__name__ == "ImpossibleMixture":
            constraints.conflict(mistake)
        if type(mistake).__name__ == "MissingWeights":
            target_sets.offer_pass(space, asked.methods)
        noun = _NOUNS.get(type(mistake).__name__)
        if noun and workspace.missing(space, noun):
            workspace.require(space, noun)
        if noun == "signals" and steps.late(space):
            st.info(
                "This method reads signals that are not scored yet.", icon=":material/equalizer:"
            )
            steps.rest(space)
            st.stop()
        workspace.say(mistake)
        filters = [method for method in asked.methods if method.scale == "none"]
        if filters and type(mistake).__name__ == "ImpossibleBudget":
            funnel_parts.of(space, filters)  # which rule leaves too little
        st.stop()
        raise


def show(space: Workspace, asked: compose.Asked) -> Picture:
    """Everything about one draw."""
    seen = picture(space, asked)
    before = _remembered(space, asked, seen)
    _headline(space, seen, before)
    if seen.effective_n is not None:
        worth = f"{seen.effective_n:,.0f} of {seen.corpus_docs:,} documents"
        st.caption(f"These weights are worth {worth} (effective sample size).")
    target_sets.told(space, asked.methods)
    likeness.of_draw(space, asked.methods, seen, asked.key())
    view = st.segmented_control(
        "View",
        VIEWS,
        default=VIEWS[0],
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    panels = {
        "Changes": picked.changes,
        "Left out": picked.left_out,
        "Funnel": funnel_parts.show,
        "Read": picked.read,
        "Why": why_parts.show,
        "By hand": by_hand.show,
    }
    if view in panels:
        panels[view](space, seen)
    else:
        overview(seen)
    return seen


def _remembered(space: Workspace, asked: compose.Asked, seen: Picture) -> dict[str, Any] | None:
    """The preview before this one in this session; None while there is none of this corpus."""
    key = (str(space.path), asked.key(), selection.tags_key(space))
    copies = seen.drawn.copies
    past = st.session_state.get("previews", [])
    past = [
        each
        for each in past
        if each["space"] == str(space.path) and each["n_docs"] == seen.corpus_docs
    ]
    if not past or past[-1]["key"] != key:
        now = {
            "key": key,
            "space": str(space.path),
            "n_docs": seen.corpus_docs,
            "copies": copies(),
            "label": compose.describe(asked),
        }
        past = [*past[-1:], now]
    st.session_state["previews"] = past
    return past[-2] if len(past) > 1 else None


def _headline(space: Workspace, seen: Picture, before: dict[str, Any] | None) -> None:
    """Four numbers, and what moved since the setting before."""
    budget, (kept_median, corpus_median) = seen.drawn.budget_tokens, seen.lengths.medians
    facts = (
        (
            "Documents",
            f"{seen.n_docs:,}",
            f"{seen.n_docs / seen.corpus_docs:.1%} of {seen.corpus_docs:,}",
            f"Different documents; {seen.n_copies:,} with copies.",
        ),
        (
            "Tokens",
            f"{seen.n_tokens:,}",
            f"{seen.n_tokens / seen.corpus_tokens:.1%} of the corpus",
            "Copies counted.",
        ),
        (
            "Of the budget",
            style.share(seen.n_tokens / budget, 2),
            f"{budget - seen.n_tokens:,} tokens free" if seen.n_tokens < budget else "full",
            "The budget is never exceeded; what is left is less than the next document, unless filters kept less.",
        ),
        (
            "Median length",
            f"{kept_median:,.0f}",
            f"{corpus_median:,.0f} in the corpus",
            "Tokens per document. A kept document is longer than one of the corpus in"
            f" {seen.lengths.bias.longer:.0%} of pairs; 50 % is no length bias.",
        ),
    )
    with st.container(horizontal=True, gap="small"):
        for name, value, note, help_ in facts:
            st.metric(
                name,
                value,
                note,
                delta_color="off",
                delta_arrow="off",
                help=help_,
                width=_METRIC_PX,
            )
    st.caption(f"{_since(space, seen, before)} {style.exact(seen.corpus_docs).capitalize()}.")
    by_hand.say(seen)


def _since(space: Workspace, seen: Picture, before: dict[str, Any] | None) -> str:
    if before is None:
        return "Move a setting to see which documents come in and which go out."
    moved = selection.swap(before["copies"], seen.drawn.copies(), selection.tokens(space), 1)
    if moved.empty:
        return "Since the setting before: the same documents."
    return (
        f"Since the setting before: {_documents(moved.n_in)} came in ({moved.tokens_in:,} tokens),"
        f" {moved.n_out:,} went out ({moved.tokens_out:,} tokens)."
    )


def _documents(count: int) -> str:
    return f"{count:,} document" + ("" if count == 1 else "s")


def figure(title: str, told: comparison_charts.Told, key: str, note: str) -> None:
    """A titled figure with its text for who cannot see it, and the caption that says what is drawn, exact or sampled."""
    fig, alt = told
    with st.container(border=True, gap=None):
        st.markdown(f"**{title}**")
        st.caption(note)
        st.plotly_chart(fig, key=key, config={**style.CONFIG, "displayModeBar": False}, alt=alt)


def overview(seen: Picture) -> None:
    """Composition, means and lengths; and what only this method has."""
    constraints.told(seen)
    note = style.exact(seen.corpus_docs)
    shares = f"share of tokens: bar kept, tick corpus; {note}"
    axes, curves = selection.axis_shares(seen.drawn), selection.sampling_curves(seen.drawn)
    left, right = st.columns(2)
    with left:
        figure(
            counted("Sources", seen.by_source.n_groups, len(seen.by_source.names)),
            comparison_charts.kept_composition(seen.by_source, "source"),
            "fig_sources",
            shares,
        )
        told = comparison_charts.lengths(seen.lengths)
        figure(
            "Length", told, "fig_lengths", f"documents by tokens: bars kept, line corpus; {note}"
        )
        if seen.n_copies > seen.n_docs:
            _copies(seen, note)
        if axes:
            _axes(axes, note)
    with right:
        if seen.means:
            title = "Quality dimensions" if len(seen.means) > 1 else "Quality"
            told = comparison_charts.means(seen.means)
            said = (
                "token-weighted mean kept, and its shift from the corpus in standard deviations; "
            )
            figure(title, told, "fig_means", said + _unrated(seen, note))
        if curves:
            _curves(curves, note)
        if seen.by_cluster is not None:
            figure(
                counted("Clusters", seen.by_cluster.n_groups, len(seen.by_cluster.names)),
                comparison_charts.kept_composition(seen.by_cluster, "cluster"),
                "fig_clusters",
                shares,
            )


def counted(noun: str, n_groups: int, shown: int) -> str:
    """`Sources (30)`, or `Sources (largest of 300)` where small ones were put together."""
    return f"{noun} ({n_groups})" if shown >= n_groups else f"{noun} (largest of {n_groups})"


def _unrated(seen: Picture, note: str) -> str:
    lacking = max(row.n_missing for row in seen.means)
    return note + (f"; up to {lacking:,} are not rated" if lacking else "")


def _copies(seen: Picture, note: str) -> None:
    labels = [f"{row['copies']}×" for row in seen.copies]
    told = comparison_charts.counts(
        labels, [row["n_docs"] for row in seen.copies], "copies", "documents"
    )
    figure("Copies", told, "fig_copies", f"documents by number of copies; {note}")


def _axes(axes: list[dict[str, Any]], note: str) -> None:
    labels = [f"axis {row['axis']}" if row["axis"] else "no axis" for row in axes]
    told = comparison_charts.counts(
        labels, [row["n_tokens"] for row in axes], "the axis that chose the document", "tokens"
    )
    figure("Chosen by", told, "fig_axes", f"tokens by the axis that chose the document; {note}")


def _curves(curves: list[Any], exact: str) -> None:
    before, after = sum(c.tokens_in for c in curves), sum(c.tokens_out for c in curves)
    note = (
        "copies by quality rank in the domain; closed form:"
        f" {after:,.0f} tokens expected of {before:,.0f} ({after / max(before, 1):.2%}),"
        f" before the sampler meets the budget; {exact}"
    )
    figure("Sampling curve", comparison_charts.sampling_curves(curves), "fig_curves", note)
