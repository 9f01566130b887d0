"""Principal components of vectors: the eigenvectors of their covariance, exact, read in blocks.

With a few hundred dimensions the dim * dim covariance is small, so nothing needs to be randomised. The sign of a
component is fixed by making its entry of largest size positive.

Cost: n * dim * dim multiplications for one pass, then dim cubed.
"""

from __future__ import annotations

import numpy as np

from selection.primitives.vector_blocks import unit_blocks


def principal_components(vectors: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """mean (dim,) and components (min(n, dim), dim), both float32, of the unit rows of (n_rows, dim) vectors."""
    dim = vectors.shape[1]
    total, products = np.zeros(dim), np.zeros((dim, dim))
    for _, block in unit_blocks(vectors):
        total += block.sum(axis=0, dtype=np.float64)
        products += block.T @ block  # a block is summed in float32, blocks in float64
    mean = total / max(len(vectors), 1)
    covariance = products / max(len(vectors), 1) - np.outer(mean, mean)
    _, directions = np.linalg.eigh(covariance)  # ascending
    components = directions[:, ::-1][:, :n].T
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return mean.astype(np.float32), (components * signs[:, None]).astype(np.float32)


def project(vectors: np.ndarray, mean: np.ndarray, components: np.ndarray) -> np.ndarray:
    """(n_rows, n_components) float32: unit rows, centred, along the components."""
    out = np.empty((len(vectors), len(components)), np.float32)
    for start, block in unit_blocks(vectors):
        out[start : start + len(block)] = (block - mean) @ components.T
    return out
