"""64-bit hashes of words and n-grams, and the open-addressing tables that count them inside a kernel.

A word's hash mixes its lower-cased code points (FNV-1a step, SplitMix64 finish). An n-gram's hash is the polynomial
`h[n + 1] = h[n] * RADIX + word`, so lengthening every n-gram of a document by a word costs one multiplication each. With
64 bits, the chance of any collision among a million different n-grams is below 1e-7.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from selection.text.kernel import bare, kernel
from selection.text.load8 import MASKS, load8

OFFSET = np.uint64(0xCBF29CE484222325)
PRIME = np.uint64(0x100000001B3)
RADIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@bare
def mix(value: np.uint64) -> np.uint64:
    """The finish of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input reaches every bit of the output."""
    z = (value ^ (value >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


def hash_words(words: Sequence[str], lower: np.ndarray | None = None) -> np.ndarray:
    """The hashes that the kernels give these words, of lower-cased code points where a table of those is given.

    (n_words,) uint64; never 0, which marks an empty slot
    """
    codes = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    codes = (codes if lower is None else lower[codes]).astype(np.uint64)
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    starts = np.cumsum(lengths) - lengths
    values = np.full(len(words), OFFSET)
    for i in range(lengths.max(initial=0)):
        on = np.flatnonzero(lengths > i)
        values[on] = (values[on] ^ codes[starts[on] + i]) * PRIME
    return mix.py_func(values) | np.uint64(1)


@bare
def hash_bytes(data: np.ndarray, start: int, stop: int) -> np.uint64:
    """Hash of data[start:stop], eight bytes at a time; `data` goes on for at least seven more. Never 0."""
    value = np.uint64(stop - start)
    for i in range(start, stop, 8):
        value = (value ^ (load8(data, i) & MASKS[min(stop - i, 8)])) * RADIX
        value ^= value >> np.uint64(32)
    return mix(value) | np.uint64(1)


@kernel
def table_size(n_keys: int) -> int:
    """The power of two that keeps a table of `n_keys` at most a quarter full: nearly all are where one looks first."""
    size = 8
    while size < 4 * n_keys:
        size *= 2
    return size


@kernel
def first_slot(table: np.ndarray, key: np.uint64) -> int:
    """Where `slot_of` begins to look."""
    return np.int64(key >> np.uint64(20)) & (len(table) - 1)  # type: ignore[return-value]


@kernel
def slot_of(table: np.ndarray, key: np.uint64) -> int:
    """Where `key` is, or the empty slot where it belongs. `table` is uint64, a power of two long, 0 is empty."""
    mask = len(table) - 1
    slot = first_slot(table, key)
    while table[slot] != np.uint64(0) and table[slot] != key:
        slot = (slot + 1) & mask
    return slot  # type: ignore[return-value]


def table_of(keys: np.ndarray, most: int = 0) -> np.ndarray:
    """A table for `slot_of` of these hashes, with room for `most` where that is more. (size,) uint64"""
    table = np.zeros(table_size(max(len(keys), most)), np.uint64)
    for key in keys:
        table[slot_of(table, key)] = key
    return table
