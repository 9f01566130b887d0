"""Composition: what part of a selection comes from where, beside the same part of the corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pages.widgets import reader, style

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from selection.core.documents import Categories


@dataclass(frozen=True)
class Part:
    """One category; shares are of documents, 0 to 1."""

    name: str
    n_docs: int
    share: float
    corpus_share: float


def parts(categories: Categories, chosen: np.ndarray, limit: int = 12) -> list[Part]:
    """The categories with most chosen documents, largest first; `chosen` is (n_docs,) bool. The rest is one part."""
    n = len(categories.names)
    codes = np.where(categories.codes < 0, n, categories.codes)
    names = [*categories.names, "none"]
    inside = np.bincount(codes[chosen], minlength=n + 1)
    corpus = np.bincount(codes, minlength=n + 1)
    total, everything = max(1, int(inside.sum())), max(1, int(corpus.sum()))
    order = [int(i) for i in np.argsort(-inside, kind="stable") if inside[i]]
    found = [
        Part(names[i], int(inside[i]), inside[i] / total, corpus[i] / everything)
        for i in order[:limit]
    ]
    rest = order[limit:]
    if rest:
        n_rest = int(inside[rest].sum())
        found.append(
            Part(f"{len(rest)} more", n_rest, n_rest / total, corpus[rest].sum() / everything)
        )
    return found


def figure(found: list[Part]) -> go.Figure:
    """Bars of the selection with a tick where the corpus stands."""
    import plotly.graph_objects as go

    found = found[::-1]  # Plotly draws from the bottom
    names = [reader.label(part.name, 34) for part in found]
    rows = np.arange(len(found))
    fig = go.Figure()
    fig.add_trace(
        go.Bar(
            x=np.array([part.share for part in found]),
            y=rows,
            orientation="h",
            marker={"color": style.ACCENT},
            name="selection",
            customdata=np.array([part.n_docs for part in found]),
            hovertemplate="%{x:.1%} of the selection, %{customdata:,} documents<extra></extra>",
        )
    )
    fig.add_trace(
        go.Scatter(
            x=np.array([part.corpus_share for part in found]),
            y=rows,
            mode="markers",
            marker={"symbol": "line-ns", "size": 14, "line": {"width": 2, "color": "#8C929E"}},
            name="corpus",
            hovertemplate="%{x:.1%} of the corpus<extra></extra>",
        )
    )
    fig = style.figure(fig)
    fig.update_yaxes(tickvals=rows, ticktext=names, showgrid=False)
    fig.update_xaxes(tickformat=".0%", rangemode="tozero")
    fig.update_layout(height=46 + 24 * max(2, len(found)), showlegend=False, bargap=0.3)
    return fig
