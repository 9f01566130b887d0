"""Word runs: the words of each text, lower-cased, as a hash, a place and a count, by one pass over UTF-8.

A word is a run of two or more letters (Unicode category L, and marks inside it); digits, underscores and all else part
words. In scripts written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) every pair of neighbouring letters is a
word. Longer words than 24 bytes of UTF-8 are left out: they are URLs, base64 and glued text, and no title wants them.

Cost: one pass, and 44 bytes of memory per different word of a text.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numba
import numpy as np

WORD_BYTES = 24
_SLOTS = 1 << 16  # of the table of one text's words
_SEED = np.uint64(0xCBF29CE484222325)

_OTHER, _LETTER, _UNSPACED, _MARK = 0, 1, 2, 3
_UNSPACED_RANGES = (  # without spaces between words
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han, compatibility
)


@cache
def letter_tables() -> tuple[np.ndarray, np.ndarray]:
    """kind (65536,) uint8 and lower case (65536,) uint16 of the basic plane; one character to one character."""
    kind = np.zeros(65536, np.uint8)
    lower = np.arange(65536, dtype=np.uint16)
    for code in range(65536):
        category = unicodedata.category(chr(code))
        if category[0] == "L":
            kind[code] = _LETTER
            small = chr(code).lower()
            lower[code] = ord(small) if len(small) == 1 and ord(small) < 65536 else code
        elif category[0] == "M":
            kind[code] = _MARK
    for first, last in _UNSPACED_RANGES:
        span = slice(first, last + 1)
        kind[span] = np.where(kind[span] == _LETTER, _UNSPACED, kind[span])
    return kind, lower


@numba.njit(cache=True, nogil=True)
def word_runs(
    data: np.ndarray, offsets: np.ndarray, kind: np.ndarray, lower: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """hash (n,) uint64, start (n,) int64, length (n,) int64, row (n,) int32, count (n,) int64: a row per word of a text.

    data uint8 and offsets (n_texts + 1,) int64 are the buffers of an Arrow string array; start and length are the bytes
    of the first occurrence, in its case. Past 32,768 different words in one text the rest come once per occurrence.
    """
    hashes, starts, lengths, rows, counts = _columns((offsets[-1] - offsets[0]) // 2 + 1)
    slots = np.full(_SLOTS, -1, np.int64)  # a place in the columns; one of an earlier text is free
    n = 0
    for row in range(len(offsets) - 1):
        at, end, first = offsets[row], offsets[row + 1], n
        value, start, n_letters, unspaced = _SEED, at, 0, False  # of the word being read
        previous, previous_start = np.int64(0), at  # its last letter
        while at <= end:
            code, size = _decode(data, at, end)
            what = kind[code] if code < 65536 else 0
            what = 0 if what == 3 and n_letters == 0 else what  # a mark alone is no word
            joins = what == 3 or (what == 1 and not unspaced) or (what == 2 and unspaced)
            pair = joins and what == 2 and n_letters == 2
            if n_letters > 0 and (pair or not joins):
                if n_letters >= 2 and at - start <= WORD_BYTES:
                    slot = _slot(slots, hashes, value, first)
                    if slots[slot] >= first:
                        counts[slots[slot]] += 1
                    else:
                        _free(slots, slot, n, first)
                        hashes[n], starts[n], lengths[n] = value, start, at - start
                        rows[n], counts[n] = row, 1
                        n += 1
                value, n_letters = _SEED, 0
                if pair:  # the second letter of a pair is the first of the next
                    value, start, n_letters = _mixed(value, previous), previous_start, 1
            if what != 0:
                letter = np.int64(lower[code])
                if n_letters == 0:
                    start = at
                value = _mixed(value, letter)
                if what != 3:
                    n_letters += 1
                    unspaced = what == 2
                    previous, previous_start = letter, at
            at += size
    return hashes[:n], starts[:n], lengths[:n], rows[:n], counts[:n]


@numba.njit(cache=True, nogil=True)
def _columns(room: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Empty columns for as many words as the bytes can hold."""
    hashes, starts = np.empty(room, np.uint64), np.empty(room, np.int64)
    lengths, rows = np.empty(room, np.int64), np.empty(room, np.int32)
    return hashes, starts, lengths, rows, np.empty(room, np.int64)


@numba.njit(cache=True, nogil=True)
def _slot(slots: np.ndarray, hashes: np.ndarray, value: np.uint64, first: int) -> np.int64:
    """The slot that holds this word of this text, or the free one where it belongs."""
    slot = np.int64(value >> np.uint64(40)) & (_SLOTS - 1)
    while slots[slot] >= first and hashes[slots[slot]] != value:
        slot = (slot + 1) & (_SLOTS - 1)
    return slot


@numba.njit(cache=True, nogil=True, inline="always")
def _free(slots: np.ndarray, slot: np.int64, place: int, first: int) -> None:
    """Take a slot for the word at `place`, unless the table is half full of this text's words."""
    if place - first < _SLOTS // 2:
        slots[slot] = place


@numba.njit(cache=True, nogil=True, inline="always")
def _mixed(value: np.uint64, letter: np.int64) -> np.uint64:
    """FNV-1a over code points, with a shift that carries the high bits back down."""
    value = (value ^ np.uint64(letter)) * np.uint64(0x100000001B3)
    return value ^ (value >> np.uint64(29))


@numba.njit(cache=True, nogil=True, inline="always")
def _decode(data: np.ndarray, at: int, end: int) -> tuple[np.int64, int]:
    """Code point and size at a place; behind the end, and where bytes are cut short, a space."""
    if at >= end:
        return np.int64(32), 1
    first = np.int64(data[at])
    if first < 0x80:
        return first, 1
    size = 2 if first < 0xE0 else (3 if first < 0xF0 else 4)
    if at + size > end:
        return np.int64(32), end - at
    code = first & (0x1F if size == 2 else (0x0F if size == 3 else 0x07))
    for k in range(1, size):
        code = (code << 6) | (np.int64(data[at + k]) & 0x3F)
    return code, size
