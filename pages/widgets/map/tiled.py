"""Tiled: a map of more documents than a browser can hold, drawn by the server for whatever view it is moved to.

A picture counts every document of the view: a pixel has the mean colour of its documents, and is the more solid the more
there are. Documents travel no more than their outlines do: what lies under the pointer is looked up here as well.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import raster, shading
from pages.widgets.map import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from pages.widgets.colouring import Colouring

_GREY = np.array([140, 146, 158])


@st.cache_resource(show_spinner=False, max_entries=4)
def palette_and_codes(
    _colours: Colouring, dark: bool, mark: tuple
) -> tuple[np.ndarray, np.ndarray]:
    """(n_colours, 3) and (n_docs,) uint8 into it; the same for all who look at this mark."""
    palette, codes = shading.palette_codes(_colours, dark)
    return raster.channels(palette), codes.astype(np.uint8)


def painter(
    places: np.ndarray, palette: np.ndarray, codes: np.ndarray, focus: np.ndarray | None
) -> served.Paint:
    """Pictures of these documents, those out of focus grey."""

    def paint(view: served.View) -> bytes:
        from PIL import Image

        size = view[4], view[5]
        held = selection.density(places, codes, palette, focus, view[:4], size)
        lit = np.zeros((size[1], size[0], 4), np.uint8)
        radius = raster.dot_radius(int(held.n_points.sum()))
        if focus is not None:
            grey = held.n_others[..., None] * _GREY
            raster.shade(lit, held.n_others, grey, (30, 90), radius)
        raster.shade(lit, held.n_points, held.colours, (120, 255), radius)
        buffer = io.BytesIO()
        Image.fromarray(lit, "RGBA").save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()

    return paint


def finder(
    places: np.ndarray, focus: np.ndarray | None, facts: Callable[[int], dict[str, Any]]
) -> served.Describe:
    """The facts of the document nearest to a spot."""

    def find(x: int, y: int, reach: int) -> dict[str, Any]:
        doc_id = selection.nearest_place(places, focus, x, y, reach)
        if doc_id < 0:
            raise IndexError
        return {**facts(doc_id), "place": places[doc_id].tolist()}

    return find
