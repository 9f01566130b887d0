"""Figures of one signal: how it is spread, how it differs between groups, how far it follows document length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pages.widgets import reader, style, summaries

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from selection.core.documents import Categories

MOST_BOXES = 30
RATING = "0-5"  # the unit of quality dimensions: their figures share one scale


def spread(values: np.ndarray, unit: str = "", height: int = 300, n_bins: int = 40) -> go.Figure:
    """The histogram of one signal, with a line at the median."""
    return spread_of(summaries.histogram(values, n_bins), unit, height)


def spread_of(found: summaries.Histogram, unit: str = "", height: int = 300) -> go.Figure:
    """The same of a histogram that is there already."""
    import plotly.graph_objects as go

    middle = (found.edges[:-1] + found.edges[1:]) / 2
    small = height < 200
    fig = go.Figure(
        go.Bar(
            x=middle,
            y=found.counts,
            width=np.diff(found.edges),
            marker={"color": style.ACCENT, "line": {"width": 0}},
            hovertemplate="about %{x:.4~g}: %{y:,} documents<extra></extra>",
        )
    )
    fig = style.figure(fig)
    if np.isfinite(found.median):
        fig.add_vline(
            x=found.median,
            line={"width": 1.5, "dash": "dot", "color": style.CATEGORICAL[5]},
        )
    fig.update_layout(height=height, bargap=0.04, showlegend=False)
    rated = {"range": [-0.05, 5.05], "tickvals": list(range(6))} if unit == RATING else {}
    title = "score from 0 to 5" if rated else reader.label(unit)
    fig.update_xaxes(title_text=None if small else title, nticks=4 if small else None, **rated)
    fig.update_yaxes(
        title_text="" if small else "documents",
        nticks=3 if small else None,
        showticklabels=not small,
    )
    return fig


def boxes(values: np.ndarray, groups: Categories) -> go.Figure:
    """Percentiles 5, 25, 50, 75, 95 per group as boxes, highest median on top; of the largest groups."""
    import plotly.graph_objects as go

    sizes = np.bincount(groups.codes[groups.codes >= 0], minlength=len(groups.names))
    five = summaries.five_numbers(values, groups.codes, len(groups.names))
    kept = [
        int(i) for i in np.argsort(-sizes, kind="stable")[:MOST_BOXES] if not np.isnan(five[i, 2])
    ]
    kept.sort(key=lambda i: five[i, 2])
    fig = go.Figure(
        go.Box(
            y=np.arange(len(kept)),
            lowerfence=five[kept, 0],
            q1=five[kept, 1],
            median=five[kept, 2],
            q3=five[kept, 3],
            upperfence=five[kept, 4],
            orientation="h",
            line={"width": 1.2, "color": style.ACCENT},
            fillcolor=style.ACCENT_FAINT,
            hoverinfo="x",
            showlegend=False,
        )
    )
    fig = style.figure(fig)
    names = [f"{reader.label(groups.names[i], 26)} ({sizes[i]:,})" for i in kept]
    fig.update_yaxes(tickvals=np.arange(len(kept)), ticktext=names, showgrid=False, zeroline=False)
    fig.update_layout(height=80 + 22 * max(3, len(kept)))
    return fig


def length_bars(names: Sequence[str], ties: np.ndarray) -> go.Figure:
    """Rank correlation with length per signal, strongest on top; those over the limit stand out."""
    import plotly.graph_objects as go

    order = [int(i) for i in np.argsort(np.abs(np.nan_to_num(ties)), kind="stable")]
    colours = [
        style.CATEGORICAL[5] if abs(ties[i]) >= summaries.LENGTH_LIMIT else style.ACCENT
        for i in order
    ]
    fig = go.Figure(
        go.Bar(
            x=ties[order],
            y=np.arange(len(order)),
            orientation="h",
            marker={"color": colours},
            hovertemplate="%{x:.2f}<extra></extra>",
        )
    )
    fig = style.figure(fig)
    for limit in (-summaries.LENGTH_LIMIT, summaries.LENGTH_LIMIT):
        fig.add_vline(x=limit, line={"width": 1, "dash": "dot", "color": "#8C929E"})
    fig.update_xaxes(range=[-1, 1], title_text="rank correlation with tokens per document")
    fig.update_yaxes(
        tickvals=np.arange(len(order)),
        ticktext=[reader.label(names[i], 30) for i in order],
        showgrid=False,
        zeroline=False,
    )
    fig.update_layout(height=90 + 22 * max(3, len(order)), bargap=0.35)
    return fig
