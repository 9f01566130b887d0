"""Layers: what the map draws, as plain bytes: where each document lies, its colour, and whether it is in focus.

A map coordinate is a whole number up to 65,535; the longer side of the map has them all. Outlines are tested on the
server in the same units, so what is drawn inside an outline and what is counted inside it are the same documents.

Points are drawn in a shuffled order: in that of the corpus, the last source would cover all others. The order depends on
their number alone, so that layers made at different times fit together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

import selection
from pages.widgets import shading, style
from pages.widgets.colouring import Colouring

if TYPE_CHECKING:
    from selection import Workspace

SIDE = 65_535
_GREY = (140, 146, 158)
_GREY_ALPHA = 64


@lru_cache(maxsize=2)
def places(space: Workspace, _signature: tuple) -> np.ndarray:
    """The documents of a workspace on its map, by `placed`; kept until its files change."""
    return placed(selection.points(space))


def placed(points: np.ndarray) -> np.ndarray:
    """(n_docs, 2) float coordinates as (n_docs, 2) uint16 at equal aspect, the lowest of each axis 0."""
    if not len(points):
        return np.zeros((0, 2), np.uint16)
    low = points.min(axis=0)
    span = max(float(np.ptp(points, axis=0).max()), 1e-9)
    return np.round((points - low) * (SIDE / span)).astype(np.uint16)


@lru_cache(maxsize=4)
def order(n_docs: int) -> np.ndarray:
    """(n_docs,) doc_id of each drawn point."""
    return np.random.default_rng(0).permutation(n_docs)


def places_bytes(places: np.ndarray) -> bytes:
    """x, y of every point as little-endian uint16, in drawing order."""
    return places[order(len(places))].astype("<u2").tobytes()


def codes_bytes(codes: np.ndarray) -> bytes:
    """The place of every point in the palette as uint8, in drawing order."""
    return codes[order(len(codes))].astype(np.uint8).tobytes()


def focus_bytes(focus: np.ndarray) -> bytes:
    """One bit a point, lowest bit first, in drawing order."""
    return np.packbits(focus[order(len(focus))], bitorder="little").tobytes()


def palette(colours: list[str], alpha: float) -> dict[str, Any]:
    """Hex colours as [red, green, blue, alpha] of 0 to 255, the last of them, for what has no colour, half as solid."""
    solid = [[int(each[i : i + 2], 16) for i in (1, 3, 5)] for each in colours]
    opaque = round(255 * alpha)
    made = [[*rgb, opaque] for rgb in solid]
    if made:
        made[-1][3] = opaque // 2
    return {"colours": made, "grey": [*_GREY, _GREY_ALPHA]}


def scale(colours: Colouring, dark: bool) -> dict[str, Any] | None:
    """The gradient of a signal with the values at its ends; None for categories."""
    if colours.values is None:
        return None
    low, high = shading.value_range(colours.values)
    return {
        "title": colours.title,
        "low": style.number(low),
        "high": style.number(high),
        "colours": shading.shades(shading.gradient(dark), 32),
    }
