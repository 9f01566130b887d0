"""Figures of a draw beside the corpus: shares of groups, means of dimensions, lengths, copies, sampling curves.

Each returns a Plotly figure and the sentence that tells it to who cannot see it. Labels come from the corpus, so they are
made inert; rows are placed by number, since two clusters may share a title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pages.widgets import reader, style

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from selection.workflow.pick import SamplingCurve
    from selection.workflow.picture import Groups, Lengths, Mean

Told = tuple["go.Figure", str]

CORPUS = "#8A93A3"  # readable on white and on black; the corpus is always grey
KEPT = style.ACCENT
_ROW_PX = 20
_LEGEND = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "title": None}


def composition(
    names: Sequence[str], corpus: np.ndarray, kept: Mapping[str, np.ndarray], noun: str
) -> Told:
    """Share of tokens per group: one bar a subset, a grey tick where the corpus stands. Arrays (n_groups,)."""
    import plotly.graph_objects as go

    places, wide = np.arange(len(names)), 0.74 / max(len(kept), 1)
    fig = go.Figure()
    for number, (subset, share) in enumerate(kept.items()):
        fig.add_bar(
            y=places + (number - (len(kept) - 1) / 2) * wide,
            x=share,
            width=wide * 0.92,
            orientation="h",
            name=reader.label(subset, 32),
            marker={"color": colour(number, len(kept)), "line": {"width": 0}},
            customdata=np.column_stack([corpus, _ratio(share, corpus)]),
            hovertemplate="%{x:.2%} of kept tokens<br>%{customdata[0]:.2%} of the corpus<br>"
            "%{customdata[1]:.2f} times its share<extra></extra>",
        )
    fig.add_scatter(
        y=places,
        x=corpus,
        mode="markers",
        name="corpus",
        marker={
            "symbol": "line-ns-open",
            "size": 7 + 3 * len(kept),
            "color": CORPUS,
            "line": {"width": 2.5, "color": CORPUS},
        },
        hovertemplate="%{x:.2%} of the corpus<extra></extra>",
    )
    rows_of(fig, [reader.label(name, 26) for name in names], len(kept))
    fig.update_xaxes(tickformat=".0%", rangemode="tozero", nticks=6, tickangle=0)
    return fig, _most_moved(names, corpus, kept, noun)


def colour(number: int, total: int) -> str:
    """The accent for a subset alone, the palette for several."""
    return KEPT if total == 1 else style.CATEGORICAL[number % len(style.CATEGORICAL)]


def _ratio(share: np.ndarray, corpus: np.ndarray) -> np.ndarray:
    return np.divide(share, corpus, out=np.full(len(share), np.nan), where=corpus > 0)


def rows_of(fig: go.Figure, labels: Sequence[str], n_marks: int = 1) -> None:
    """Number the rows from the top and give every row room."""
    style.figure(fig)
    fig.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=[len(labels) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
    )
    height = _ROW_PX + 6 * max(0, n_marks - 1)
    fig.update_layout(
        height=(44 if n_marks == 1 else 76) + height * max(len(labels), 2),
        barmode="overlay",
        showlegend=n_marks > 1,
        legend=_LEGEND,
    )


def _most_moved(
    names: Sequence[str], corpus: np.ndarray, kept: Mapping[str, np.ndarray], noun: str
) -> str:
    words = f"Share of tokens of {len(names)} {noun}s, kept and in the corpus."
    for subset, share in kept.items():
        if len(names):
            far = int(np.argmax(np.abs(share - corpus)))
            words += (
                f" {reader.plain(subset, 40)}: {reader.plain(str(names[far]), 40)} holds"
                f" {share[far]:.1%} of kept tokens, {corpus[far]:.1%} of the corpus."
            )
    return words


def kept_composition(groups: Groups, noun: str) -> Told:
    """One draw beside its corpus."""
    return composition(groups.names, groups.corpus, {"kept": groups.kept[0]}, noun)


def means(rows: Sequence[Mean]) -> Told:
    """Mean of each signal, corpus to kept, in standard deviations of the corpus; real means in the hover text."""
    import plotly.graph_objects as go

    places, shift = np.arange(len(rows)), np.array([row.shift for row in rows])
    facts = np.array([[row.corpus, row.kept] for row in rows]).reshape(-1, 2)
    fig = go.Figure()
    fig.add_bar(
        y=places,
        x=shift,
        orientation="h",
        width=0.5,
        name="kept",
        showlegend=False,
        marker={"color": np.where(shift < 0, style.DIVERGING[5], KEPT).tolist()},
        customdata=facts,
        hovertemplate="corpus %{customdata[0]:.3g}<br>kept %{customdata[1]:.3g}<br>"
        "%{x:+.2f} sd<extra></extra>",
        text=[f"{row.kept:.2f}" if np.isfinite(row.kept) else "–" for row in rows],
        textposition="outside",
        textfont={"size": 11},
        constraintext="none",
        cliponaxis=False,
    )
    rows_of(fig, [reader.label(row.name.replace("_", " "), 30) for row in rows])
    reach = max(0.25, float(np.nanmax(np.abs(shift), initial=0.0))) * 1.25
    fig.update_xaxes(
        range=[-reach, reach],
        nticks=7,
        tickformat="+.1f",
        tickangle=0,
        zeroline=True,
        zerolinecolor=CORPUS,
        zerolinewidth=2,
    )
    told = "; ".join(f"{row.name} {row.corpus:.2f} to {row.kept:.2f}" for row in rows)
    return fig, f"Mean in the corpus and among the kept: {told}."


def lengths(shape: Lengths) -> Told:
    """Share of documents per length, bins that double."""
    import plotly.graph_objects as go

    labels = [f"{low:,}" if low < 1024 else f"{low // 1024:,} k" for low in shape.low.tolist()]
    fig = go.Figure()
    fig.add_bar(
        x=labels,
        y=shape.kept,
        name="kept",
        marker={"color": KEPT},
        hovertemplate="from %{x} tokens: %{y:.1%} of the kept<extra></extra>",
    )
    fig.add_scatter(
        x=labels,
        y=shape.corpus,
        name="corpus",
        mode="lines",
        line={"color": CORPUS, "width": 2.5, "shape": "hvh"},
        hovertemplate="from %{x} tokens: %{y:.1%} of the corpus<extra></extra>",
    )
    style.figure(fig)
    fig.update_yaxes(tickformat=".0%", nticks=5)
    fig.update_xaxes(type="category", tickangle=0)
    fig.update_layout(height=230, showlegend=False)
    return fig, (
        f"Documents by length: median {shape.medians[1]:,.0f} tokens in the corpus,"
        f" {shape.medians[0]:,.0f} among the kept; a kept document is longer than one of the corpus"
        f" in {shape.bias.longer:.0%} of pairs."
    )


def counts(labels: Sequence[str], values: Sequence[float], x_title: str, y_title: str) -> Told:
    """Plain columns, such as documents per number of copies."""
    import plotly.graph_objects as go

    fig = go.Figure(
        go.Bar(
            x=list(labels),
            y=list(values),
            marker={"color": KEPT},
            hovertemplate="%{x}: %{y:,}<extra></extra>",
        )
    )
    style.figure(fig)
    fig.update_xaxes(type="category", tickangle=0)
    fig.update_yaxes(nticks=5)
    fig.update_layout(height=200, showlegend=False)
    told = ", ".join(f"{label}: {value:,.0f}" for label, value in zip(labels, values, strict=True))
    return fig, f"{y_title} by {x_title}: {told}."


def sampling_curves(curves: Sequence[SamplingCurve], most: int = 8) -> Told:
    """Expected copies by quality rank, one line a domain."""
    import plotly.graph_objects as go

    fig = go.Figure()
    for number, curve in enumerate(curves[:most]):
        fig.add_scatter(
            x=curve.rank,
            y=curve.copies,
            mode="lines",
            name=reader.label(curve.domain or "all", 28),
            line={"color": style.CATEGORICAL[number % len(style.CATEGORICAL)], "width": 2},
            hovertemplate="best %{x:.1%}: %{y:.3g} copies<extra></extra>",
        )
    style.figure(fig)
    fig.update_xaxes(title="quality rank in the domain (0 is best)", tickformat=".0%")
    fig.update_yaxes(title="expected copies", rangemode="tozero")
    fig.update_layout(height=280, legend=_LEGEND)
    first = curves[0]
    return fig, (
        f"Expected copies by quality rank in {len(curves)} domains; the best of {first.domain or 'all'}"
        f" is drawn {float(first.copies.max()):.2f} times."
    )
