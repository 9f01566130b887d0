"""Ridge regression with its penalty chosen by cross-validation over given folds.

    minimise  |Y - 1 b' - X W|^2 + penalty * (trace(S) / dim) * |W|^2,   S the centred X'X

so a penalty of 1 is as strong as an average direction of the features. Columns of Y are solved together, each with its
own penalty: the one with the smallest squared error on folds left out.

Cost: n x dim^2 for the Gram matrices of the folds, which add up to every training set, and n_folds + 1 eigenvalue problems
of size dim. The features are read twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PENALTIES = tuple(10.0 ** (k / 2) for k in range(-10, 7))


@dataclass(frozen=True)
class Ridge:
    """weights (dim, n_columns), intercept (n_columns,), penalty (n_columns,)."""

    weights: np.ndarray
    intercept: np.ndarray
    penalty: np.ndarray


@dataclass(frozen=True)
class _Sums:
    """n, sums and products of the rows of one fold."""

    n: float
    x: np.ndarray  # (dim,)
    y: np.ndarray  # (n_columns,)
    xx: np.ndarray  # (dim, dim)
    xy: np.ndarray  # (dim, n_columns)

    @classmethod
    def of(cls, features: np.ndarray, targets: np.ndarray) -> _Sums:
        x = features.astype(np.float64)
        return cls(float(len(x)), x.sum(axis=0), targets.sum(axis=0), x.T @ x, x.T @ targets)

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(*(a + b for a, b in zip(self._parts(), other._parts(), strict=True)))

    def __sub__(self, other: _Sums) -> _Sums:
        return _Sums(*(a - b for a, b in zip(self._parts(), other._parts(), strict=True)))

    def _parts(self) -> tuple:
        return self.n, self.x, self.y, self.xx, self.xy


def fit_ridge(
    features: np.ndarray,
    targets: np.ndarray,
    fold: np.ndarray,
    penalties: tuple[float, ...] = PENALTIES,
) -> Ridge:
    """(n, dim) features, (n, n_columns) targets, (n,) folds: rows of one fold are left out together.

    With one penalty, or rows of one fold only, there is nothing to choose: the first of the middle ones is taken.
    """
    folds = np.unique(fold)
    parts = [_Sums.of(features[fold == f], targets[fold == f]) for f in folds]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    chosen = np.full(targets.shape[1], len(penalties) // 2)
    if len(folds) > 1 and len(penalties) > 1:
        squared = np.zeros((len(penalties), targets.shape[1]))
        for f, part in zip(folds, parts, strict=True):
            left_out = features[fold == f].astype(np.float64), targets[fold == f]
            for p, (weights, intercept) in enumerate(_solve(total - part, penalties)):
                squared[p] += ((left_out[1] - left_out[0] @ weights - intercept) ** 2).sum(axis=0)
        chosen = squared.argmin(axis=0)
    solved = _solve(total, penalties)
    columns = np.arange(targets.shape[1])
    return Ridge(
        np.stack([solved[p][0][:, c] for p, c in zip(chosen, columns, strict=True)], axis=1),
        np.array([solved[p][1][c] for p, c in zip(chosen, columns, strict=True)]),
        np.array([penalties[p] for p in chosen]),
    )


def _solve(sums: _Sums, penalties: tuple[float, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights and intercept for each penalty."""
    mean_x, mean_y = sums.x / sums.n, sums.y / sums.n
    centred = sums.xx - sums.n * np.outer(mean_x, mean_x)
    across = sums.xy - sums.n * np.outer(mean_x, mean_y)
    values, vectors = np.linalg.eigh(centred)
    values = np.maximum(values, 0)
    turned = vectors.T @ across  # (dim, n_columns)
    scale = max(values.mean(), 1e-30)
    found = []
    for penalty in penalties:
        weights = vectors @ (turned / (values + penalty * scale)[:, None])
        found.append((weights, mean_y - mean_x @ weights))
    return found
