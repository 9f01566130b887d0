"""Scratch: the arrays that kernels work in, made once per block for its longest document, not once per document.

Their pages are touched only as far as a document reaches, so a block of short documents stays in the processor's cache.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from selection.text.hashing import table_size
from selection.text.kernel import inner


class Scratch(NamedTuple):
    """What is in them is of one document and valid until the next one."""

    codes: np.ndarray  # (longest,) int32 code points
    classes: np.ndarray  # (longest,) int32 flags
    starts: np.ndarray  # (longest,) int32 of words
    stops: np.ndarray  # (longest,) int32
    hashes: np.ndarray  # (longest,) uint64 of words
    types: np.ndarray  # (longest,) int32, number of each word's type
    type_counts: np.ndarray  # (longest,) int32, occurrences of each type
    ends: np.ndarray  # (longest + 1,) int64, characters of words up to each
    places: np.ndarray  # (longest,) int32, words where n-grams of interest begin
    grams: np.ndarray  # (longest,) uint64, hash of the n-gram that begins at each word
    table: np.ndarray  # (table_size(longest),) uint64, for `hashing.slot_of`
    slots: np.ndarray  # (table_size(longest),) int32
    counts: np.ndarray  # (table_size(longest),) int32


@inner
def new_scratch(longest: int) -> Scratch:
    """For documents of at most `longest` bytes."""
    size = table_size(longest)
    return Scratch(
        np.empty(longest, np.int32),
        np.empty(longest, np.int32),
        np.empty(longest, np.int32),
        np.empty(longest, np.int32),
        np.empty(longest, np.uint64),
        np.empty(longest, np.int32),
        np.empty(longest, np.int32),
        np.zeros(longest + 1, np.int64),
        np.empty(longest, np.int32),
        np.empty(longest, np.uint64),
        np.empty(size, np.uint64),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
    )


@inner
def longest_of(offsets: np.ndarray, first: int, last: int) -> int:
    """Bytes of the longest document."""
    longest = 0
    for d in range(first, last):
        longest = max(longest, offsets[d + 1] - offsets[d])
    return longest
