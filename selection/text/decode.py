"""UTF-8 bytes to code points and their classes: the one time that the text of a document is read.

Every other kernel works on these two arrays, which stay in the processor's cache. Invalid UTF-8 cannot occur in an Arrow
string array, so nothing is checked here.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import bare, part
from selection.text.load8 import load8

_BEYOND_ASCII = np.uint64(0x8080808080808080)


@part
def decode(data: np.ndarray, table: np.ndarray, codes: np.ndarray, classes: np.ndarray) -> int:
    """Fill `codes` and `classes` (both at least len(data) long, int32); the number of code points."""
    n_chars = 0
    i = 0
    while i < len(data):
        while i + 8 <= len(data) and load8(data, i) & _BEYOND_ASCII == np.uint64(0):
            for k in range(8):
                codes[n_chars + k] = data[i + k]
                classes[n_chars + k] = table[data[i + k]]
            n_chars += 8
            i += 8
        if i == len(data):
            break
        code, i = code_at(data, i)
        codes[n_chars] = code
        classes[n_chars] = table[code]
        n_chars += 1
    return n_chars


@part
def width_of(code: int) -> int:
    """Bytes of a code point in UTF-8."""
    return 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF)


@bare
def code_at(data: np.ndarray, i: int) -> tuple[np.int64, int]:
    """The code point that begins at byte i, and where the next one begins."""
    first = np.int64(data[i])
    if first < 0x80:
        return first, i + 1
    code = np.int64(data[i + 1]) & 0x3F
    if first < 0xE0:
        return (first & 0x1F) << 6 | code, i + 2
    code = code << 6 | (np.int64(data[i + 2]) & 0x3F)
    if first < 0xF0:
        return (first & 0x0F) << 12 | code, i + 3
    return (first & 0x07) << 18 | code << 6 | (np.int64(data[i + 3]) & 0x3F), i + 4
