"""One look for every figure and number: palettes that colour-blind readers can tell apart, and honest captions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

ACCENT = "#3E63DD"  # of figures that show one thing
ACCENT_FAINT = "rgba(62, 99, 221, 0.28)"

# Okabe and Ito (2008) without black and yellow, then Tol's muted scheme (2021) for the rarer categories.
CATEGORICAL: list[str] = [
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#7A6FD0",
    "#999933",
    "#44AA99",
    "#AA4466",
    "#B8A25A",
    "#6B8E9E",
]

# Viridis (Smith and van der Walt 2015): even in lightness, readable on white and on black.
SEQUENTIAL: list[str] = [
    "#440154",
    "#482878",
    "#3E4989",
    "#31688E",
    "#26828E",
    "#1F9E89",
    "#35B779",
    "#6DCD59",
    "#B4DE2C",
    "#FDE725",
]

# Blue is low, orange is high; the middle fades into the page, be it white or black.
FALLEN = "#DA8A3E"  # a bar that points the other way
DIVERGING: list[str] = ["rgb(29, 92, 155)", "rgba(128, 136, 150, 0.1)", "rgb(169, 88, 15)"]
RISING: list[str] = ["rgba(62, 99, 221, 0.08)", ACCENT]

CONFIG: dict[str, Any] = {"displaylogo": False, "responsive": True}
"""For `st.plotly_chart(config=…)`."""

_GRID = "rgba(128, 136, 150, 0.18)"
_CLUTTER = [
    "zoomin2d",
    "zoomout2d",
    "autoscale2d",
    "hoverclosest",
    "hovercompare",
    "togglespikelines",
    "toimage",
]


def figure(fig: go.Figure) -> go.Figure:
    """The same figure in the house look; text colours come from Streamlit's theme, light or dark."""
    clear = "rgba(0, 0, 0, 0)"
    fig.update_layout(
        paper_bgcolor=clear,
        plot_bgcolor=clear,
        colorway=CATEGORICAL,
        font={"size": 12},
        margin={"l": 8, "r": 8, "t": 36 if fig["layout"]["title"]["text"] else 8, "b": 8},
        hoverlabel={"font": {"size": 12}, "align": "left"},
        legend={"title": {"font": {"size": 12}}, "font": {"size": 12}, "itemsizing": "constant"},
        modebar={"remove": _CLUTTER, "bgcolor": clear},
        bargap=0.12,
    )
    axis = {
        "gridcolor": _GRID,
        "zerolinecolor": _GRID,
        "automargin": True,
        "title": {"standoff": 8},
    }
    fig.update_xaxes(**axis)
    fig.update_yaxes(**axis)
    return fig


def ink(colour: str) -> str:
    """White or near-black, whichever is easier to read on a `#RRGGBB` (WCAG 2.2, relative luminance)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return "white" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.19 else "#14161A"


def exact(n_docs: int) -> str:
    """The caption of a figure that has seen every document."""
    return f"exact, {counted(n_docs, 'documents')}"


def counted(n: int, nouns: str) -> str:
    """`1 document`, `3,000 documents`: a number and its noun, which comes in the plural."""
    return f"{n:,} {nouns.removesuffix('s') if n == 1 else nouns}"


def share(part: float, decimals: int = 1) -> str:
    """`12.7%` of a part from 0 to 1; a part too small for the decimals is not called nothing, nor one below all called all."""
    least = 0.1**decimals / 100
    if 0 < part < least / 2:
        return f"under {least:.{decimals}%}"
    if 1 - least / 2 < part < 1:
        return f"over {1 - least:.{decimals}%}"
    return f"{part:.{decimals}%}"


def sampled(n: int, total: int) -> str:
    """The caption of correlations of some documents, with the widest 95 % interval; `exact` where the sample is everything.

    A correlation r of n documents has a standard error of (1 - r^2) / sqrt(n); shares of variance have a smaller one.
    """
    if n >= total:
        return exact(total)
    return f"sample of {n:,} of {total:,} documents, ± {1.96 / max(n, 1) ** 0.5:.2g} at most"


def learnt(n: int, total: int) -> str:
    """The caption of what was fitted on some documents and applied to all; `exact` where it was fitted on everything."""
    if n >= total:
        return exact(total)
    return f"learnt from a sample of {n:,}, applied to all {total:,} documents"


def percentiles(n: int, total: int) -> str:
    """The same of percentiles, with how far any of them is off with 95 %: sqrt(ln(2 / 0.05) / (2 n)), Massart 1990."""
    if n >= total:
        return exact(total)
    return f"{learnt(n, total)}, ± {100 * (1.844 / max(n, 1)) ** 0.5:.2g} percentage points"


def listed(n: int, total: int, noun: str = "documents") -> str:
    """The caption of a list that may be cut: how many there are, or the first of so many."""
    every = counted(total, noun)
    return every if n >= total else f"the first {n:,} of {every}"


def compact(number: float) -> str:
    """`1.2 M`, `345 k`: for tight places; the exact number stands nearby or in the tooltip."""
    for size, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            shown = number / size
            return f"{shown:,.1f} {unit}" if shown < 100 else f"{shown:,.0f} {unit}"
    return f"{number:,.0f}"


def number(value: float) -> str:
    """Three digits, without an exponent where they can be read: `0.0123`, `1,234`; `none` for NaN."""
    if value != value:
        return "none"
    return f"{value:,.0f}" if 1e3 <= abs(value) < 1e9 else f"{value:.3g}"


def short(value: float) -> str:
    """Two decimals of a small number, so that numbers side by side line up: `2.50`."""
    return f"{value:.2f}" if 0.1 <= abs(value) < 100 else number(value)


def size(n_bytes: float) -> str:
    """`12.3 MB` (powers of 1024, as disks are counted elsewhere in Winnow)."""
    for power, unit in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "kB")):
        if n_bytes >= 1024**power:
            return f"{n_bytes / 1024**power:,.1f} {unit}"
    return f"{n_bytes:,.0f} B"


def duration(seconds: float) -> str:
    """`under 10 s`, `40 s`, `3 min`, `2.5 h`."""
    if seconds < 10:
        return "under 10 s"
    if seconds < 90:
        return f"{round(seconds, -1):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:,.1f} h"
