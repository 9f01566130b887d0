"""Polygon: which points lie inside an outline drawn by hand, exactly, for millions of points.

A point is inside when a ray from it to the right crosses the outline an odd number of times (even-odd rule), so an outline
that crosses itself has holes where it overlaps:

    crosses(edge) = (y1 > y) != (y2 > y)  and  x < (x2 - x1) (y - y1) / (y2 - y1) + x1

Testing every point against every edge is slow. The bounding box of the outline is cut into cells; a cell that no edge
touches lies wholly inside or outside, so its centre answers for all its points. Only points in the remaining border
cells are tested against the edges. Both ways give the same answer for every point.

Cost: one pass over the points, and edges x (points in border cells); chunks keep the memory flat.
"""

from __future__ import annotations

import numpy as np

from selection.core.errors import BadInput

_CELLS = 256  # a side; fewer for few points
_CHUNK = 1 << 18


def inside(points: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """(n,) bool: which of the (n, 2) points lie inside the closed (m, 2) outline, m >= 3; a NaN point is outside."""
    outline = _checked(outline)
    found = np.zeros(len(points), bool)
    low, high = outline.min(axis=0), outline.max(axis=0)
    if not np.all(high > low) or not len(points):
        return found  # no area
    grid = _Grid(outline, low, high, int(np.clip(np.sqrt(len(points)) / 4, 8, _CELLS)))
    for start in range(0, len(points), _CHUNK):
        rows = slice(start, start + _CHUNK)
        found[rows] = grid.inside(np.asarray(points[rows], np.float64))
    return found


def inside_box(
    points: np.ndarray, corner: tuple[float, float], opposite: tuple[float, float]
) -> np.ndarray:
    """(n,) bool: which of the (n, 2) points lie in the box between two corners, its border included."""
    low, high = np.minimum(corner, opposite), np.maximum(corner, opposite)
    within = (points >= low) & (points <= high)
    return within[:, 0] & within[:, 1]


def crossings_odd(points: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """(n,) bool by the formula of the header for every point and edge: the definition, without cells."""
    x, y = points[:, 0], points[:, 1]
    odd = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y1 != y2:
            odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * ((y - y1) / (y2 - y1)) + x1)
    return odd


def _checked(outline: np.ndarray) -> np.ndarray:
    outline = np.asarray(outline, np.float64)
    if outline.ndim != 2 or outline.shape[1] != 2 or len(outline) < 3:
        raise BadInput(
            f"an outline needs at least 3 points of 2 coordinates, got shape {outline.shape}; draw it again"
        )
    if not np.isfinite(outline).all():
        raise BadInput("an outline needs finite coordinates, got NaN or infinity; draw it again")
    return outline


class _Grid:
    """Cells over the bounding box: 0 outside, 1 inside, 2 touched by an edge."""

    def __init__(self, outline: np.ndarray, low: np.ndarray, high: np.ndarray, n: int) -> None:
        self.outline, self.low, self.high, self.n = outline, low, high, n
        self.size = (high - low) / n
        centres = (np.stack(np.meshgrid(np.arange(n), np.arange(n)), -1).reshape(-1, 2) + 0.5) / n
        answers = crossings_odd(low + centres * (high - low), outline).reshape(
            n, n
        )  # [row, column]
        self.cells = np.where(self._border(), 2, answers).astype(np.uint8)

    def _border(self) -> np.ndarray:
        """(n, n) bool [row, column]: cells that an edge may touch, with a margin for rounding."""
        n = self.n
        border = np.zeros((n, n), bool)
        scaled = (self.outline - self.low) / self.size  # in cells
        left, columns = np.arange(n), np.arange(n)
        for a, b in zip(scaled, np.roll(scaled, -1, axis=0), strict=True):
            (x1, y1), (x2, y2) = (a, b) if a[0] <= b[0] else (b, a)
            here = columns[(left + 1.01 >= x1) & (left - 0.01 <= x2)]
            start, stop = np.clip(here - 0.01, x1, x2), np.clip(here + 1.01, x1, x2)
            slope = (y2 - y1) / (x2 - x1) if x2 > x1 else 0.0
            ends = np.stack([y1 + slope * (start - x1), y1 + slope * (stop - x1)])
            if x2 - x1 < 1:  # steep or short: the whole span is safe and cheap
                ends = np.stack([np.full(len(here), y1), np.full(len(here), y2)])
            first = np.clip(np.floor(ends.min(axis=0) - 0.01), 0, n - 1).astype(int)
            last = np.clip(np.floor(ends.max(axis=0) + 0.01), 0, n - 1).astype(int)
            for column, top, bottom in zip(here, first, last, strict=True):
                border[top : bottom + 1, column] = True
        return border

    def inside(self, points: np.ndarray) -> np.ndarray:
        found = np.zeros(len(points), bool)
        near = np.flatnonzero(((points >= self.low) & (points <= self.high)).all(axis=1))
        cell = np.minimum(((points[near] - self.low) / self.size).astype(np.int64), self.n - 1)
        kind = self.cells[cell[:, 1], cell[:, 0]]
        found[near] = kind == 1
        border = near[kind == 2]
        found[border] = crossings_odd(points[border], self.outline)
        return found
