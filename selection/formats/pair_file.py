"""Pairs: a file of votes between two documents, a row a pair.

The columns `first` and `second` (or `a` and `b`) hold ids, one more column the share of votes for the second, in 0..1.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from selection.core.errors import BadInput, UnknownName, close_matches
from selection.formats.readers.inputs import expand
from selection.formats.sidecar_columns import cells_of, column_of, ids_of

_SIDES = (("first", "second"), ("a", "b"), ("id_a", "id_b"), ("uid_a", "uid_b"))


def read_pairs(
    path: Path, column: str | None = None
) -> tuple[list[str], list[str], np.ndarray, str]:
    """Ids of both sides, shares of votes for the second, and the name of their column."""
    items = expand([path])
    if len(items) != 1 or items[0].kind in ("folder", "text"):
        raise BadInput(f"pairs must be one Parquet, CSV or JSON lines file, got {str(path)!r}")
    cells = cells_of(items[0])
    sides = next((each for each in _SIDES if set(each) <= set(cells)), None)
    if sides is None:
        raise BadInput(
            f"pairs must have the columns first and second with ids, and {path.name} has {', '.join(cells)}"
        )
    first, second = (ids_of(cells.pop(side), path) for side in sides)
    if column is None and len(cells) == 1:
        column = next(iter(cells))
    if column not in cells:
        raise UnknownName(
            f"{path.name} has no column {column!r}; {close_matches(column or '', list(cells))}"
        )
    share = column_of(column, cells[column], path)
    if share.ndim != 1 or share.dtype.kind not in "iufb":
        raise BadInput(f"votes must be numbers, and column {column!r} of {path.name} is not")
    share = share.astype(np.float64)
    if not ((share >= 0) & (share <= 1)).all():
        raise BadInput(
            f"votes must be the share of votes for the second document, 0 to 1, and column {column!r} of {path.name}"
            " goes beyond; divide by the number of votes"
        )
    return first, second, share, column
