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
    """What to add for a character of each kind. (n_kinds * 16,) uint8"""
    return rows_of(unicode.kind_flags() | 1 << 30, _CLASSES)


@part
def add_kinds(classes: np.ndarray, rows: np.ndarray, counts: np.ndarray) -> int:
    """Count a field's characters; the classes that any of them has."""
    seen = 0
    for flags in classes:
        seen |= flags
        kind = np.int64(flags >> KIND_SHIFT) * 16
        for k in range(16):
            counts[_FIRST + k] += rows[kind + k]
    return seen
