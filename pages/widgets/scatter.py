"""The map as a figure, for browsers without WebGL and for corpora that are too large to send: a picture of every document.

The picture holds all documents; a sample of them lies over it as invisible points, so that hover and click find them. What
is not in focus is grey, not gone. How colours, sizes and ranges are chosen stands here too, for both kinds of map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pages.widgets import map_labels, raster, reader, shading, style
from pages.widgets.colouring import Colouring
from pages.widgets.outline import Area

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from selection.primitives.map_regions import Region

REACHED_DOCS = 4_000  # documents of the picture that hover and click find
HIGH_PX = 620
_WIDE_PX = 760  # what titles are laid out for; a wider screen only gives them more air
DRAG = {"lasso": "lasso", "box": "select", "move": "pan"}  # what dragging does -> Plotly's word
_TEXT = ("#1C2024", "#F0F1F4")  # of titles, light and dark
_OVER, _UNDER = "218, 138, 62", "91, 147, 199"  # regions, as overlay.js draws them
_PLATE = ("rgba(252, 252, 253, 0.6)", "rgba(18, 19, 23, 0.6)")  # behind them


def units_per_px(points: np.ndarray) -> float:
    """Data units that one pixel stands for when the whole map is shown at equal aspect."""
    span = np.ptp(points, axis=0) if len(points) else np.ones(2)
    return float(max(span[0] / _WIDE_PX, span[1] / HIGH_PX)) or 1.0


def figure(
    points: np.ndarray,
    colouring: Colouring,
    focus: np.ndarray | None = None,
    area: Area | None = None,
    labels: list[map_labels.Label] | None = None,
    revision: str = "",
    dark: bool = False,
    drag: str = "lasso",
    regions: Sequence[Region] = (),
) -> go.Figure:
    """The map of (n_docs, 2) points. `focus` (n_docs,) bool: coloured, the rest grey; `area`: shown as selected.

    Another `revision` makes it another figure, so that the browser forgets an outline.
    """
    import plotly.graph_objects as go

    points = np.asarray(points, np.float32)
    shown = np.ones(len(points), bool) if focus is None else focus
    shown = shown & area.holds(points) if area else shown
    inside = np.flatnonzero(shown)
    rng = np.random.default_rng(0)
    reached = np.sort(rng.choice(inside, min(REACHED_DOCS, len(inside)), replace=False))
    fig = go.Figure()
    _add_picture(fig, points, colouring, shown, dark)
    _add_reached(fig, points, reached)
    if colouring.values is not None:
        _add_scale(fig, colouring, dark)
    _enclose(fig, regions)
    if area:
        _trace(fig, area)
    for label in labels or []:
        fig.add_annotation(
            x=label.x, y=label.y, text=label.text, showarrow=False, borderpad=2,
            font={"size": 11, "weight": 600, "color": _TEXT[dark]}, bgcolor=_PLATE[dark],
        )  # fmt: skip
    fig = _framed(style.figure(fig), points)
    return fig.update_layout(dragmode=DRAG[drag], uirevision=f"map {revision}")


def caption(n_docs: int, colouring: Colouring, focus: np.ndarray | None) -> str:
    """What the map has seen."""
    grey = f"; {int(focus.sum()):,} in focus, the rest grey" if focus is not None else ""
    scale = ""
    if colouring.values is not None:
        n_missing = int(np.isnan(colouring.values).sum())
        scale = "; colours run from the 1st to the 99th percentile"
        scale += f"; {n_missing:,} not rated, grey" if n_missing else ""
    kept = ""
    if colouring.kept is not None:
        kept = f"; {int(colouring.kept.sum()):,} kept, the others pale"
    return f"{style.exact(n_docs).capitalize()}{kept}{grey}{scale}."


def _framed(fig: go.Figure, points: np.ndarray) -> go.Figure:
    hidden: dict[str, Any] = {"visible": False, "showgrid": False, "zeroline": False}
    low, high = (
        (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
    )
    pad = 0.04 * np.maximum(high - low, 1e-6)
    # `domain`: a narrow window takes room from the plot and gives it back; with `range` the points would stay small.
    hidden["constrain"] = "domain"
    fig.update_xaxes(**hidden, range=[float(low[0] - pad[0]), float(high[0] + pad[0])])
    fig.update_yaxes(
        **hidden,
        range=[float(low[1] - pad[1]), float(high[1] + pad[1])],
        scaleanchor="x",
        scaleratio=1,
    )
    fig.update_layout(
        height=HIGH_PX,
        hovermode="closest",
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,  # the table beside the map is the legend
        modebar={"color": "#8C929E", "activecolor": style.ACCENT},
    )
    return fig


def point_size(n_docs: int) -> float:
    """Pixels: large enough to be seen alone, small enough not to cover the rest."""
    return float(np.clip(11.5 - 1.9 * np.log10(max(n_docs, 10)), 2.0, 9.0))


def opacity(n_docs: int) -> float:
    """Of a point: the more there are, the clearer, so that crowds are seen as such."""
    return float(np.clip(1.15 - 0.13 * np.log10(max(n_docs, 10)), 0.5, 0.9))


def _add_reached(fig: go.Figure, points: np.ndarray, rows: np.ndarray) -> None:
    import plotly.graph_objects as go

    fig.add_trace(
        go.Scatter(
            x=points[rows, 0],
            y=points[rows, 1],
            customdata=rows.astype(np.int32),
            mode="markers",
            marker={"size": point_size(len(points)), "opacity": 0, "line": {"width": 0}},
            unselected={"marker": {"opacity": 0}},
            hovertemplate="document %{customdata}<extra></extra>",
        )
    )


def _add_scale(fig: go.Figure, colouring: Colouring, dark: bool) -> None:
    """The gradient of a signal, by a trace without points."""
    import plotly.graph_objects as go

    assert colouring.values is not None
    low, high = shading.value_range(colouring.values)
    bar = {
        "title": {"text": reader.label(colouring.title, 40), "side": "top"},
        "orientation": "h",
        "thickness": 8,
        "len": 0.4,
        "x": 1,
        "xanchor": "right",
        "y": 0,
        "yanchor": "bottom",
        "outlinewidth": 0,
    }
    marker = {"color": [low], "colorscale": shading.gradient(dark), "cmin": low, "cmax": high}
    fig.add_trace(
        go.Scatter(
            x=[None], y=[None], mode="markers", hoverinfo="skip",
            marker={**marker, "showscale": True, "colorbar": bar},
        )
    )  # fmt: skip


def _enclose(fig: go.Figure, regions: Sequence[Region]) -> None:
    """Outlines of regions, all rings of one as one path, so that a ring inside another is a hole."""
    for region in regions:
        path = "".join(
            "M" + "L".join(f"{x:.9g},{y:.9g}" for x, y in ring.tolist()) + "Z"
            for ring in region.rings
        )
        rgb = _OVER if region.over else _UNDER
        fig.add_shape(
            type="path", path=path, fillrule="evenodd", layer="above",
            line={"width": 1.25, "color": f"rgb({rgb})"}, fillcolor=f"rgba({rgb}, 0.08)",
        )  # fmt: skip


def _trace(fig: go.Figure, area: Area) -> None:
    line = {"width": 1.5, "dash": "dot", "color": style.ACCENT}
    for lasso in area.lassos:
        path = "M" + "L".join(f"{x},{y}" for x, y in lasso) + "Z"
        fig.add_shape(type="path", path=path, line=line)
    for (x0, y0), (x1, y1) in area.boxes:
        fig.add_shape(type="rect", x0=x0, x1=x1, y0=y0, y1=y1, line=line)


def _add_picture(
    fig: go.Figure, points: np.ndarray, colouring: Colouring, shown: np.ndarray, dark: bool
) -> None:
    low, high = points.min(axis=0), points.max(axis=0)
    fig.add_layout_image(
        source=raster.data_url(points, colouring, shown, dark),
        xref="x", yref="y", x=float(low[0]), y=float(high[1]),
        sizex=float(high[0] - low[0]), sizey=float(high[1] - low[1]), sizing="stretch", layer="below",
    )  # fmt: skip
