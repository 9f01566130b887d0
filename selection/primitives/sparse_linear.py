"""Linear regression on counts of hashed n-grams, with its penalty chosen by cross-validation over given folds.

    feature[d, b] = count[d, b] * idf[b] / sqrt(n_grams[d]),   idf[b] = log((1 + n) / (1 + documents with b)) + 1
    minimise |y - mean(y) - X w|^2 + penalty * n * |w|^2, by LSQR (Paige and Saunders 1982)

Dividing by the square root of the length comes near rows of length 1, as most n-grams of a document occur once, and keeps a
document's value a sum over its n-grams divided by a number, so it is rated without a matrix.

Cost: 12 bytes an n-gram in memory; n_iterations passes over the matrix for each penalty and fold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any  # scipy's sparse arrays have no usable types

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import lsqr

PENALTIES = (1e-5, 1e-4, 1e-3, 1e-2)
N_ITERATIONS = 40
_TRIED_FOLDS = 3


@dataclass(frozen=True)
class SparseLinear:
    """table (n_buckets,): what an n-gram adds before the division; intercept and penalty."""

    table: np.ndarray
    intercept: float
    penalty: float


def counts_matrix(ids: np.ndarray, bounds: np.ndarray, n_buckets: int) -> Any:
    """(n_docs, n_buckets) counts as a CSR array, from the buckets of all n-grams, document after document."""
    ones = np.ones(len(ids), np.float32)
    matrix = sparse.csr_array((ones, ids, bounds), shape=(len(bounds) - 1, n_buckets))
    matrix.sum_duplicates()
    return matrix


def inverse_frequency(counts: Any) -> np.ndarray:
    """(n_buckets,) idf."""
    there = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.log((1 + counts.shape[0]) / (1 + there)) + 1


def fit_sparse_linear(
    counts: Any,
    targets: np.ndarray,
    fold: np.ndarray,
    penalties: tuple[float, ...] = PENALTIES,
) -> SparseLinear:
    """(n_docs, n_buckets) counts, (n_docs,) targets and folds."""
    table = np.zeros(counts.shape[1])
    there = np.unique(counts.indices)
    length = np.sqrt(np.maximum(counts.sum(axis=1), 1))
    counts = counts[:, there]
    idf = inverse_frequency(counts)
    features = sparse.csr_array(sparse.diags_array(1 / length) @ counts @ sparse.diags_array(idf))
    penalty = penalties[0]
    if len(penalties) > 1 and len(np.unique(fold)) > 1:
        errors = [_left_out(features, targets, fold, each) for each in penalties]
        penalty = penalties[int(np.argmin(errors))]
    weights, intercept = _solve(features, targets, penalty)
    table[there] = weights * idf
    return SparseLinear(table, intercept, penalty)


def _left_out(features: Any, targets: np.ndarray, fold: np.ndarray, penalty: float) -> float:
    """Squared error on the first few folds, each left out in turn."""
    total = 0.0
    for f in np.unique(fold)[:_TRIED_FOLDS]:
        apart = np.flatnonzero(fold == f)
        rest = np.flatnonzero(fold != f)
        weights, intercept = _solve(features[rest], targets[rest], penalty)
        total += float(((targets[apart] - features[apart] @ weights - intercept) ** 2).sum())
    return total


def _solve(features: Any, targets: np.ndarray, penalty: float) -> tuple[np.ndarray, float]:
    intercept = float(targets.mean())
    damp = np.sqrt(penalty * len(targets))
    found = lsqr(features, targets - intercept, damp=damp, iter_lim=N_ITERATIONS)
    return found[0], intercept
