"""Utf8: an Arrow string array as the two plain arrays that kernels read, without copying the text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Utf8:
    """Document i is `data[offsets[i] : offsets[i + 1]]`; the first offset is not 0 in a sliced array."""

    offsets: np.ndarray  # (n_docs + 1,) int64
    data: np.ndarray  # (n_bytes_of_the_whole_buffer,) uint8

    @classmethod
    def of(cls, text: pa.StringArray | pa.LargeStringArray) -> Utf8:
        """Views of the array's buffers; `TypeError` for another type, `ValueError` where a document is null."""
        import pyarrow as pa

        if pa.types.is_large_string(text.type):
            dtype = np.dtype(np.int64)
        elif pa.types.is_string(text.type):
            dtype = np.dtype(np.int32)
        else:
            raise TypeError(f"text must be an Arrow string or large_string array, got {text.type}")
        if text.null_count:
            raise ValueError(f"every document must have text, got {text.null_count} nulls")
        if len(text) == 0:
            first, data = np.zeros(1, dtype), None
        else:
            _, offsets, data = text.buffers()
            first = np.frombuffer(offsets, dtype, len(text) + 1, text.offset * dtype.itemsize)
        # An array of empty documents may come without a data buffer.
        held = (
            np.frombuffer(data, np.uint8)
            if data is not None and data.size
            else np.zeros(0, np.uint8)
        )
        starts = first.astype(np.int64, copy=False)
        starts.flags.writeable = held.flags.writeable = (
            False  # else kernels would be compiled for either
        )
        return cls(starts, held)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def n_bytes(self) -> np.ndarray:
        """UTF-8 bytes of each document. (n_docs,) int64"""
        return np.diff(self.offsets)

    def blocks(self, n_blocks: int) -> list[tuple[int, int]]:
        """At most `n_blocks` consecutive row ranges of about equal bytes, together every row once."""
        wanted = np.linspace(self.offsets[0], self.offsets[-1], n_blocks + 1)[1:-1]
        cuts = [0, *np.searchsorted(self.offsets, wanted).tolist(), len(self)]
        cuts = np.clip(np.maximum.accumulate(cuts), 0, len(self)).tolist()
        return [(a, b) for a, b in pairwise(cuts) if b > a]
