"""The parts of Compare: one table, overlap, composition, quality, distinct documents and length, each with its interval.

A comparison is shown from its JSON, be it made here of saved subsets or by the arena as a job.
"""

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
    listing,
    preview,
    reader,
    style,
    subset_charts,
    upset,
    workspace,
)

if TYPE_CHECKING:
    from selection import Workspace

Found = dict[str, Any]  # `Comparison.to_json`

# field of a row -> (what it is called, how it is written)
_ROWS = {
    "method": ("Method", "{}"),
    "n_docs": ("Documents", "{:,.0f}"),
    "n_tokens": ("Tokens", "{:,.0f}"),
    "share_of_tokens": ("Share of the corpus' tokens", "{:.2%}"),
    "distinct_documents": ("Distinct documents (Vendi)", "{:,.2f}"),
    "duplicate_rate": ("Tokens of duplicates", "{:.2%}"),
    "clusters_covered": ("Clusters covered", "{:.1%}"),
    "effective_clusters": ("Effective clusters", "{:.2f}"),
    "effective_sources": ("Effective sources", "{:.2f}"),
    "source_distance": ("Distance to the corpus' sources", "{:.3f}"),
    "cluster_distance": ("Distance to the corpus' clusters", "{:.3f}"),
    "effective_languages": ("Effective languages", "{:.2f}"),
    "language_distance": ("Distance to the corpus' languages", "{:.3f}"),
    "mean_tokens": ("Mean length, tokens", "{:,.1f}"),
    "length_ratio": ("Length over the corpus'", "{:.2f}"),
    "longer_than_any": ("Longer than a corpus document", "{:.1%}"),
}
_CROWD = 4  # entries that fit side by side with another figure
_INTERVAL = "± is half of the 95 % interval over resampled documents"


@st.cache_data(show_spinner="Comparing …", max_entries=8)
def _compared(
    _space: Workspace, signature: tuple, names: tuple[str, ...], like: str, n_seeds: int
) -> Any:
    return selection.compare_with_control(_space, names, like, n_seeds).to_json()


def ask(saved: list[dict[str, Any]]) -> tuple[tuple[str, ...], str, int]:
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
    like = middle.selectbox("As many tokens as", chosen, key="control_like")
    n_seeds = right.number_input("Seeds of the control", 3, 20, 3, key="control_seeds")
    return tuple(chosen), like or chosen[0], int(n_seeds)


def compared(space: Workspace, names: tuple[str, ...], like: str, n_seeds: int) -> Found:
    """The comparison, kept until the workspace changes."""
    try:
        return _compared(space, workspace.signature(space), names, like, n_seeds)
    except selection.WinnowError as mistake:
        workspace.fail(mistake)
        raise


def _note(found: Found) -> str:
    return f"{style.exact(found['corpus']['n_docs'])}, 95 % intervals"


def table(found: Found) -> None:
    """A column per entry, then the corpus; the dimensions apart; CSV with all digits."""
    rows = found["subsets"]
    dimensions = {name: (reader.words(name).capitalize(), "{:.3f}") for name in found["dimensions"]}
    _written(found, _ROWS, "comparison")
    with st.container(horizontal=True, vertical_alignment="center"):
        _download("Table as CSV", rows, "comparison.csv", "csv_table")
        if found["pairs"]:
            _download("Pairs as CSV", found["pairs"], "pairs.csv", "csv_pairs")
        n_docs = found["corpus"]["n_docs"]
        st.caption(
            f"{style.exact(n_docs)}; {_INTERVAL} and, where there are several, seeds;"
            " shares and means by tokens, copies counted"
        )
    if dimensions:
        with st.expander("Means of the quality dimensions", key="dimensions_open"):
            _written(found, dimensions, "dimension_means")


def _written(found: Found, wanted: dict[str, tuple[str, str]], key: str) -> None:
    rows, corpus = found["subsets"], found["corpus"]
    shown = {name: facts for name, facts in wanted.items() if rows[0].get(name) is not None}
    columns: dict[str, list[str]] = {"": [title for title, _ in shown.values()]}
    for row in rows:
        told = {**row, "method": compose.titles(row["method"].split(" + "))}
        columns[reader.plain(row["subset"], 64)] = [
            _said(told, name, form) for name, (_, form) in shown.items()
        ]
    corpus = {"share_of_tokens": 1.0, **corpus}
    columns["corpus"] = [_said(corpus, name, form) for name, (_, form) in shown.items()]
    right = {name: st.column_config.TextColumn(alignment="right") for name in columns if name}
    st.dataframe(columns, hide_index=True, key=key, height="content", column_config=right)


def _said(row: dict[str, Any], name: str, form: str) -> str:
    value, low, high = (row.get(name + end) for end in ("", "_low", "_high"))
    if value is None:
        return "–"
    if low is None or high is None:
        return form.format(value)
    return f"{form.format(value)} ± {form.format((high - low) / 2)}"


def _download(label: str, rows: list[dict[str, Any]], name: str, key: str) -> None:
    text = io.StringIO()
    columns = dict.fromkeys(column for row in rows for column in row)
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    st.download_button(
        label, text.getvalue().encode(), file_name=name, mime="text/csv", key=key, icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip


def figures(found: Found) -> None:
    """Overlap, composition, quality, distinct documents and length."""
    unit = st.segmented_control(
        "Overlap in", ["tokens", "documents"], default="tokens", required=True, key="overlap_unit",
        bind="query-params", label_visibility="collapsed",
    ) or "tokens"  # fmt: skip
    crowded = len(found["subsets"]) > _CROWD
    if crowded:  # their squares and dots need the whole width
        _overlap(found, unit)
        _upset(found, unit)
    left, right = st.columns(2)
    with left:
        if not crowded:
            _overlap(found, unit)
            _upset(found, unit)
        _made_of(found, "source")
        _made_of(found, "language")
    with right:
        _distinct(found)
        _lengths(found)
        _means(found)
        _made_of(found, "cluster")


def _overlap(found: Found, unit: str) -> None:
    names = _names(found)
    if len(names) < 2:
        return
    square = {k: np.array(v, float) for k, v in found["overlap"][unit].items()}
    reach = (square["high"] - square["low"]) / 2
    told = subset_charts.overlap(names, square["share"], square["lift"], unit, reach)
    said = "share of the smaller subset that the other holds; × is times what chance gives"
    preview.figure(f"Overlap in {unit}", told, "fig_overlap", f"{said}; {_note(found)}")


def _upset(found: Found, unit: str) -> None:
    names, regions = _names(found), found["intersections"]
    if len(names) < 2 or not regions:
        return
    whole = found["corpus"]["n_tokens" if unit == "tokens" else "n_docs"]
    told = upset.figure(names, regions, whole, unit)
    said = "in the dotted subsets and in no other; tick: by chance; of several seeds the first"
    n_docs = found["corpus"]["n_docs"]
    preview.figure("Shared by exactly these", told, "fig_upset", f"{said}; {style.exact(n_docs)}")


def _names(found: Found) -> list[str]:
    return [row["subset"] for row in found["subsets"]]


def _is_chance(row: dict[str, Any]) -> bool:
    return row["method"] == "random" and row["n_seeds"] > 1


def _distinct(found: Found) -> None:
    """Vendi needs an embedding; without one the figure is left out and the table has a dash."""
    whole = found["corpus"]["distinct_documents"]
    if whole is None:
        st.caption("The effective number of distinct documents needs an embedding.")
        return
    values = {row["subset"]: _ends(row, "distinct_documents") for row in found["subsets"]}
    grey = [row["subset"] for row in found["subsets"] if _is_chance(row)]
    values["corpus"] = (whole, whole, whole)
    told = subset_charts.bars(values, "Effective number of distinct documents", [*grey, "corpus"])
    said = (
        "Vendi score of the vectors: how many wholly different documents would be as diverse; more documents score more, and"
        " the interval is at this number of them"
    )
    preview.figure("Distinct documents", told, "fig_vendi", f"{said}; {_note(found)}")


def _ends(row: dict[str, Any], name: str) -> tuple[float, float, float]:
    value, low, high = (row.get(name + end) for end in ("", "_low", "_high"))
    nan = float("nan")
    return tuple(nan if v is None else v for v in (value, low, high))  # type: ignore[return-value]


def _lengths(found: Found) -> None:
    rows = {n: np.array(q, float) for n, q in zip(_names(found), found["lengths"], strict=True)}
    grey = [row["subset"] for row in found["subsets"] if _is_chance(row)]
    rows["corpus"] = np.array(found["corpus"]["quantiles"], float)
    told = subset_charts.lengths(rows, (*grey, "corpus"))
    said = "tokens per document: median, middle half, 5 % to 95 %"
    n_docs = found["corpus"]["n_docs"]
    preview.figure("Length", told, "fig_lengths", f"{said}; {style.exact(n_docs)}")


def _means(found: Found) -> None:
    names = found["dimensions"]
    if not names:
        return
    made = {
        row["subset"]: np.array([_ends(row, name) for name in names]) for row in found["subsets"]
    }
    chance = [made.pop(row["subset"]) for row in found["subsets"] if _is_chance(row)]
    told = subset_charts.means(
        names,
        np.array([found["corpus"][name] for name in names], float),
        made,
        chance[0] if chance else None,
    )
    preview.figure("Quality dimensions", told, "fig_means", f"token-weighted means; {_note(found)}")


def _made_of(found: Found, noun: str) -> None:
    shares = found["shares"].get(noun)
    if not shares:
        return
    shown = [i for i, row in enumerate(found["subsets"]) if not _is_chance(row)]
    names = _names(found)
    kept, low, high = (
        {names[i]: np.array(shares[end][i], float) for i in shown}
        for end in ("kept", "low", "high")
    )
    told = comparison_charts.composition(
        shares["names"],
        np.array(shares["corpus"], float),
        kept,
        noun,
        {name: (low[name], high[name]) for name in kept},
    )
    title = preview.counted(f"{noun.capitalize()}s", shares["n_groups"], len(shares["names"]))
    preview.figure(title, told, f"fig_{noun}s", f"share of tokens, tick: corpus; {_note(found)}")


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
    st.caption(
        f"{style.listed(len(moved.came_in), moved.n_in).capitalize()}, the largest first; exact"
    )
    listing.documents(space, moved.came_in.tolist(), key="disputed")
