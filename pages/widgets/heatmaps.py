"""Matrices as figures: correlations, loadings, overlaps; the numbers are written into the cells where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pages.widgets import reader, style

if TYPE_CHECKING:
    import plotly.graph_objects as go

_WRITTEN = 16  # columns whose cells have room for words
_BAR = {"thickness": 8, "len": 0.7, "outlinewidth": 0}


def matrix(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    low: float = -1.0,
    high: float = 1.0,
    form: str = ".2f",
    what: str = "correlation",
    diverging: bool = True,
    notes: np.ndarray | None = None,
) -> go.Figure:
    """(n_rows, n_columns) values with the first row on top; `form` is a d3 format; NaN cells stay empty.

    notes: a line of text for each cell, shown under the pointer.
    """
    import plotly.graph_objects as go

    held = np.asarray(values, np.float64)
    fig = go.Figure(
        go.Heatmap(
            z=held,
            zmin=low,
            zmax=high,
            colorscale=style.DIVERGING if diverging else style.RISING,
            xgap=1,
            ygap=1,
            hoverongaps=False,
            customdata=notes,
            hovertemplate=_hover(what, form, notes),
            colorbar={**_BAR, "tickformat": form.replace("2", "1")},
            showscale=len(columns) > 4,
        )
    )
    if len(columns) <= _WRITTEN:
        full = np.where(
            held > 0, held / high > (0.8 if diverging else 0.7), held / low > 0.7 if low else False
        )
        fig.add_traces(list(words(written(held, form), full, 11 if len(columns) <= 8 else 10)))
    fig = style.figure(fig)
    _label(fig, rows, columns)
    fig.update_layout(height=max(220, 110 + 27 * len(rows)))
    return fig


def _hover(what: str, form: str, notes: np.ndarray | None) -> str:
    last = "" if notes is None else "<br>%{customdata}"
    return f"%{{y}} · %{{x}}<br>{what} %{{z:{form}}}{last}<extra></extra>"


def words(cells: list[list[str]], full: np.ndarray, size: int = 12) -> Iterator[go.Scatter]:
    """The words of a heat map's cells, those of (n_rows, n_columns) full ones in white.

    A heat map's own words look at its colours alone, and would be black on black where a faint cell shows a dark page.
    """
    import plotly.graph_objects as go

    for place, font in ((~full, {"size": size}), (full, {"size": size, "color": "white"})):
        rows, columns = np.nonzero(place)
        yield go.Scatter(
            x=columns,
            y=rows,
            text=[cells[i][j] for i, j in zip(rows, columns, strict=True)],
            mode="text",
            textfont=font,
            showlegend=False,
            hoverinfo="skip",
        )


def _label(fig: go.Figure, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Names on both sides, as inert text; the first row stands on top."""
    fig.update_xaxes(
        tickvals=np.arange(len(columns)),
        ticktext=[reader.label(name, 26) for name in columns],
        tickangle=-40 if max(map(len, columns), default=0) > 8 and len(columns) > 4 else 0,
        showgrid=False,
        zeroline=False,
    )
    fig.update_yaxes(
        tickvals=np.arange(len(rows)),
        ticktext=[reader.label(name, 30) for name in rows],
        autorange="reversed",
        showgrid=False,
        zeroline=False,
    )


def written(values: np.ndarray, form: str) -> list[list[str]]:
    """Cells as text without a leading zero, `.85` and `-.69`: what fits on a narrow screen."""
    return [
        [_cell(value, form) for value in row] for row in np.asarray(values, np.float64).tolist()
    ]


def _cell(value: float, form: str) -> str:
    if np.isnan(value):
        return ""
    text = format(value, form)
    text = text.removeprefix("-") if not any(digit in text for digit in "123456789") else text
    return text if text.endswith("%") else text.replace("0.", ".", 1) if abs(value) < 1 else text
