"""Figure of agreement: a dot and its interval for each dimension and rater."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pages.widgets import reader, style

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CHANCE = {"spearman": 0.0, "kappa": 0.0, "pairs": 0.5}


def intervals(rows: list[dict[str, Any]], figure: str) -> go.Figure:
    """Rows of `Agreeing.row()`, grouped by dimension, a colour per rater; the dotted line is chance."""
    import plotly.graph_objects as go

    told = [row for row in rows if row[figure] is not None]
    raters = list(dict.fromkeys(row["rater"] for row in told))
    fig = go.Figure()
    for number, rater in enumerate(raters):
        mine = [row for row in told if row["rater"] == rater]
        middle = [row[figure] for row in mine]
        fig.add_scatter(
            y=[reader.label(reader.words(row["dimension"])) for row in mine],
            x=middle,
            mode="markers",
            name=reader.label(rater, 40),
            marker={"size": 9, "color": style.CATEGORICAL[number % len(style.CATEGORICAL)]},
            error_x={
                "type": "data", "symmetric": False, "thickness": 2, "width": 4,
                "array": [row[f"{figure}_high"] - row[figure] for row in mine],
                "arrayminus": [row[figure] - row[f"{figure}_low"] for row in mine],
            },
            customdata=[[row[f"{figure}_low"], row[f"{figure}_high"], row["n_docs"], row["n_pairs"]] for row in mine],
            hovertemplate="%{x:.2f} (%{customdata[0]:.2f} to %{customdata[1]:.2f})<br>%{customdata[2]:,} documents,"
            " %{customdata[3]:,} pairs<extra>%{fullData.name}</extra>",
            offsetgroup=rater,
            orientation="h",
        )  # fmt: skip
    fig = style.figure(fig)
    fig.add_vline(x=_CHANCE[figure], line={"dash": "dot", "color": "#8C929E"})
    n_dimensions = len({row["dimension"] for row in told})
    fig.update_layout(
        height=90 + n_dimensions * (24 + 20 * len(raters)), scattermode="group", scattergap=0.3,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    low = min(0.0, *(row[f"{figure}_low"] for row in told)) - 0.03
    fig.update_xaxes(range=[low, 1.03])
    fig.update_yaxes(autorange="reversed")
    return fig
