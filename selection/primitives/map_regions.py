"""Map regions: where on a map a selection keeps significantly more or fewer documents than chance would.

The map is cut into square cells. If the kept K of n documents were drawn at random, the number kept among the m documents
of a cell would be hypergeometric:

    k ~ Hypergeometric(n, K, m),   p = 2 min(P(k' <= k), P(k' >= k))

Cells whose p passes Benjamini and Hochberg's (1995) step-up rule at 1 %, and that keep at least 1.5 times as many documents
as expected or as few, are joined with their neighbours of the same kind to regions. A region is therefore no sharper than
its cells, and a thin one may be missed where its cells hold few documents.

Cost: one pass over the documents, then a few thousand cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_LEVEL = 0.01
_TIMES = 1.5
_DOCS_A_CELL = 40  # on average over the cells that hold any; fewer could hardly be significant
_CELLS = (6, 64)  # a side


@dataclass(frozen=True)
class Region:
    """Cells that hang together; `rings` are their outlines, (k, 2) corners each, in the units of the points."""

    over: bool  # kept more often than at random
    n_docs: int
    n_kept: int
    expected: float  # of n_kept at random
    members: np.ndarray  # (n_docs,) int64 numbers of its documents
    rings: tuple[np.ndarray, ...]


def find_regions(points: np.ndarray, kept: np.ndarray) -> list[Region]:
    """Regions by how far they are from chance in documents, the farthest first. points: (n, 2), kept: (n,) bool."""
    n, n_kept = len(points), int(kept.sum())
    if n_kept in (0, n):
        return []
    low, step, side = _grid(points)
    cell = np.minimum(((points - low) / step).astype(np.int64), side - 1)
    number = cell[:, 1] * side + cell[:, 0]
    held = np.bincount(number, minlength=side * side)
    taken = np.bincount(number[kept], minlength=side * side)
    sign = _signs(held, taken, n, n_kept).reshape(side, side)
    found = [
        _region(labels, label, number, kept, n_kept / n, (low, step), over)
        for over, labels in ((True, _joined(sign > 0)), (False, _joined(sign < 0)))
        for label in range(1, int(labels.max()) + 1)
    ]
    return sorted(found, key=lambda region: -abs(region.n_kept - region.expected))


def _grid(points: np.ndarray) -> tuple[np.ndarray, float, int]:
    """Lowest corner, side of a cell and cells a side: as fine as the occupied cells can be and still hold enough."""
    low = points.min(axis=0).astype(np.float64)
    span = max(float(np.ptp(points, axis=0).max()), 1e-9) * (1 + 1e-9)
    side = _CELLS[1]
    while side > _CELLS[0]:
        cell = ((points - low) * (side / span)).astype(np.int64)
        occupied = np.count_nonzero(np.bincount(cell[:, 1] * side + cell[:, 0]))
        if len(points) >= _DOCS_A_CELL * occupied:
            break
        side = max(_CELLS[0], side * 3 // 4)
    return low, span / side, side


def _signs(held: np.ndarray, taken: np.ndarray, n: int, n_kept: int) -> np.ndarray:
    """+1 for cells kept more often than chance explains, -1 for less often, else 0."""
    from scipy.stats import hypergeom

    filled = np.flatnonzero(held)
    m, k = held[filled], taken[filled]
    less, more = hypergeom.cdf(k, n, n_kept, m), hypergeom.sf(k - 1, n, n_kept, m)
    p = np.minimum(1.0, 2 * np.minimum(less, more))
    passed = _step_up(p)
    expected = m * (n_kept / n)
    signs = np.zeros(len(held), np.int8)
    signs[filled[passed & (k >= _TIMES * expected)]] = 1
    signs[filled[passed & (k <= expected / _TIMES)]] = -1
    return signs


def _step_up(p: np.ndarray) -> np.ndarray:
    """Which hypotheses Benjamini and Hochberg's rule rejects. (n,) bool"""
    ranked = np.sort(p)
    below = np.flatnonzero(ranked <= _LEVEL * np.arange(1, len(p) + 1) / len(p))
    return p <= ranked[below[-1]] if len(below) else np.zeros(len(p), bool)


def _joined(cells: np.ndarray) -> np.ndarray:
    """Cells that touch by a side share a label from 1; 0 elsewhere."""
    from scipy.ndimage import label

    return np.asarray(label(cells)[0])  # type: ignore[index]


def _region(
    labels: np.ndarray,
    label: int,
    number: np.ndarray,
    kept: np.ndarray,
    share: float,
    frame: tuple[np.ndarray, float],
    over: bool,
) -> Region:
    inside = labels == label
    members = np.flatnonzero(inside.ravel()[number])
    low, step = frame
    rings = tuple(low + step * ring for ring in _rings(inside))
    n_kept = int(kept[members].sum())
    return Region(over, len(members), n_kept, share * len(members), members, rings)


def _rings(inside: np.ndarray) -> list[np.ndarray]:
    """Closed outlines of the cells [row, column], each corner (x, y) once; straight runs have no corner between."""
    after: dict[tuple[int, int], list[tuple[int, int]]] = {}
    padded = np.pad(inside, 1)
    for y, x in np.argwhere(inside).tolist():
        sides = (  # the neighbour beyond each side, and that side with the cell on its left
            (padded[y, x + 1], (x, y), (x + 1, y)),
            (padded[y + 1, x + 2], (x + 1, y), (x + 1, y + 1)),
            (padded[y + 2, x + 1], (x + 1, y + 1), (x, y + 1)),
            (padded[y + 1, x], (x, y + 1), (x, y)),
        )
        for neighbour, start, stop in sides:
            if not neighbour:
                after.setdefault(start, []).append(stop)
    rings = []
    while after:
        start = at = next(iter(after))
        ring = []
        while True:
            ring.append(at)
            stops = after[at]
            following = stops.pop()
            if not stops:
                del after[at]
            at = following
            if at == start:
                break
        rings.append(_without_straights(np.array(ring, np.float64)))
    return rings


def _without_straights(ring: np.ndarray) -> np.ndarray:
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    return ring[(before != after).any(axis=1)]
