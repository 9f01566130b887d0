"""Figures of duplicates: how large their clusters are, and how surely two like documents are linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pages.widgets import style

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from selection.workflow.duplicates import Duplicates, MatchCurve

Told = tuple["go.Figure", str]


def sizes(found: Duplicates) -> Told:
    """A bar per class of cluster sizes: the documents in such clusters."""
    import plotly.graph_objects as go

    fig = go.Figure(
        go.Bar(
            x=list(found.classes),
            y=found.docs_by_class,
            text=[f"{n:,}" for n in found.docs_by_class],
            textposition="outside",
            cliponaxis=False,
            customdata=found.clusters_by_class,
            marker={"color": style.ACCENT, "line": {"width": 0}},
            hovertemplate="%{y:,} documents in %{customdata:,} clusters<extra></extra>",
        )
    )
    fig = style.figure(fig)
    fig.update_layout(height=320, bargap=0.3, showlegend=False, margin={"t": 28})
    fig.update_xaxes(title_text="documents in the cluster", type="category")
    fig.update_yaxes(title_text="documents", rangemode="tozero")
    told = ", ".join(
        f"{docs:,} documents in {n:,} clusters of {name}"
        for name, docs, n in zip(
            found.classes, found.docs_by_class, found.clusters_by_class, strict=True
        )
    )
    return fig, f"Documents by the size of their cluster: {told}."


def match_curve(curve: MatchCurve) -> Told:
    """The S-curve of the bands as a line, what was measured as dots with their intervals."""
    import plotly.graph_objects as go

    fig = go.Figure()
    fig.add_scatter(
        x=curve.similarity,
        y=curve.probability,
        mode="lines",
        name=f"1 − (1 − s<sup>{curve.n_rows}</sup>)<sup>{curve.n_bands}</sup>",
        line={"color": style.ACCENT, "width": 2.5},
        hovertemplate="similarity %{x:.2f}: %{y:.1%}<extra>formula</extra>",
    )
    fig.add_scatter(
        x=curve.measured_at,
        y=curve.rate,
        mode="markers",
        name="measured, 99 % interval",
        marker={"color": style.CATEGORICAL[5], "size": 8},
        error_y={
            "type": "data",
            "array": curve.high - curve.rate,
            "arrayminus": curve.rate - curve.low,
            "color": style.CATEGORICAL[5],
            "thickness": 1.2,
            "width": 3,
        },
        customdata=np.column_stack([curve.n_pairs, curve.expected]),
        hovertemplate="similarity %{x:.2f}: %{y:.1%} of %{customdata[0]:,} pairs, formula %{customdata[1]:.1%}"
        "<extra>measured</extra>",
    )
    fig = style.figure(fig)
    fig.add_vline(x=curve.threshold, line={"width": 1, "dash": "dot", "color": "#8C929E"})
    fig.update_layout(
        height=320, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    )
    fig.update_xaxes(title_text="similarity of two documents (Jaccard)", range=[0, 1.01])
    fig.update_yaxes(title_text="linked", range=[-0.02, 1.04], tickformat=".0%")
    told = ", ".join(
        f"{at:.2f}: {rate:.0%} ({expected:.0%})"
        for at, rate, expected in zip(curve.measured_at, curve.rate, curve.expected, strict=True)
    )
    return fig, f"Pairs that are linked, by similarity, with the formula in brackets: {told}."
