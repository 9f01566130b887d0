"""Varimax: turn axes inside their own plane so that each leans on few signals.

Kaiser 1958, raw loadings. The rotation T (orthogonal) maximises the variance of squared loadings per axis. For one
pair of axes (x, y) the best angle has a closed form:

    u = x^2 - y^2,  v = 2 x y,  p = number of signals
    4 angle = atan2(2 sum(u v) - 2 sum(u) sum(v) / p,  sum(u^2 - v^2) - (sum(u)^2 - sum(v)^2) / p)

Pairs are turned in sweeps until none moves. Applied to whitened scores P, the scores P T stay uncorrelated with
variance 1.

Cost: n_signals * n_axes^2 per sweep, a few sweeps; independent of the number of documents.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np


def varimax(loadings: np.ndarray, max_sweeps: int = 200) -> np.ndarray:
    """(n_axes, n_axes) rotation for (n_signals, n_axes) loadings; axes in descending order of variance explained."""
    n_axes = loadings.shape[1]
    turned, rotation = loadings.copy(), np.eye(n_axes)
    for _ in range(max_sweeps):
        largest = 0.0
        for pair in combinations(range(n_axes), 2):
            angle = _best_angle(*turned[:, pair].T)
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            turned[:, pair] = turned[:, pair] @ turn
            rotation[:, pair] = rotation[:, pair] @ turn
            largest = max(largest, abs(angle))
        if largest < 1e-10:
            break
    return rotation[:, np.argsort(-(turned**2).sum(axis=0), kind="stable")]


def _best_angle(x: np.ndarray, y: np.ndarray) -> float:
    u, v = x**2 - y**2, 2 * x * y
    across = 2 * (u @ v) - 2 * u.sum() * v.sum() / len(x)
    along = u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / len(x)
    return float(np.arctan2(across, along)) / 4
