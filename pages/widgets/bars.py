"""Bars of a histogram that were clicked or framed, and the documents behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from pages.widgets import listing, reader, style, summaries

if TYPE_CHECKING:
    from selection import Workspace

_LISTED = 1_000


def of_event(event: Any) -> list[int]:
    """The bars in a selection of a figure, from 0."""
    points = event["selection"]["points"]
    return sorted({int(point["point_index"]) for point in points if "point_index" in point})


def documents(
    space: Workspace, name: str, values: np.ndarray, bars: Sequence[int], n_bins: int = 40
) -> None:
    """The documents behind the chosen bars of the histogram, in order of value."""
    if not bars:
        return
    ids = summaries.in_bins(values, bars, n_bins)
    edges = summaries.histogram(values, n_bins).edges
    low, high = style.number(edges[bars[0]]), style.number(edges[bars[-1] + 1])
    st.subheader(f"Documents from {low} to {high}")
    n_ids, ids, title = len(ids), ids[:_LISTED], reader.words(name)
    st.caption(
        reader.inert(f"{style.counted(n_ids, 'documents')} by {title}, lowest first; exact")
        + (f"; {style.listed(_LISTED, n_ids)} are listed" if n_ids > _LISTED else "")
    )
    shown = {title: values[ids].round(3).tolist()}
    st.fragment(listing.documents)(
        space, ids.tolist(), columns=shown, key=f"bars_{name}_{bars[0]}_{len(ids)}"
    )
