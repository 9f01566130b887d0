"""Vector blocks: float16 rows on disk, float32 unit rows in memory, one bounded block at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK_ROWS = 32_768  # 48 MB of float32 at 384 dimensions


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """(n, dim) float32, C-contiguous, rows of length 1; a row of zeros stays one."""
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return rows / np.where(lengths > 0, lengths, 1)[:, None]


def unit_blocks(vectors: np.ndarray, n_rows: int = BLOCK_ROWS) -> Iterator[tuple[int, np.ndarray]]:
    """(number of the first row, block of unit rows) over an array or memory map of any float type."""
    for start in range(0, len(vectors), n_rows):
        yield start, unit_rows(vectors[start : start + n_rows])


def sample_rows(n: int, n_wanted: int, seed: int) -> np.ndarray:
    """(min(n, n_wanted),) int64, ascending, without repetition; the same for the same seed."""
    if n <= n_wanted:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, n_wanted, replace=False))
