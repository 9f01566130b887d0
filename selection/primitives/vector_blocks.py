"""Vector blocks: float16 rows on disk, float32 unit rows in memory, one bounded block at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

BLOCK_ROWS = 32_768  # 48 MB of float32 at 384 dimensions


class Shards:
    """Several (n, dim) arrays or memory maps read as one, which are never joined: only the rows asked for are copied."""

    def __init__(self, shards: Sequence[np.ndarray]) -> None:
        self._shards = shards
        ends = np.cumsum([len(shard) for shard in shards])
        self._starts = ends - [len(shard) for shard in shards]
        self.shape = (int(ends[-1]), shards[0].shape[1])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        """(n_rows, dim) of a slice without a step, or of ascending row numbers."""
        pieces = [self._shards[0][:0]]
        for shard, start in zip(self._shards, self._starts, strict=True):
            if isinstance(rows, slice):
                first, last, _ = rows.indices(len(self))
                pieces.append(shard[max(first - start, 0) : max(last - start, 0)])
            else:
                pieces.append(shard[rows[(rows >= start) & (rows < start + len(shard))] - start])
        return np.concatenate(pieces)


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """(n, dim) float32, C-contiguous, rows of length 1; a row of zeros stays one."""
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return rows / np.where(lengths > 0, lengths, 1)[:, None]


def unit_blocks(
    vectors: np.ndarray | Shards, n_rows: int = BLOCK_ROWS
) -> Iterator[tuple[int, np.ndarray]]:
    """(number of the first row, block of unit rows) over arrays or memory maps of any float type."""
    for start in range(0, len(vectors), n_rows):
        yield start, unit_rows(vectors[start : start + n_rows])


def sample_rows(n: int, n_wanted: int, seed: int) -> np.ndarray:
    """(min(n, n_wanted),) int64, ascending, without repetition; the same for the same seed."""
    if n <= n_wanted:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, n_wanted, replace=False))
