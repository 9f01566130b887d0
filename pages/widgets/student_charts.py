"""Figures of a student: calibration and learning curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pages.widgets import style

if TYPE_CHECKING:
    import plotly.graph_objects as go


def calibration(bins: list[dict[str, Any]]) -> go.Figure:
    """Mean rating against mean prediction of each bin, with the line where they are equal."""
    import plotly.graph_objects as go

    x, y = [each["predicted"] for each in bins], [each["rated"] for each in bins]
    fig = go.Figure()
    if bins:
        ends = [min(x + y), max(x + y)]
        fig.add_scatter(
            x=ends, y=ends, mode="lines", line={"dash": "dot", "color": "#8C929E"}, hoverinfo="skip"
        )
    fig.add_scatter(
        x=x,
        y=y,
        mode="lines+markers",
        line={"color": style.CATEGORICAL[0]},
        customdata=[each["n"] for each in bins],
        hovertemplate="predicted %{x:.3~g}, rated %{y:.3~g}<br>%{customdata:,} documents<extra></extra>",
    )
    fig = style.figure(fig)
    fig.update_layout(height=300, showlegend=False)
    fig.update_xaxes(title_text="predicted")
    fig.update_yaxes(title_text="rated, mean")
    return fig


def curve(points: list[dict[str, Any]]) -> go.Figure:
    """Rank correlation on documents held out by how many were learnt from."""
    import plotly.graph_objects as go

    fig = go.Figure(
        go.Scatter(
            x=[each["n"] for each in points],
            y=[each["spearman"] for each in points],
            mode="lines+markers",
            line={"color": style.CATEGORICAL[2]},
            hovertemplate="%{x:,} ratings: %{y:.2f}<extra></extra>",
        )
    )
    fig = style.figure(fig)
    fig.update_layout(height=300, showlegend=False)
    counts = [each["n"] for each in points]
    fig.update_xaxes(
        title_text="ratings learnt from",
        type="log",
        tickvals=counts,
        ticktext=[f"{n:,}" for n in counts],
    )
    fig.update_yaxes(title_text="rank correlation held out", range=[-0.1, 1.02])
    return fig
