"""Figures of several subsets at once: means of dimensions, spread of lengths, distinct documents, overlap.

Each returns a Plotly figure and the sentence that tells it; labels are made inert.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.widgets import reader, style
from pages.widgets.comparison_charts import CORPUS, Told, colour, row_layout, tick

if TYPE_CHECKING:
    import plotly.graph_objects as go


def means(
    dimensions: Sequence[str],
    corpus: np.ndarray,
    subsets: Mapping[str, np.ndarray],
    chance: tuple[np.ndarray, np.ndarray] | None,
) -> Told:
    """A dot per subset and dimension, a grey tick for the corpus, a grey band of two deviations of random draws.

    Arrays (n_dimensions,); `chance` is mean and deviation of the random draws.
    """
    import plotly.graph_objects as go

    places, fig = np.arange(len(dimensions)), go.Figure()
    if chance is not None:
        fig.add_bar(
            y=places,
            x=4 * chance[1],
            base=chance[0] - 2 * chance[1],
            orientation="h",
            width=0.7,
            name="random ± 2 sd",
            marker={"color": CORPUS, "opacity": 0.35},
            hoverinfo="skip",
        )
    fig.add_trace(tick(corpus, places, 12))
    for number, (name, values) in enumerate(subsets.items()):
        fig.add_scatter(
            y=places,
            x=values,
            mode="markers",
            name=reader.label(name, 32),
            marker={"size": 10, "color": colour(number, len(subsets)), "opacity": 0.9},
            hovertemplate="%{x:.3f}<extra>" + reader.label(name, 32) + "</extra>",
        )
    _rows(fig, [reader.label(name.replace("_", " "), 26) for name in dimensions], 2)
    fig.update_yaxes(showgrid=True)
    fig.update_xaxes(nticks=7, tickangle=0)
    told = "; ".join(
        f"{name}: " + ", ".join(f"{reader.plain(s, 40)} {v[i]:.2f}" for s, v in subsets.items())
        for i, name in enumerate(dimensions)
    )
    return fig, f"Token-weighted mean of each dimension. {told}."


def lengths(rows: Mapping[str, np.ndarray], grey: Sequence[str]) -> Told:
    """Middle half (thick), 5 % to 95 % (thin) and median (dot) of tokens per document; (5,) quantiles a row."""
    import plotly.graph_objects as go

    fig = go.Figure()
    n_subsets = sum(name not in grey for name in rows)
    for place, (name, quantiles) in enumerate(rows.items()):
        shade = CORPUS if name in grey else colour(place, n_subsets)
        for low, high, width in ((0, 4, 2), (1, 3, 9)):
            fig.add_scatter(
                x=[quantiles[low], quantiles[high]],
                y=[place, place],
                mode="lines",
                line={"color": shade, "width": width},
                hoverinfo="skip",
            )
        fig.add_scatter(
            x=[quantiles[2]],
            y=[place],
            mode="markers",
            marker={"color": "white", "size": 8, "line": {"color": shade, "width": 2}},
            customdata=[quantiles.tolist()],
            hovertemplate="median %{customdata[2]:,.0f}<br>middle half %{customdata[1]:,.0f}–%{customdata[3]:,.0f}"
            "<br>5 % to 95 % %{customdata[0]:,.0f}–%{customdata[4]:,.0f}<extra></extra>",
        )
    _rows(fig, [reader.label(name, 26) for name in rows])
    fig.update_xaxes(type="log", dtick=1, tickangle=0)
    told = "; ".join(f"{reader.plain(name, 40)} {q[2]:,.0f}" for name, q in rows.items())
    return fig, f"Tokens per document, medians: {told}."


def bars(values: Mapping[str, float], what: str, deviation: Mapping[str, float]) -> Told:
    """One number per subset; the corpus and random draws in grey, these with two deviations."""
    import plotly.graph_objects as go

    names = list(values)
    grey = {"corpus", *deviation}
    n_subsets = sum(name not in grey for name in names)
    fig = go.Figure(
        go.Bar(
            y=np.arange(len(names)),
            x=list(values.values()),
            orientation="h",
            width=0.6,
            marker={
                "color": [
                    CORPUS if n in grey else colour(i, n_subsets) for i, n in enumerate(names)
                ]
            },
            error_x={
                "type": "data",
                "array": [2 * deviation.get(name, 0.0) for name in names],
                "color": CORPUS,
                "visible": bool(deviation),
            },
            text=[f"{value:,.1f}" for value in values.values()],
            textposition="inside",
            insidetextanchor="start",
            textfont={"size": 11, "color": "white"},
            constraintext="none",
            textangle=0,
            hovertemplate="%{x:,.2f}<extra></extra>",
        )
    )
    _rows(fig, [reader.label(name, 26) for name in names])
    reach = max(v + 2 * deviation.get(n, 0.0) for n, v in values.items())
    fig.update_xaxes(range=[0, reach * 1.15 or 1], nticks=6, tickangle=0)
    told = ", ".join(f"{reader.plain(name, 40)} {value:,.1f}" for name, value in values.items())
    return fig, f"{what}: {told}."


def overlap(names: Sequence[str], share: np.ndarray, lift: np.ndarray, noun: str) -> Told:
    """A square of shares of the smaller subset, each with its lift over chance. Arrays (n, n)."""
    import plotly.graph_objects as go

    n = len(names)
    words = [[_cell(share[i, j], lift[i, j], i == j) for j in range(n)] for i in range(n)]
    shown = np.where(np.eye(n, dtype=bool), np.nan, share)
    heat = go.Heatmap(
        z=shown,
        colorscale=[[0, "rgba(62, 99, 221, 0.08)"], [1, "rgba(62, 99, 221, 0.8)"]],
        zmin=0,
        zmax=1,
        xgap=3,
        ygap=3,
        showscale=False,
        hoverinfo="skip",
    )
    text = go.Scatter(  # words of the heat map itself would be black in the dark
        x=[j for _ in range(n) for j in range(n)],
        y=[i for i in range(n) for _ in range(n)],
        text=[word for row in words for word in row],
        mode="text",
        showlegend=False,
        hovertemplate="%{text}<extra></extra>",
    )
    fig = go.Figure([heat, text])
    style.figure(fig)
    ticks: dict[str, Any] = {
        "tickvals": list(range(n)),
        "ticktext": [reader.label(name, 20) for name in names],
        "showgrid": False,
        "zeroline": False,
    }
    fig.update_xaxes(**ticks, side="top")
    fig.update_yaxes(**ticks, autorange="reversed")
    fig.update_layout(height=60 + 54 * n)
    told = "; ".join(
        f"{reader.plain(names[i], 40)} and {reader.plain(names[j], 40)} {share[i, j]:.1%},"
        f" {lift[i, j]:.2f} times chance"
        for i in range(n)
        for j in range(i)
    )
    return fig, f"Overlap in {noun}, as a share of the smaller subset: {told}."


def _cell(share: float, lift: float, same: bool) -> str:
    if same or not np.isfinite(share):
        return ""
    return f"{share:.1%}<br>{lift:.2f}×"


def _rows(fig: go.Figure, labels: Sequence[str], n_marks: int = 1) -> None:
    style.figure(fig)
    fig.update_layout(row_layout(labels, n_marks))
