"""Parallel analysis: the eigenvalues that columns without any relation would show; axes below this floor are noise.

Horn 1965. Every column is shuffled by itself and the eigenvalues of the correlation matrix taken; the floor is their
95th percentile over repeats, one value per position.

Differs from the source:
- above 20,000 documents the shuffles are replaced by their limit: correlations of shuffled columns have variance
  exactly 1 / (n - 1) and tend to a normal distribution, so the matrix is drawn directly

Cost: 100 repeats of n_columns^3, plus a shuffle each on small samples.
"""

from __future__ import annotations

import numpy as np

_SHUFFLED_UP_TO = 20_000
_REPEATS = 100


def noise_floor(scaled: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n_columns,) descending eigenvalues for (n_docs, n_columns) standardised values."""
    n_docs, n_columns = scaled.shape
    spectra = np.empty((_REPEATS, n_columns))
    upper = np.triu_indices(n_columns, 1)
    for repeat in range(_REPEATS):
        if n_docs <= _SHUFFLED_UP_TO:
            mixed = rng.permuted(scaled, axis=0)
            correlation = mixed.T @ mixed / (n_docs - 1)
        else:
            correlation = np.eye(n_columns)
            correlation[upper] = rng.normal(0, (n_docs - 1) ** -0.5, len(upper[0]))
            correlation.T[upper] = correlation[upper]
        spectra[repeat] = np.linalg.eigvalsh(correlation)[::-1]
    return np.percentile(spectra, 95, axis=0)
