"""The parts of Compare: one table, overlap, composition, quality, length, and the documents that subsets disagree on."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import (
    comparison_charts,
    compose,
    preview,
    reader,
    style,
    subset_charts,
    workspace,
)

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.control import Controlled

# field of `Comparison.table` -> (what it is called, how it is written)
_ROWS = {
    "method": ("Method", "{}"),
    "n_docs": ("Documents", "{:,.0f}"),
    "n_tokens": ("Tokens", "{:,.0f}"),
    "share_of_tokens": ("Share of the corpus' tokens", "{:.2%}"),
    "distinct_documents": ("Distinct documents (Vendi)", "{:,.2f}"),
    "effective_sources": ("Effective sources", "{:.2f}"),
    "effective_clusters": ("Effective clusters", "{:.2f}"),
    "distance_to_corpus": ("Distance to the corpus' sources", "{:.3f}"),
    "mean_tokens": ("Mean length, tokens", "{:,.1f}"),
    "length_ratio": ("Length over the corpus'", "{:.2f}"),
    "longer_than_any": ("Longer than a corpus document", "{:.1%}"),
}


@st.cache_resource(show_spinner="Comparing …", max_entries=8)
def _compared(
    _space: Workspace, signature: tuple, names: tuple[str, ...], like: str, n_seeds: int
) -> Any:
    return selection.compare_with_control(_space, names, like, n_seeds)


def ask(space: Workspace, saved: list[dict[str, Any]]) -> tuple[tuple[str, ...], str, int]:
    """Which subsets, the subset whose tokens random draws get, and how many of these (0: none)."""
    names = [facts["name"] for facts in saved]
    left, switch, middle, right = st.columns([6, 2, 3, 2], vertical_alignment="bottom")
    chosen = left.multiselect(
        "Subsets",
        names,
        default=names[-4:],
        max_selections=8,
        key="subsets",
        bind="query-params",
    )
    control = switch.toggle(
        "Random control",
        value=True,
        key="control",
        bind="query-params",
        help="Random draws with as many tokens, by several seeds: what chance alone gives.",
    )
    if not (control and chosen):
        return tuple(chosen), "", 0
    like = middle.selectbox("Tokens of the control as", chosen, key="control_like")
    n_seeds = right.number_input("Its seeds", 3, 20, 3, key="control_seeds")
    return tuple(chosen), like or chosen[0], int(n_seeds)


def compared(space: Workspace, names: tuple[str, ...], like: str, n_seeds: int) -> Controlled:
    """The comparison, kept until the workspace changes."""
    try:
        return _compared(space, workspace.signature(space), names, like, n_seeds)
    except selection.WinnowError as mistake:
        workspace.fail(mistake)
        raise


def table(result: Controlled) -> None:
    """A column per subset, then random draws and the corpus; the dimensions apart; CSV with all digits."""
    rows, whole = result.table(), result.comparison
    dimensions = {
        name: (name.replace("_", " ").capitalize(), "{:.3f}") for name in whole.corpus_means
    }
    _written(result, rows, _ROWS, "comparison")
    with st.container(horizontal=True, vertical_alignment="center"):
        _download("Table as CSV", rows, "comparison.csv", "csv_table")
        if whole.pairs():
            _download("Pairs as CSV", whole.pairs(), "pairs.csv", "csv_pairs")
        st.caption(f"{style.exact(whole.n_docs)}; shares and means by tokens, copies counted")
    if dimensions:
        with st.expander("Means of the quality dimensions", key="dimensions_open"):
            _written(result, rows, dimensions, "dimension_means")


def _written(
    result: Controlled, rows: list[dict[str, Any]], wanted: dict[str, tuple[str, str]], key: str
) -> None:
    whole = result.comparison
    shown = {name: facts for name, facts in wanted.items() if rows[0].get(name) is not None}
    columns: dict[str, list[str]] = {"": [title for title, _ in shown.values()]}
    for row in rows[: result.n_subsets]:
        told = {**row, "method": compose.titles(row["method"].split(" + "))}
        columns[reader.plain(row["subset"], 64)] = [
            _said(told[n], f) for n, (_, f) in shown.items()
        ]
    if result.n_seeds:
        mean, sd = rows[-2:]
        columns[f"random, {result.n_seeds} seeds"] = [
            _said(mean[name], form) + ("" if name == "method" else f" ± {_said(sd[name], form)}")
            for name, (_, form) in shown.items()
        ]
    corpus = {
        "n_docs": whole.n_docs,
        "n_tokens": whole.n_tokens,
        "share_of_tokens": 1.0,
        "distinct_documents": whole.corpus_vendi,
        "mean_tokens": whole.subsets[0].length.mean_corpus,
        **whole.corpus_means,
    }
    columns["corpus"] = [_said(corpus.get(name), form) for name, (_, form) in shown.items()]
    right = {name: st.column_config.TextColumn(alignment="right") for name in columns if name}
    st.dataframe(columns, hide_index=True, key=key, height="content", column_config=right)


def _said(value: Any, form: str) -> str:
    missing = value is None or (isinstance(value, float) and not np.isfinite(value))
    return "–" if missing else form.format(value)


def _download(label: str, rows: list[dict[str, Any]], name: str, key: str) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    st.download_button(
        label,
        text.getvalue().encode(),
        file_name=name,
        mime="text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def figures(result: Controlled) -> None:
    """Overlap, composition, quality, distinct documents and length."""
    note = style.exact(result.comparison.n_docs)
    left, right = st.columns(2)
    with left:
        _overlap(result, note)
        _made_of(result, "source", note)
    with right:
        _distinct(result, note)
        _lengths(result, note)
        _means(result, note)
        _made_of(result, "cluster", note)


def _overlap(result: Controlled, note: str) -> None:
    unit = st.segmented_control(
        "Overlap in",
        ["tokens", "documents"],
        default="tokens",
        required=True,
        key="overlap_unit",
        bind="query-params",
        label_visibility="collapsed",
    )
    names, share, lift = result.overlap(unit or "tokens")
    if len(names) < 2:
        return
    told = subset_charts.overlap(names, share, lift, unit or "tokens")
    said = "share of the smaller subset that the other holds; × is times what chance gives"
    preview.figure(f"Overlap in {unit}", told, "fig_overlap", f"{said}; {note}")


def _distinct(result: Controlled, note: str) -> None:
    """Vendi needs an embedding; without one the figure is left out and the table has a dash."""
    rows, whole = result.table(), result.comparison
    if whole.corpus_vendi is None:
        st.caption("The effective number of distinct documents needs an embedding.")
        return
    values = {row["subset"]: row["distinct_documents"] for row in rows[: result.n_subsets]}
    deviation = {}
    if result.n_seeds:
        values["random"] = rows[-2]["distinct_documents"]
        deviation["random"] = rows[-1]["distinct_documents"]
    values["corpus"] = whole.corpus_vendi
    told = subset_charts.bars(values, "Effective number of distinct documents", deviation)
    said = "Vendi score of the vectors: how many wholly different documents would be as diverse"
    preview.figure("Distinct documents", told, "fig_vendi", f"{said}; {note}")


def _lengths(result: Controlled, note: str) -> None:
    subsets = result.comparison.subsets
    rows = {one.name: one.length.quantiles_subset for one in subsets[: result.n_subsets]}
    if result.n_seeds:
        drawn = [one.length.quantiles_subset for one in subsets[result.n_subsets :]]
        rows["random"] = np.mean(drawn, axis=0)
    rows["corpus"] = subsets[0].length.quantiles_corpus
    told = subset_charts.lengths(rows, ("random", "corpus"))
    said = "tokens per document: median, middle half, 5 % to 95 %"
    preview.figure("Length", told, "fig_lengths", f"{said}; {note}")


def _means(result: Controlled, note: str) -> None:
    whole = result.comparison
    names = list(whole.corpus_means)
    if not names:
        return
    made = np.array([[one.means[name].mean for name in names] for one in whole.subsets])
    drawn = made[result.n_subsets :]
    told = subset_charts.means(
        names,
        np.array([whole.corpus_means[name] for name in names]),
        {one.name: made[i] for i, one in enumerate(whole.subsets[: result.n_subsets])},
        (drawn.mean(axis=0), drawn.std(axis=0, ddof=1)) if len(drawn) > 1 else None,
    )
    preview.figure("Quality dimensions", told, "fig_means", f"token-weighted means; {note}")


def _made_of(result: Controlled, noun: str, note: str) -> None:
    whole = result.comparison
    listed = whole.sources if noun == "source" else whole.clusters
    made = [getattr(one, f"by_{noun}") for one in whole.subsets[: result.n_subsets]]
    if not listed or any(each is None for each in made):
        return
    groups = selection.fold_groups(listed, made[0].corpus, [each.subset for each in made], 12)
    names = [one.name for one in whole.subsets[: result.n_subsets]]
    told = comparison_charts.composition(
        groups.names, groups.corpus, dict(zip(names, groups.kept, strict=True)), noun
    )
    title = preview.counted(f"{noun.capitalize()}s", groups.n_groups, len(groups.names))
    preview.figure(title, told, f"fig_{noun}s", f"share of tokens, tick: corpus; {note}")


def disputed(space: Workspace, names: tuple[str, ...]) -> None:
    """Documents that one subset holds and another does not, largest first."""
    left, right = st.columns(2)
    ours = left.selectbox("In", names, key="disputed_in")
    theirs = right.selectbox(
        "but not in", [name for name in names if name != ours], key="disputed_out"
    )
    moved = selection.swap(
        selection.subset_copies(space, theirs),
        selection.subset_copies(space, ours),
        selection.tokens(space),
    )
    st.caption(f"{moved.n_in:,} documents, the largest first, at most 200 are listed; exact")
    reader.documents(space, moved.came_in.tolist(), key="disputed")
