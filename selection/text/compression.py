"""How small a document becomes under a general compressor: a measure of repetition that needs no words.

Zstandard, level 1, one frame a document, compressed in C straight from the Arrow buffer on all cores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from selection.core.cores import n_cores
from selection.text.buffers import Utf8
from selection.text.memo import once_per_batch

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = 1
_TOGETHER = 512  # documents whose frames a thread holds, which find room in memory that is not new


@once_per_batch
def compressed_bytes(text: pa.StringArray | pa.LargeStringArray) -> np.ndarray:
    """Bytes of each document's Zstandard frame, 0 for an empty document. (n_docs,) int64"""
    import zstandard

    utf8 = Utf8.of(text)
    sizes = np.zeros(len(utf8), np.int64)
    filled = np.flatnonzero(utf8.n_bytes)
    if len(filled) == 0:
        return sizes
    segments = np.stack([utf8.offsets[filled], utf8.n_bytes[filled]], axis=1).astype(np.uint64)
    data, n_threads = memoryview(cast(Any, utf8.data)), n_cores()
    compressor = zstandard.ZstdCompressor(level=LEVEL)
    found: list[int] = []
    for first in range(0, len(filled), _TOGETHER * n_threads):
        some = segments[first : first + _TOGETHER * n_threads].tobytes()
        buffer = zstandard.BufferWithSegments(data, some)
        frames = compressor.multi_compress_to_buffer(buffer, threads=n_threads)
        found += [len(frames[i]) for i in range(len(frames))]
    sizes[filled] = found
    return sizes
