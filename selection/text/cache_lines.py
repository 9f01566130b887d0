"""Cache lines: arrays that begin where one of the processor's does, so that a row of 64 bytes is one line and not two."""

from __future__ import annotations

from math import prod

import numpy as np

LINE = 64  # bytes


def on_lines(shape: tuple[int, ...], kind: type, line: int = LINE) -> np.ndarray:
    """An array of zeros whose first byte stands at a multiple of `line`."""
    n_bytes = prod(shape) * np.dtype(kind).itemsize
    room = np.empty(n_bytes + line, np.uint8)
    room[:] = 0  # now: pages that the kernel clears on a first read are small ones
    start = -room.ctypes.data % line
    return room[start : start + n_bytes].view(kind).reshape(shape)
