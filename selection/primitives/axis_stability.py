"""Axis stability: whether the same axis is found again when other documents are met.

Bootstrap resamples of the documents; axes are fitted on each and matched one to one with those of all documents
(Hungarian method on |congruence|, as two axes that explain nearly the same share may swap). Congruence is the cosine of two
columns of loadings (Tucker 1951). Lorenzo-Seva and ten Berge, 2006, Methodology 2(2), hold 0.85 to 0.94 for a fair
likeness and more for the same factor: an axis is called stable, and given a name, when 95 % of the resamples hold it at 0.85
or more.

Differs from the sources: scaling by ranks is kept from the whole sample, means and deviations are each resample's own.

Cost: one pass of n_docs n_signals^2, then n_resamples fits of an n_signals matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import linear_sum_assignment

from selection.primitives import resampling
from selection.primitives.principal_axes import AxesModel
from selection.primitives.varimax import varimax


@dataclass(frozen=True)
class AxisStability:
    """Congruence of one axis over resamples: median, and the value that 95 % of them reach."""

    SAME: ClassVar = 0.85
    N_RESAMPLES: ClassVar = 200

    median: float
    low: float

    @property
    def stable(self) -> bool:
        """Whether the axis may bear a name."""
        return self.low >= self.SAME


def stability(model: AxesModel, values: np.ndarray, codes: np.ndarray) -> tuple[AxisStability, ...]:
    """One per axis. values: (n_docs, d) in order of `model.names`; codes: (n_docs,) from `resampling.groups_of`."""
    scaled = model.scaling.apply(np.asarray(values, np.float64))
    whole = ~np.isnan(scaled).any(axis=1)
    sums = _moments(scaled[whole], codes[whole])
    wanted = model.loadings / np.linalg.norm(model.loadings, axis=0)
    turned = not np.array_equal(model.rotation, np.eye(model.n_axes))
    found = np.array(
        [
            _matched(wanted, _loadings(correlation, model.n_axes, turned))
            for correlation in _correlations(sums)
            if np.isfinite(correlation).all()
        ]
    )
    if not len(found):
        return (AxisStability(float("nan"), float("nan")),) * model.n_axes
    low, median = np.quantile(found, [0.05, 0.5], axis=0)
    return tuple(AxisStability(float(m), float(at)) for m, at in zip(median, low, strict=True))


def _moments(scaled: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """(n_groups, 1 + d + d * d) per group: documents, sums, and sums of products."""
    n_groups, d = resampling.N_GROUPS, scaled.shape[1]
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(n_groups + 1))
    out = np.zeros((n_groups, 1 + d + d * d))
    for group in range(n_groups):
        rows = scaled[order[bounds[group] : bounds[group + 1]]]
        out[group] = np.concatenate([[len(rows)], rows.sum(axis=0), (rows.T @ rows).ravel()])
    return out


def _correlations(sums: np.ndarray) -> np.ndarray:
    """(n_resamples, d, d); NaN where a signal is constant in a resample, or no document is in it."""
    drawn = resampling.resamples(len(sums), AxisStability.N_RESAMPLES) @ sums
    d = int((np.sqrt(4 * drawn.shape[1] - 3) - 1) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        n, mean = drawn[:, 0, None, None], drawn[:, 1 : d + 1] / drawn[:, :1]
        covariance = drawn[:, d + 1 :].reshape(-1, d, d) / n - mean[:, :, None] * mean[:, None, :]
        sd = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0))
        return covariance / (sd[:, :, None] * sd[:, None, :])


def _loadings(correlation: np.ndarray, n_axes: int, turned: bool) -> np.ndarray:
    """(d, n_axes) columns of length 1."""
    eigenvalues, vectors = np.linalg.eigh(correlation)
    loadings = (vectors * np.sqrt(np.maximum(eigenvalues, 0)))[:, ::-1][:, :n_axes]
    loadings = loadings @ varimax(loadings) if turned else loadings
    return loadings / np.maximum(np.linalg.norm(loadings, axis=0), 1e-12)


def _matched(wanted: np.ndarray, found: np.ndarray) -> np.ndarray:
    """(n_axes,) |congruence| of each wanted axis with its partner."""
    likeness = np.abs(wanted.T @ found)
    rows, partners = linear_sum_assignment(-likeness)
    return likeness[rows, partners]
