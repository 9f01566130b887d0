"""Figures of several subsets at once: means of dimensions, spread of lengths, distinct documents, overlap.

Each returns a Plotly figure and the sentence that tells it; labels are made inert.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.widgets import heatmaps, reader, style
from pages.widgets.comparison_charts import CORPUS, Told, colour, row_layout, tick, whiskers

if TYPE_CHECKING:
    import plotly.graph_objects as go


def means(
    dimensions: Sequence[str],
    corpus: np.ndarray,
    subsets: Mapping[str, np.ndarray],
    chance: np.ndarray | None,
) -> Told:
    """A dot with its interval per subset and dimension, a grey tick for the corpus, a grey band for random draws.

    corpus: (n_dimensions,); subsets and chance: (n_dimensions, 3) mean, low and high.
    """
    import plotly.graph_objects as go

    places, fig = np.arange(len(dimensions)), go.Figure()
    if chance is not None:
        fig.add_trace(_band(places, chance))
    fig.add_trace(tick(corpus, places, 12))
    for number, (name, values) in enumerate(subsets.items()):
        apart = (number - (len(subsets) - 1) / 2) * 0.6 / max(len(subsets), 2)
        fig.add_scatter(
            y=places + apart,
            x=values[:, 0],
            error_x={**whiskers(*values.T), "color": colour(number, len(subsets))},
            mode="markers",
            name=reader.label(name, 32),
            marker={"size": 8, "color": colour(number, len(subsets)), "opacity": 0.9},
            customdata=values,
            hovertemplate="%{x:.3f} (%{customdata[1]:.3f} to %{customdata[2]:.3f})<extra>"
            + reader.label(name, 32)
            + "</extra>",
        )
    marks = max(2, len(subsets))
    _rows(fig, [reader.label(reader.words(name), 26) for name in dimensions], marks)
    fig.update_yaxes(showgrid=True)
    fig.update_xaxes(nticks=7, tickangle=0)
    told = "; ".join(
        f"{name}: " + ", ".join(f"{reader.plain(s, 40)} {v[i, 0]:.2f}" for s, v in subsets.items())
        for i, name in enumerate(dimensions)
    )
    return fig, f"Token-weighted mean of each dimension. {told}."


def _band(places: np.ndarray, chance: np.ndarray) -> dict[str, Any]:
    """From low to high of (n_rows, 3) mean, low and high."""
    return {
        "type": "bar",
        "y": places,
        "x": chance[:, 2] - chance[:, 1],
        "base": chance[:, 1],
        "orientation": "h",
        "width": 0.7,
        "name": "random, 95 %",
        "marker": {"color": CORPUS, "opacity": 0.35},
        "hoverinfo": "skip",
    }


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
    ticks = [step * 10**power for power in range(8) for step in (1, 3)]
    fig.update_xaxes(
        type="log", tickvals=ticks, ticktext=[style.compact(tick) for tick in ticks], tickangle=0
    )
    told = "; ".join(f"{reader.plain(name, 40)} {q[2]:,.0f}" for name, q in rows.items())
    return fig, f"Tokens per document, medians: {told}."


def bars(values: Mapping[str, tuple[float, float, float]], what: str, grey: Sequence[str]) -> Told:
    """One number per subset with its interval: value, low, high; those named in `grey` are not of the contest."""
    import plotly.graph_objects as go

    names, numbers = list(values), np.array(list(values.values()), float)
    n_subsets = sum(name not in grey for name in names)
    shades = [CORPUS if n in grey else colour(i, n_subsets) for i, n in enumerate(names)]
    fig = go.Figure(
        go.Bar(
            y=np.arange(len(names)),
            x=numbers[:, 0],
            orientation="h",
            width=0.6,
            marker={"color": shades},
            error_x={**whiskers(*numbers.T), "thickness": 1.5, "width": 4},
            text=[f"{value:,.1f}" for value in numbers[:, 0]],
            textposition="inside",
            insidetextanchor="start",
            textfont={"size": 11, "color": [style.ink(shade) for shade in shades]},
            constraintext="none",
            textangle=0,
            customdata=numbers,
            hovertemplate="%{x:,.2f} (%{customdata[1]:,.2f} to %{customdata[2]:,.2f})<extra></extra>",
        )
    )
    _rows(fig, [reader.label(name, 26) for name in names])
    fig.update_xaxes(range=[0, float(np.nanmax(numbers)) * 1.1 or 1], nticks=6, tickangle=0)
    told = ", ".join(f"{reader.plain(name, 40)} {value[0]:,.1f}" for name, value in values.items())
    return fig, f"{what}: {told}."


def overlap(
    names: Sequence[str],
    share: np.ndarray,
    lift: np.ndarray,
    noun: str,
    reach: np.ndarray | None = None,
) -> Told:
    """A square of shares of the smaller subset, each with its lift over chance. Arrays (n, n).

    reach: half the interval of each share
    """
    import plotly.graph_objects as go

    n = len(names)
    half = np.full((n, n), np.nan) if reach is None else reach
    words = [[_cell(share[i, j], half[i, j], lift[i, j]) for j in range(n)] for i in range(n)]
    fig = go.Figure([_squares(share), *heatmaps.words(words, np.nan_to_num(share) > 0.5, 11)])
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


def _squares(share: np.ndarray) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "z": share,
        "colorscale": [[0, "rgba(62, 99, 221, 0.08)"], [1, "rgba(62, 99, 221, 0.8)"]],
        "zmin": 0,
        "zmax": 1,
        "xgap": 3,
        "ygap": 3,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _cell(share: float, reach: float, lift: float) -> str:
    if not np.isfinite(share):
        return ""
    about = f"<br>± {100 * reach:.1f}" if np.isfinite(reach) else ""
    return f"{share:.1%}{about}<br>{lift:.2f}×"


def _rows(fig: go.Figure, labels: Sequence[str], n_marks: int = 1) -> None:
    style.figure(fig)
    fig.update_layout(row_layout(labels, n_marks))
