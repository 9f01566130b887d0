"""A cache of fields: what was found in a run of characters the last time that it was read.

Text repeats itself: of the fields of mixed text, 84 % are found here. A field of at most 15 bytes is looked
up by them and found as it was left: the hashes of its words and tokens, and its vector of `field_counts`. There is one place
where a field can be, which the last one to come there has. A field with more words or tokens than a record has room for is not
kept, and read each time.

A look-up in so large a table takes longer than all that is done with its answer, so the page is searched for keys some fields
ahead, and the processor told to fetch their records meanwhile.

A cache is 16 MB, belongs to one thread at a time, and is kept for the next batch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from selection.text.cache_lines import on_lines
from selection.text.kernel import part
from selection.text.load8 import MASKS, load8, prefetch
from selection.text.scratch import AHEAD, KEYS_FOUND, KEYS_USED, SCANNED, Page

N_WORDS, N_TOKENS, N_NORMAL = 2, 3, 1  # hashes that a record has room for
RECORD = 128  # bytes: two lines of the processor's cache
_BITS = 17
_LOW, _ABOVE_SPACE = np.uint64(0x7F7F7F7F7F7F7F7F), np.uint64(0x5F5F5F5F5F5F5F5F)
_HIGH = np.uint64(0x8080808080808080)
_K1, _K2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_TAB, _RETURN, _SPACE = 0x09, 0x0D, 0x20


class Cache(NamedTuple):
    """Records of eight integers (the key's two, two words, three tokens, a normalised word) and 64 counts as bytes."""

    hashes: np.ndarray  # (n_records * RECORD / 8,) uint64
    counts: np.ndarray  # (n_records * RECORD,) uint8, the same memory


def new_cache() -> Cache:
    """An empty one."""
    counts = on_lines((RECORD << _BITS,), np.uint8, RECORD)
    return Cache(counts.view(np.uint64), counts)


@part
def _ends(word: np.uint64) -> np.uint64:
    """The highest bit of every byte of `word` that is a space or below."""
    return ~(((word & _LOW) + _ABOVE_SPACE) | word) & _HIGH


@part
def _bytes_before(ends: np.uint64) -> int:
    """How many bytes stand before the first that is marked; 8 where none is."""
    return np.int64(trailing_zeros(ends)) >> 3  # type: ignore[return-value]  # pyright: ignore[reportCallIssue]


@part
def _key_at(data: np.ndarray, at: int) -> tuple[np.uint64, np.uint64, int]:
    """The bytes up to a space or control character, and how many; -1 where there are 16 or more.

    Without branches: how long a field is cannot be predicted. `data` has 16 spaces after its last byte.
    """
    first, second = load8(data, at), load8(data, at + 8)
    size, more = _bytes_before(_ends(first)), _bytes_before(_ends(second))
    more *= size == 8
    whole = more == 8
    return first & MASKS[size], second & MASKS[more], -1 if whole else size + more  # type: ignore[return-value]


@part
def look_ahead(page: Page, cache: Cache, n_bytes: int) -> None:
    """Note the keys of the next fields of the page's `n_bytes` bytes, and have their records brought nearer."""
    ends, data, b = page.ends, page.data, page.ends[SCANNED]
    while ends[KEYS_FOUND] - ends[KEYS_USED] < AHEAD:
        while b < n_bytes and data[b] <= _SPACE:
            b += 1
        if b >= n_bytes:
            break
        first, second, size = _key_at(data, b)
        after = data[b + max(size, 0)]
        if (after != _SPACE) & ((after < _TAB) | (after > _RETURN)):
            size = -1  # the field goes on after a control character
        mixed = (first * _K1) ^ (second * _K2)
        mixed ^= mixed >> np.uint64(29)
        record = np.int64((mixed * _K1) >> np.uint64(64 - _BITS))
        prefetch(cache.counts, record * RECORD)
        prefetch(cache.counts, record * RECORD + RECORD // 2)
        n = (ends[KEYS_FOUND] & (AHEAD - 1)) * 3
        page.keys[n], page.keys[n + 1] = first, second
        page.key_places[n], page.key_places[n + 1], page.key_places[n + 2] = b, size, record
        ends[KEYS_FOUND] += 1
        b += max(size, 0)
        while data[b] > _SPACE:
            b += 1
    ends[SCANNED] = b


@part
def key_of(page: Page, b: int) -> int:
    """Where the key of the field at byte b is in page.keys; -1 if it has none."""
    ends = page.ends
    while ends[KEYS_USED] < ends[KEYS_FOUND]:
        n = (ends[KEYS_USED] & (AHEAD - 1)) * 3
        if page.key_places[n] > b:
            break
        ends[KEYS_USED] += 1
        if page.key_places[n] == b:
            return n if page.key_places[n + 1] > 0 else -1  # type: ignore[return-value]
    return -1


@part
def ascii_size(page: Page, n: int) -> int:
    """How long the field with this key is, in bytes and in characters; 0 where it is not of ASCII alone."""
    is_ascii = (page.keys[n] | page.keys[n + 1]) & _HIGH == np.uint64(0)
    return page.key_places[n + 1] * is_ascii


@part
def has_record(page: Page, cache: Cache, n: int) -> bool:
    """Whether the cache has the field with this key."""
    at = page.key_places[n + 2] * (RECORD // 8)
    return cache.hashes[at] == page.keys[n] and cache.hashes[at + 1] == page.keys[n + 1]
