"""Axis drift: which axis of a refit is which axis of before, and how far it has turned.

A refit on another sample can swap axes that explain nearly the same share. Axes are matched one to one so that the
sum of |cosine| between their loadings is largest (Hungarian method); a signal absent from one side loads 0 there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from selection.primitives.principal_axes import AxesModel


@dataclass(frozen=True)
class AxisMatch:
    """Axis numbers start at 1; cosine -1 is the same axis pointing the other way."""

    old: int
    new: int
    cosine: float


def drift(old: AxesModel, new: AxesModel) -> tuple[AxisMatch, ...]:
    """Matched pairs in order of the old axis; an axis without partner (unequal numbers of axes) is left out."""
    names = sorted({*old.names, *new.names})
    cosines = _unit(old, names).T @ _unit(new, names)  # (old axes, new axes)
    rows, columns = linear_sum_assignment(-np.abs(cosines))
    return tuple(
        AxisMatch(int(i) + 1, int(j) + 1, float(cosines[i, j]))
        for i, j in zip(rows, columns, strict=True)
    )


def _unit(model: AxesModel, names: list[str]) -> np.ndarray:
    """(n_names, n_axes) loadings with columns of length 1."""
    loadings = np.zeros((len(names), model.n_axes))
    loadings[[names.index(name) for name in model.names]] = model.loadings
    return loadings / np.linalg.norm(loadings, axis=0)
