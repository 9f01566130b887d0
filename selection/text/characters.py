"""Counts of characters by Unicode class, all of them at once: the kind of a character has a row of ones and zeros."""

from __future__ import annotations

from functools import cache

import numpy as np

from selection.text import unicode_classes as unicode
from selection.text.field_counts import COUNTED, place, rows_of
from selection.text.kernel import part
from selection.text.unicode_classes import KIND_SHIFT

_EVERY = -1
_CLASSES = (
    *(unicode.LETTER, unicode.MARK, unicode.DIGIT, unicode.UPPER, unicode.LOWER, unicode.SPACE),
    *(unicode.PUNCTUATION, unicode.SYMBOL, unicode.UNSPACED, unicode.MARKUP, unicode.DAMAGE),
    *(unicode.HASH_SIGN, unicode.CURLY, unicode.NON_ASCII, _EVERY),
)
"""The classes behind the counts of characters, in their order."""
CHARACTERS = np.dtype([(name, np.int64) for name in ("n_bytes", *COUNTED["characters"])])
_FIRST = place("characters", COUNTED["characters"][0])


@cache
def kind_rows() -> np.ndarray:
    """What to add for a character of each kind, 16 counts as the bytes of two integers. (n_kinds, 2) uint64"""
    return rows_of(unicode.kind_flags() | 1 << 30, _CLASSES).view(np.uint64)


@part
def add_kinds(classes: np.ndarray, rows: np.ndarray, counts: np.ndarray) -> int:
    """Count a field's characters; the classes that any of them has. A byte holds 255, so they go in stretches."""
    seen = np.int64(0)
    for start in range(0, len(classes), 255):
        low = high = np.uint64(0)
        for i in range(start, min(start + 255, len(classes))):
            flags = classes[i]
            seen |= flags
            kind = np.uint64(flags) >> np.uint64(KIND_SHIFT)
            low += rows[kind, 0]
            high += rows[kind, 1]
        for k in range(8):
            shift = np.uint64(8 * k)
            counts[_FIRST + k] += (low >> shift) & np.uint64(255)
            counts[_FIRST + 8 + k] += (high >> shift) & np.uint64(255)
    return seen  # type: ignore[return-value]
