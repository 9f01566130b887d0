"""Outlines drawn on the map: read from what the browser says, and tested against every document on the server.

The browser also lists the points it thinks are inside; that list is ignored, so a selection of any size is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import selection


@dataclass(frozen=True)
class Area:
    """Outlines drawn on the map, in its coordinates: lassos (m, 2) and boxes (2, 2) of opposite corners."""

    lassos: tuple[tuple[tuple[float, float], ...], ...] = ()
    boxes: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lassos or self.boxes)

    def holds(self, points: np.ndarray) -> np.ndarray:
        """(n,) bool: which points lie in any of the outlines."""
        found = np.zeros(len(points), bool)
        for lasso in self.lassos:
            found |= selection.inside_outline(points, np.array(lasso))
        for corner, opposite in self.boxes:
            found |= selection.inside_box(points, corner, opposite)
        return found


def drawn_area(event: Mapping[str, Any] | None) -> Area:
    """The outlines of a Plotly selection; the points it lists are ignored, so any size of selection is exact."""
    chosen = (event or {}).get("selection") or {}
    lassos = [
        tuple(zip(map(float, shape["x"]), map(float, shape["y"]), strict=True))
        for shape in chosen.get("lasso") or []
        if len(shape.get("x") or []) >= 3
    ]
    boxes = [
        tuple(zip(map(float, shape["x"]), map(float, shape["y"]), strict=True))
        for shape in chosen.get("box") or []
        if len(shape.get("x") or []) == 2
    ]
    return Area(tuple(lassos), tuple(boxes))  # type: ignore[arg-type]


def clicked_document(event: Mapping[str, Any] | None) -> int | None:
    """The document of a single clicked point, else None."""
    chosen = (event or {}).get("selection") or {}
    points = chosen.get("points") or []
    if len(points) != 1 or chosen.get("lasso") or chosen.get("box"):
        return None
    number = points[0].get("customdata")
    number = number[0] if isinstance(number, list | tuple) and number else number
    return int(number) if isinstance(number, int | float) else None
