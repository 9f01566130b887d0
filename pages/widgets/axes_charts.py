"""Figures of fitted axes: eigenvalues above the noise, and how signals load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import selection
from pages.widgets import heatmaps, style

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from selection.primitives.axis_tops import TopsOverlap
    from selection.primitives.principal_axes import AxesModel


def scree(model: AxesModel) -> go.Figure:
    """Eigenvalues as bars (kept ones solid), the noise floor as a line, the variance summed up on the right."""
    import plotly.graph_objects as go

    numbers = np.arange(1, len(model.eigenvalues) + 1)
    colours = [style.ACCENT if n <= model.n_axes else "rgba(140, 146, 158, 0.45)" for n in numbers]
    fig = go.Figure(
        go.Bar(
            x=numbers,
            y=model.eigenvalues,
            marker={"color": colours},
            name="eigenvalue",
            hovertemplate="axis %{x}: eigenvalue %{y:.2f}<extra></extra>",
        )
    )
    fig.add_traces(_scree_lines(model, numbers))
    fig = style.figure(fig)
    fig.update_layout(
        height=320,
        bargap=0.35,
        margin={"t": 34},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "range": [0, 1.02],
            "tickformat": ".0%",
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "showgrid": False,
        },
    )
    fig.update_xaxes(title_text="axis", dtick=1, showgrid=False)
    fig.update_yaxes(title_text="eigenvalue", selector={"side": None}, rangemode="tozero")
    return fig


def _scree_lines(model: AxesModel, numbers: np.ndarray) -> list[go.Scatter]:
    """The noise floor, and the variance summed up on the second axis."""
    import plotly.graph_objects as go

    return [
        go.Scatter(
            x=numbers,
            y=model.noise_floor,
            mode="lines+markers",
            line={"color": style.CATEGORICAL[5], "dash": "dot", "width": 2},
            marker={"size": 4},
            name="noise floor",
            hovertemplate="unrelated columns: %{y:.2f}<extra></extra>",
        ),
        go.Scatter(
            x=numbers,
            y=cumulative(model),
            yaxis="y2",
            mode="lines+markers",
            line={"color": style.CATEGORICAL[2], "width": 1.5},
            marker={"size": 4},
            name="variance so far",
            hovertemplate="first %{x}: %{y:.1%}<extra></extra>",
        ),
    ]


def cumulative(model: AxesModel) -> np.ndarray:
    """(d,) share of the variance of the first 1, 2, … axes before any rotation."""
    return np.cumsum(model.eigenvalues) / model.eigenvalues.sum()


def loadings(model: AxesModel) -> go.Figure:
    """Signals by axes; signals that load on the same axis stand together, strongest first."""
    order = loading_order(model.loadings)
    names = selection.short_names(model.names)
    rows = [names[i] for i in order]
    columns = [f"axis {k + 1}" for k in range(model.n_axes)]
    return heatmaps.matrix(model.loadings[order], rows, columns, what="loading")


def loading_order(values: np.ndarray) -> list[int]:
    """Rows of (d, k) loadings by the axis they load on most, then by that loading, highest first."""
    main = np.abs(values).argmax(axis=1)
    return sorted(range(len(values)), key=lambda i: (main[i], -values[i, main[i]]))


def overlap(found: TopsOverlap) -> go.Figure:
    """Pairwise overlap of the axes' tops, as shares of the smaller top's tokens."""
    names = [f"axis {k + 1}" for k in range(len(found.pairwise))]
    values = found.pairwise.copy()
    np.fill_diagonal(values, np.nan)
    return heatmaps.matrix(
        values, names, names, low=0, high=1, form=".0%", what="overlap", diverging=False
    )


def mean_pair(matrix: np.ndarray) -> float:
    """Mean of the entries off the diagonal; NaN for a single axis."""
    off = matrix[~np.eye(len(matrix), dtype=bool)]
    return float(off.mean()) if len(off) else float("nan")
