"""The map as a figure: every document a point up to 50,000, a raster of all of them above that.

Only coordinates (float32), document numbers and, for a signal, its values travel to the browser; facts and text of a
document are asked for when it is picked. What is not in focus is grey, not gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pages.widgets import map_labels, reader, style
from pages.widgets.colouring import Colouring
from pages.widgets.outline import Area

if TYPE_CHECKING:
    import plotly.graph_objects as go

EXACT_DOCS = 50_000
RASTER_SAMPLE = 4_000  # documents of a raster that hover and click reach
_NAMED = 30  # categories with a trace and a name of their own
HIGH_PX = 620
_WIDE_PX = 760  # what titles are laid out for; a wider screen only gives them more air
DRAG = {"lasso": "lasso", "box": "select", "move": "pan"}  # what dragging does -> Plotly's word
_HOW = {
    "lasso": "Drag draws a lasso, a double click undoes it",
    "box": "Drag draws a box, a double click undoes it",
    "move": "Drag moves the map, a click opens a document",
}
_GREY = "rgba(140, 146, 158, 0.28)"
_TEXT = ("#1C2024", "#F0F1F4")  # of titles, light and dark
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
) -> go.Figure:
    """The map of (n_docs, 2) points. `focus` (n_docs,) bool: coloured, the rest grey; `area`: shown as selected.

    Another `revision` makes it another figure, so that the browser forgets an outline.
    """
    import plotly.graph_objects as go

    points = np.asarray(points, np.float32)
    shown = np.ones(len(points), bool) if focus is None else focus
    fig = go.Figure()
    if len(points) > EXACT_DOCS:
        _add_raster(fig, points, colouring, shown & area.holds(points) if area else shown, dark)
        rng = np.random.default_rng(0)
        inside = np.flatnonzero(shown)
        rows = np.sort(rng.choice(inside, min(RASTER_SAMPLE, len(inside)), replace=False))
        _add_points(fig, points, colouring, rows, 0.0, dark)
    else:
        _add_grey(fig, points, np.flatnonzero(~shown))
        _add_points(fig, points, colouring, np.flatnonzero(shown), _opacity(len(points)), dark)
        if area:
            _mark(fig, points, area)
    for label in labels or []:
        fig.add_annotation(
            x=label.x, y=label.y, text=label.text, showarrow=False, borderpad=2,
            font={"size": 11, "weight": 600, "color": _TEXT[dark]}, bgcolor=_PLATE[dark],
        )  # fmt: skip
    fig = _framed(style.figure(fig), points)
    return fig.update_layout(dragmode=DRAG[drag], uirevision=f"map {revision}")


def caption(
    points: np.ndarray, colouring: Colouring, focus: np.ndarray | None, drag: str = "lasso"
) -> str:
    """What the figure has seen, exactly or as a raster, and how to use it."""
    n_docs = len(points)
    if n_docs > EXACT_DOCS:
        n_reached = min(RASTER_SAMPLE, n_docs if focus is None else int(focus.sum()))
        seen = f"Raster, every one of {n_docs:,} documents counted; click reaches a sample of {n_reached:,}, an outline all"
    else:
        seen = style.exact(n_docs).capitalize()
    grey = f"; {int(focus.sum()):,} in focus, the rest grey" if focus is not None else ""
    scale = ""
    if colouring.values is not None:
        n_missing = int(np.isnan(colouring.values).sum())
        scale = "; colours run from the 1st to the 99th percentile"
        scale += f"; {n_missing:,} not rated, grey" if n_missing else ""
    return f"{seen}{grey}{scale}. {_HOW[drag]}, the wheel zooms."


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


def _opacity(n_docs: int) -> float:
    return float(np.clip(1.15 - 0.13 * np.log10(max(n_docs, 10)), 0.5, 0.9))


def _add_grey(fig: go.Figure, points: np.ndarray, rows: np.ndarray) -> None:
    import plotly.graph_objects as go

    if len(rows):
        marker = {"size": point_size(len(points)) * 0.8, "color": _GREY}
        fig.add_trace(
            go.Scattergl(
                x=points[rows, 0], y=points[rows, 1], mode="markers", marker=marker,
                hoverinfo="skip", name="not in focus",
                selected={"marker": {"color": _GREY}}, unselected={"marker": {"opacity": 0.28}},
            )
        )  # fmt: skip


def _add_points(
    fig: go.Figure,
    points: np.ndarray,
    colouring: Colouring,
    rows: np.ndarray,
    opacity: float,
    dark: bool,
) -> None:
    if colouring.categories is not None:
        for name, here, colour in groups(colouring, rows):
            _add_trace(fig, points, here, name, {"color": colour}, opacity)
        return
    assert colouring.values is not None
    values = colouring.values[rows].astype(np.float32)
    rated = ~np.isnan(values)
    if not rated.all():
        marker = {"color": "rgba(140, 146, 158, 0.6)"}
        _add_trace(fig, points, rows[~rated], "not rated", marker, opacity)
    low, high = value_range(colouring.values)
    marker = {
        "color": values[rated],
        "colorscale": gradient(dark),
        "cmin": low,
        "cmax": high,
        "showscale": True,
        "colorbar": {
            "title": {"text": reader.label(colouring.title, 40), "side": "top"},
            "orientation": "h",
            "thickness": 8,
            "len": 0.4,
            "x": 1,
            "xanchor": "right",
            "y": 0,
            "yanchor": "bottom",
            "outlinewidth": 0,
        },
    }
    _add_trace(fig, points, rows[rated], reader.label(colouring.title, 40), marker, opacity)


def _add_trace(
    fig: go.Figure, points: np.ndarray, rows: np.ndarray, name: str, marker: dict[str, Any],
    opacity: float,
) -> None:  # fmt: skip
    import plotly.graph_objects as go

    value = ": %{marker.color:.3~g}" if isinstance(marker.get("color"), np.ndarray) else ""
    fig.add_trace(
        go.Scattergl(
            x=points[rows, 0],
            y=points[rows, 1],
            customdata=rows.astype(np.int32),
            mode="markers",
            name=name,
            marker={
                "size": point_size(len(points)),
                "opacity": opacity,
                "line": {"width": 0},
                **marker,
            },
            unselected={"marker": {"opacity": min(0.07, opacity)}},
            hovertemplate=f"document %{{customdata}}<br>{name}{value}<extra></extra>",
        )
    )


def groups(colouring: Colouring, rows: np.ndarray) -> list[tuple[str, np.ndarray, str]]:
    """(escaped name, rows, colour) of each category among `rows`, largest first; the rare ones joined as `other`."""
    assert colouring.categories is not None
    codes = colouring.categories.codes[rows]
    found: list[tuple[str, np.ndarray, str]] = []
    sizes = np.bincount(codes[codes >= 0], minlength=len(colouring.categories.names))
    ranked = [int(code) for code in np.argsort(-sizes, kind="stable") if sizes[code]]
    key = legend(colouring)
    for code in ranked:
        if code in key:
            name = reader.label(colouring.categories.names[code], 40)
            found.append((name, rows[codes == code], key[code]))
    rest = [code for code in ranked if code not in key]
    if rest:
        found.append((f"{len(rest)} more", rows[np.isin(codes, rest)], "#9AA1AC"))
    if (codes < 0).any():
        found.append(("none", rows[codes < 0], "#9AA1AC"))
    return found


def legend(colouring: Colouring) -> dict[int, str]:
    """Code -> colour of the categories that have one of their own; empty for values."""
    if colouring.categories is None:
        return {}
    codes, n = colouring.categories.codes, len(colouring.categories.names)
    index = palette_index(colouring)
    largest = np.argsort(-np.bincount(codes[codes >= 0], minlength=n), kind="stable")[:_NAMED]
    return {int(code): style.CATEGORICAL[index[code]] for code in largest}


def palette_index(colouring: Colouring) -> np.ndarray:
    """(n_categories,) index into the palette: as given, else by size, so that it does not change with the focus."""
    assert colouring.categories is not None
    codes, n = colouring.categories.codes, len(colouring.categories.names)
    if colouring.colour_of is not None:
        return np.asarray(colouring.colour_of) % len(style.CATEGORICAL)
    index = np.empty(n, np.intp)
    sizes = np.bincount(codes[codes >= 0], minlength=n)
    index[np.argsort(-sizes, kind="stable")] = np.arange(n) % len(style.CATEGORICAL)
    return index


def gradient(dark: bool) -> list[str]:
    """The sequential palette without the end that the background would swallow."""
    return style.SEQUENTIAL[2:] if dark else style.SEQUENTIAL[:-1]


def value_range(values: np.ndarray) -> tuple[float, float]:
    """The 1st and 99th percentile, so that a few extremes do not use up all the colours."""
    rated = values[np.isfinite(values)]
    if not len(rated):
        return 0.0, 1.0
    low, high = np.percentile(rated, [1, 99])
    return (float(low), float(high)) if high > low else (float(low), float(low) + 1.0)


def _mark(fig: go.Figure, points: np.ndarray, area: Area) -> None:
    """Grey what lies outside the area, as Plotly itself does while the outline is fresh."""
    inside = area.holds(points)
    for trace in cast("list[Any]", fig.data):
        if trace.customdata is not None:
            trace.selectedpoints = np.flatnonzero(inside[trace.customdata])
    line = {"width": 1.5, "dash": "dot", "color": style.ACCENT}
    for lasso in area.lassos:
        path = "M" + "L".join(f"{x},{y}" for x, y in lasso) + "Z"
        fig.add_shape(type="path", path=path, line=line)
    for (x0, y0), (x1, y1) in area.boxes:
        fig.add_shape(type="rect", x0=x0, x1=x1, y0=y0, y1=y1, line=line)


def _add_raster(
    fig: go.Figure, points: np.ndarray, colouring: Colouring, shown: np.ndarray, dark: bool
) -> None:
    from pages.widgets import raster

    low, high = points.min(axis=0), points.max(axis=0)
    fig.add_layout_image(
        source=raster.data_url(points, colouring, shown, dark),
        xref="x", yref="y", x=float(low[0]), y=float(high[1]),
        sizex=float(high[0] - low[0]), sizey=float(high[1] - low[1]), sizing="stretch", layer="below",
    )  # fmt: skip
