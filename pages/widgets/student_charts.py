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
        line={"color": style.ACCENT},
        error_y=_bars(bins, "rated"),
        customdata=[[_between(each), each["n"]] for each in bins],
        hovertemplate="predicted %{x:.3~g}, rated %{y:.3~g}%{customdata[0]}<br>%{customdata[1]:,} documents held out"
        "<extra></extra>",
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
            error_y=_bars(points, "spearman"),
            customdata=[[_between(each), each.get("held_out")] for each in points],
            hovertemplate="%{x:,} ratings: %{y:.2f}%{customdata[0]}<br>%{customdata[1]:,} documents held out<extra></extra>",
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
    lows = [each["low"] for each in points if each.get("low") is not None]
    least = min(-0.1, *lows) if lows else -0.1
    fig.update_yaxes(title_text="rank correlation held out", range=[least, 1.02])
    return fig


def _bars(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """From low to high around the figure of this name; nothing where there is no interval."""
    known = [row.get("low") is not None and row[name] is not None for row in rows]
    return {
        "type": "data", "symmetric": False, "thickness": 1.5, "width": 4,
        "array": [row["high"] - row[name] if has else None for row, has in zip(rows, known, strict=True)],
        "arrayminus": [row[name] - row["low"] if has else None for row, has in zip(rows, known, strict=True)],
    }  # fmt: skip


def _between(row: dict[str, Any]) -> str:
    if row.get("low") is None:
        return " (no interval)"
    return f" ({row['low']:.3g} to {row['high']:.3g})"
