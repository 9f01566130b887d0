"""Figure of a frontier: quality against diversity, the front in colour, what it beats in grey, chance beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.widgets import reader, style
from pages.widgets.comparison_charts import CORPUS, KEPT, Told, whiskers

if TYPE_CHECKING:
    import plotly.graph_objects as go


_FAINT = "rgba(128, 136, 150, 0.4)"


def figure(
    points: Sequence[Mapping[str, Any]],
    chance: Mapping[str, Any],
    quality: str,
    diversity: str,
    diversity_title: str,
) -> Told:
    """A point per setting, its number in `customdata`, intervals both ways; the front joined by a line."""
    import plotly.graph_objects as go

    fig = go.Figure()
    on = [i for i, point in enumerate(points) if point["on_front"]]
    off = [i for i, point in enumerate(points) if not point["on_front"]]
    line = sorted(on, key=lambda i: points[i]["row"][diversity])
    fig.add_scatter(
        x=[points[i]["row"][diversity] for i in line],
        y=[points[i]["row"][quality] for i in line],
        mode="lines",
        line={"color": KEPT, "width": 1.5, "dash": "dot"},
        showlegend=False,
        hoverinfo="skip",
    )
    for numbers, name, colour in ((off, "beaten in both", CORPUS), (on, "front", KEPT)):
        if numbers:
            rows = [points[i]["row"] for i in numbers]
            words = [_setting(points[i]["swept"]) for i in numbers]
            mark = {"size": 13 if colour == KEPT else 10, "color": colour}
            _points(fig, rows, quality, diversity, name, mark, words, numbers)
    diamond = {"size": 12, "color": CORPUS, "symbol": "diamond"}
    _points(fig, [chance], quality, diversity, "random draws", diamond, ["random"], None)
    style.figure(fig)
    fig.update_layout(
        height=460,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom"},
        clickmode="event+select",
    )
    fig.update_xaxes(title_text=diversity_title)
    fig.update_yaxes(title_text=reader.words(quality))
    return fig, _told(points, on, quality, diversity_title)


def _points(
    fig: go.Figure,
    rows: Sequence[Mapping[str, Any]],
    quality: str,
    diversity: str,
    name: str,
    mark: dict[str, Any],
    words: Sequence[str],
    numbers: Sequence[int] | None,
) -> None:
    x, y = (_ends(rows, axis) for axis in (diversity, quality))
    fig.add_scatter(
        x=x[:, 0],
        y=y[:, 0],
        error_x={**whiskers(*x.T), "color": _FAINT},
        error_y={**whiskers(*y.T), "color": _FAINT},
        mode="markers+text",
        text=[reader.label(word, 40) for word in words],
        textposition="top center",
        textfont={"size": 11},
        name=name,
        marker=mark,
        customdata=numbers,
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        hovertemplate="%{text}<br>%{x:.3f} · %{y:.3f}<extra></extra>",
        hoverinfo="skip" if numbers is None else None,
    )


def _ends(rows: Sequence[Mapping[str, Any]], name: str) -> np.ndarray:
    """(n_rows, 3) value, low, high."""
    return np.array([[row.get(name + end) for end in ("", "_low", "_high")] for row in rows], float)


def _setting(swept: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in swept.items())


def _told(
    points: Sequence[Mapping[str, Any]], on: Sequence[int], quality: str, diversity: str
) -> str:
    best = "; ".join(_setting(points[i]["swept"]) for i in on)
    return reader.plain(
        f"{quality} against {diversity} of {len(points)} settings; on the front: {best}.", 600
    )
