"""Figures of a draw beside the corpus: shares of groups, means of dimensions, lengths, copies, sampling curves.

Each returns a Plotly figure and the sentence that tells it to who cannot see it. Labels come from the corpus, so they are
made inert; rows are placed by number, since two clusters may share a title. A figure is made from plain dictionaries in
one step: setting its parts one after the other takes three times as long, and these are drawn at every move of a slider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.widgets import reader, style

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from selection.workflow.pick import SamplingCurve
    from selection.workflow.picture import Groups, Lengths, Mean

Told = tuple["go.Figure", str]

CORPUS = "#8A93A3"  # readable on white and on black; the corpus is always grey
KEPT = style.ACCENT
_ROW_PX = 20
_LEGEND = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "title": None}


@cache
def _look() -> dict[str, Any]:
    """The house look as a layout, found once."""
    import plotly.graph_objects as go

    layout = style.figure(go.Figure()).to_plotly_json()["layout"]
    return {name: value for name, value in layout.items() if name != "template"}


def drawn(data: list[dict[str, Any]], layout: dict[str, Any]) -> go.Figure:
    """A figure in the house look; axes given in `layout` add to those of the look."""
    import plotly.graph_objects as go

    look = _look()
    axes = {name: {**look[name], **layout.get(name, {})} for name in ("xaxis", "yaxis")}
    return go.Figure(data=data, layout={**look, **layout, **axes})


def row_layout(labels: Sequence[str], n_marks: int = 1) -> dict[str, Any]:
    """Rows numbered from the top, each with room for its marks."""
    height = _ROW_PX + 6 * max(0, n_marks - 1)
    return {
        "yaxis": {
            "tickvals": list(range(len(labels))),
            "ticktext": list(labels),
            "range": [len(labels) - 0.4, -0.6],
            "showgrid": False,
            "zeroline": False,
        },
        "height": (44 if n_marks == 1 else 76) + height * max(len(labels), 2),
        "barmode": "overlay",
        "showlegend": n_marks > 1,
        "legend": _LEGEND,
    }


def tick(x: np.ndarray, y: np.ndarray, size: int) -> dict[str, Any]:
    """The corpus as a grey tick in every row."""
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "markers",
        "name": "corpus",
        "marker": {
            "symbol": "line-ns-open",
            "size": size,
            "color": CORPUS,
            "line": {"width": 2.5, "color": CORPUS},
        },
        "hovertemplate": "corpus %{x}<extra></extra>",
    }


def composition(
    names: Sequence[str],
    corpus: np.ndarray,
    kept: Mapping[str, np.ndarray],
    noun: str,
    ends: Mapping[str, tuple[np.ndarray, np.ndarray]] | None = None,
) -> Told:
    """Share of tokens per group: one bar a subset, a grey tick where the corpus stands. Arrays (n_groups,).

    ends: lower and upper end of each share's interval, NaN where there is none.
    """
    places, wide = np.arange(len(names)), 0.74 / max(len(kept), 1)
    bars = [
        {
            "type": "bar",
            "y": places + (number - (len(kept) - 1) / 2) * wide,
            "x": share,
            "width": wide * 0.92,
            "orientation": "h",
            **({"error_x": whiskers(share, *ends[subset])} if ends else {}),
            "name": reader.label(subset, 32),
            "marker": {"color": colour(number, len(kept)), "line": {"width": 0}},
            "customdata": np.column_stack([corpus, _ratio(share, corpus)]),
            "hovertemplate": "%{x:.2%} of kept tokens<br>%{customdata[0]:.2%} of the corpus<br>"
            "%{customdata[1]:.2f} times its share<extra></extra>",
        }
        for number, (subset, share) in enumerate(kept.items())
    ]
    layout = row_layout([reader.label(name, 26) for name in names], len(kept))
    axis = {"tickformat": ".0%", "rangemode": "tozero", "nticks": 6, "tickangle": 0}
    marks = [*bars, tick(corpus, places, 7 + 3 * len(kept))]
    return drawn(marks, {**layout, "xaxis": axis}), _most_moved(names, corpus, kept, noun)


def whiskers(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> dict[str, Any]:
    """Error bars from `low` to `high`; none where they are not known."""
    return {
        "type": "data",
        "symmetric": False,
        "array": np.nan_to_num(np.maximum(high - values, 0)),
        "arrayminus": np.nan_to_num(np.maximum(values - low, 0)),
        "color": CORPUS,
        "thickness": 1,
        "width": 2,
    }


def colour(number: int, total: int) -> str:
    """The accent for a subset alone, the palette for several."""
    return KEPT if total == 1 else style.CATEGORICAL[number % len(style.CATEGORICAL)]


def _ratio(share: np.ndarray, corpus: np.ndarray) -> np.ndarray:
    return np.divide(share, corpus, out=np.full(len(share), np.nan), where=corpus > 0)


def _most_moved(
    names: Sequence[str], corpus: np.ndarray, kept: Mapping[str, np.ndarray], noun: str
) -> str:
    words = f"Share of tokens of {len(names)} {noun}s, kept and in the corpus."
    for subset, share in kept.items():
        if len(names):
            far = int(np.argmax(np.abs(share - corpus)))
            words += (
                f" {reader.plain(subset, 40)}: {reader.plain(str(names[far]), 40)} holds"
                f" {share[far]:.1%} of kept tokens, {corpus[far]:.1%} of the corpus."
            )
    return words


def kept_composition(groups: Groups, noun: str) -> Told:
    """One draw beside its corpus."""
    return composition(groups.names, groups.corpus, {"kept": groups.kept[0]}, noun)


def means(rows: Sequence[Mean]) -> Told:
    """Shift of each mean in standard deviations of the corpus; the mean itself beside the bar."""
    shift = np.array([row.shift for row in rows])
    bar = {
        "type": "bar",
        "y": np.arange(len(rows)),
        "x": shift,
        "orientation": "h",
        "width": 0.5,
        "marker": {"color": np.where(shift < 0, style.FALLEN, KEPT).tolist()},
        "customdata": np.array([[row.corpus, row.kept] for row in rows]).reshape(-1, 2),
        "hovertemplate": "corpus %{customdata[0]:.3g}<br>kept %{customdata[1]:.3g}<br>"
        "%{x:+.2f} sd<extra></extra>",
        "text": [f"{row.kept:.2f}" if np.isfinite(row.kept) else "–" for row in rows],
        "textposition": "outside",
        "textfont": {"size": 11},
        "constraintext": "none",
        "cliponaxis": False,
    }
    reach = max(0.25, float(np.max(np.abs(shift), initial=0.0))) * 1.25
    axis = {
        "range": [-reach, reach],
        "nticks": 7,
        "tickformat": "+.1f",
        "tickangle": 0,
        "zeroline": True,
        "zerolinecolor": CORPUS,
        "zerolinewidth": 2,
    }
    layout = row_layout([reader.label(reader.words(row.name), 30) for row in rows])
    told = "; ".join(f"{row.name} {row.corpus:.2f} to {row.kept:.2f}" for row in rows)
    words = f"Mean in the corpus and among the kept: {told}."
    return drawn([bar], {**layout, "xaxis": axis}), words


def lengths(shape: Lengths) -> Told:
    """Share of documents per length, bins that double."""
    labels = [f"{low:,}" if low < 1024 else f"{low // 1024:,} k" for low in shape.low.tolist()]
    kept = {
        "type": "bar",
        "x": labels,
        "y": shape.kept,
        "marker": {"color": KEPT},
        "hovertemplate": "from %{x} tokens: %{y:.1%} of the kept<extra></extra>",
    }
    corpus = {
        "type": "scatter",
        "x": labels,
        "y": shape.corpus,
        "mode": "lines",
        "line": {"color": CORPUS, "width": 2.5, "shape": "hvh"},
        "hovertemplate": "from %{x} tokens: %{y:.1%} of the corpus<extra></extra>",
    }
    layout = {
        "xaxis": {"type": "category", "tickangle": 0},
        "yaxis": {"tickformat": ".0%", "nticks": 5},
        "height": 230,
        "showlegend": False,
    }
    return drawn([kept, corpus], layout), (
        f"Documents by length: median {shape.medians[1]:,.0f} tokens in the corpus,"
        f" {shape.medians[0]:,.0f} among the kept; a kept document is longer than one of the corpus"
        f" in {shape.bias.longer:.0%} of pairs."
    )


def counts(labels: Sequence[str], values: Sequence[float], x_title: str, y_title: str) -> Told:
    """Plain columns, such as documents per number of copies."""
    bar = {
        "type": "bar",
        "x": list(labels),
        "y": list(values),
        "marker": {"color": KEPT},
        "hovertemplate": "%{x}: %{y:,}<extra></extra>",
    }
    layout = {
        "xaxis": {"type": "category", "tickangle": 0},
        "yaxis": {"nticks": 5},
        "height": 200,
        "showlegend": False,
    }
    told = ", ".join(f"{label}: {value:,.0f}" for label, value in zip(labels, values, strict=True))
    return drawn([bar], layout), f"{y_title.capitalize()} by {x_title}: {told}."


def sampling_curves(curves: Sequence[SamplingCurve], most: int = 8) -> Told:
    """Expected copies by quality rank, one line a domain."""
    lines = [
        {
            "type": "scatter",
            "x": curve.rank,
            "y": curve.copies,
            "mode": "lines",
            "name": reader.label(curve.domain or "all", 28),
            "line": {"color": style.CATEGORICAL[number % len(style.CATEGORICAL)], "width": 2},
            "hovertemplate": "best %{x:.1%}: %{y:.3g} copies<extra></extra>",
        }
        for number, curve in enumerate(curves[:most])
    ]
    layout = {
        "xaxis": {"tickformat": ".0%", "tickangle": 0, "range": [0, 1.03], "dtick": 0.2},
        "yaxis": {"rangemode": "tozero", "nticks": 5},
        "height": 260,
        "legend": _LEGEND,
        "showlegend": len(lines) > 1,
    }
    first = curves[0]
    return drawn(lines, layout), (
        f"Expected copies by quality rank in {len(curves)} domains; the best of"
        f" {reader.plain(first.domain, 40) or 'all'} is drawn {float(first.copies.max()):.2f} times."
    )
