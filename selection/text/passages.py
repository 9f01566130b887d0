"""Passages: runs of so many normalised words of some texts, looked for in others; every one that is there is found.

An index holds the hash of every passage of `n_words` words of the texts, and of each text that is shorter as a whole, down
to `shortest` words; but only passages of which at least half the words differ: since all numbers are one word, any table
of numbers would hold any other. A document's passages are looked up as their hash rolls over its words: a bit map first,
which lies in the cache, then the table. With 64 bits, a false alarm has a chance below 1e-7 per million words and
million passages.

Cost: some 65 MB/s per core at one length (mixed text, a busy AMD EPYC), little less with a few short texts; 18 bytes a passage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.hashing import RADIX, slot_of, table_size
from selection.text.kernel import inner, kernel
from selection.text.load8 import MASKS
from selection.text.ngrams import hash_tokens
from selection.text.normal_words import Normal, blank_pages, find_normal_words, normal

if TYPE_CHECKING:
    import pyarrow as pa

_BITS_PER_PASSAGE = 16
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Passages:
    """keys (n_passages,) uint64 ascending, texts (n_passages,) int32: the number of the first text that has each."""

    keys: np.ndarray
    texts: np.ndarray
    lengths: np.ndarray  # (n_lengths,) int64 ascending: of how many words passages are
    n_words: np.ndarray  # (n_texts,) int64 words of each text


@dataclass(frozen=True)
class Found:
    """Of each document; (n_docs,) each."""

    n_hits: np.ndarray  # int64, passages found
    text: np.ndarray  # int32, number of the text of the first one; -1 is none
    first: np.ndarray  # int64, its first byte in the document
    last: np.ndarray  # int64, after its last byte


@inner
def _key(value: np.uint64, length: int) -> np.uint64:
    """Of a polynomial of word hashes, which are mixed already; never 0, which marks an empty slot."""
    return (value + np.uint64(length) * RADIX) | np.uint64(1)


@inner
def _tells(words: np.ndarray) -> Any:
    """Whether at least half of a passage's words differ."""
    distinct = 0
    for i in range(len(words)):
        fresh = True
        for j in range(i):
            fresh &= words[i] != words[j]
        distinct += fresh
    return 2 * distinct >= len(words)


@inner
def _power(length: int) -> np.uint64:
    """RADIX to the length - 1: what the first word of a passage was multiplied by."""
    value = np.uint64(1)
    for _ in range(length - 1):
        value *= RADIX
    return value


@kernel
def _collect(
    utf8: tuple, normal: Normal, masks: np.ndarray, longest: int, shortest: int, out: tuple
) -> int:
    """Number of words of every text, and its passages into keys and texts (as long as there is room); their number."""
    offsets, data = utf8
    n_words, keys, texts = out
    size = np.max(np.diff(offsets)) if len(offsets) > 1 else 0
    page, places = blank_pages(size)
    hashes = np.empty(size + 1, np.uint64)
    at = 0
    for d in range(len(offsets) - 1):
        n = find_normal_words(data[offsets[d] : offsets[d + 1]], normal, page, places)
        hash_tokens(page, n, masks, hashes)
        n_words[d] = n
        length = min(longest, n)
        if length < shortest:
            continue
        for w in range(n - length + 1):
            if not _tells(hashes[w : w + length]):
                continue
            if at < len(keys):
                value = np.uint64(0)
                for k in range(w, w + length):
                    value = value * RADIX + hashes[k]
                keys[at] = _key(value, length)
                texts[at] = d
            at += 1
    return at


@kernel
def _tables(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An open-addressing table of the keys, the place of each, and the bit map before it."""
    # half full, which is enough where the bits are asked first
    table = np.zeros(table_size(len(keys) // 2 + 1), np.uint64)
    places = np.zeros(len(table), np.int32)
    bits = np.zeros(max(64, len(table) * _BITS_PER_PASSAGE // 16), np.uint8)
    for i in range(len(keys)):
        slot = slot_of(table, keys[i])
        table[slot] = keys[i]
        places[slot] = i
        bit = (keys[i] >> np.uint64(1)) & np.uint64(8 * len(bits) - 1)
        bits[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))
    return table, places, bits


@inner
def _look_up(key: np.uint64, index: tuple) -> int:
    """The place of a key; -1 where it is not."""
    table, places, bits = index
    bit = (key >> np.uint64(1)) & np.uint64(8 * len(bits) - 1)
    if bits[bit >> np.uint64(3)] >> (bit & np.uint64(7)) & np.uint8(1) == 0:
        return -1
    slot = slot_of(table, key)
    return places[slot] if table[slot] == key else -1


@kernel
def _find(utf8: tuple, rows: tuple, how: tuple, index: tuple, out: tuple, every: tuple) -> None:
    """Rows rows[0]..rows[1]: count passages and note the first; note all of them where `every` has room."""
    offsets, data = utf8
    normal, masks, lengths, texts = how
    n_hits, text, first, last = out
    starts, stops, places_of = every
    size = 0
    for d in range(rows[0], rows[1]):
        size = max(size, offsets[d + 1] - offsets[d])
    page, places = blank_pages(size)
    hashes = np.empty(size + 1, np.uint64)
    for d in range(rows[0], rows[1]):
        n = find_normal_words(data[offsets[d] : offsets[d + 1]], normal, page, places)
        hash_tokens(page, n, masks, hashes)
        for length in lengths:
            power = _power(length)
            value = np.uint64(0)
            for w in range(n):
                if w >= length:
                    value -= hashes[w - length] * power
                value = value * RADIX + hashes[w]
                if w < length - 1:
                    continue
                place = _look_up(_key(value, length), index)
                if place < 0:
                    continue
                begin = places.first[w - length + 1]
                if len(starts):
                    starts[places_of[d] + n_hits[d]] = begin
                    stops[places_of[d] + n_hits[d]] = places.last[w]
                n_hits[d] += 1
                if text[d] < 0 or begin < first[d]:
                    text[d], first[d], last[d] = texts[place], begin, places.last[w]


def index_passages(text: pa.StringArray | pa.LargeStringArray, n_words: int, shortest: int) -> Passages:  # fmt: skip
    """The passages of some texts; a text of fewer than `shortest` words has none."""
    utf8 = Utf8.of(text)
    source, counts = (utf8.offsets, utf8.data), np.zeros(len(utf8), np.int64)
    keys, texts = np.zeros(0, np.uint64), np.zeros(0, np.int32)
    args = (source, normal(), MASKS, n_words, shortest)
    size = _collect(*args, (counts, keys, texts))
    keys, texts = np.zeros(size, np.uint64), np.zeros(size, np.int32)
    _collect(*args, (counts, keys, texts))
    keys, where = np.unique(keys, return_index=True)
    lengths = np.unique(np.minimum(counts[counts >= shortest], n_words))
    return Passages(keys, texts[where], lengths, counts)


def find_passages(text: pa.StringArray | pa.LargeStringArray, passages: Passages) -> Found:
    """Every document's passages that the index has: how many, and the first."""
    return _search(Utf8.of(text), passages, (_NONE, _NONE, _NONE))


def find_spans(
    text: pa.StringArray | pa.LargeStringArray, passages: Passages
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Document, first byte and byte after the last of every passage found; (n_hits,) int64 each, in no order within one."""
    utf8 = Utf8.of(text)
    counts = _search(utf8, passages, (_NONE, _NONE, _NONE)).n_hits
    starts, stops = np.zeros(counts.sum(), np.int64), np.zeros(counts.sum(), np.int64)
    if len(starts):
        _search(utf8, passages, (starts, stops, np.cumsum(counts) - counts))
    return np.repeat(np.arange(len(utf8)), counts), starts, stops


def _search(utf8: Utf8, passages: Passages, every: tuple) -> Found:
    n = len(utf8)
    found = Found(np.zeros(n, np.int64), np.full(n, -1, np.int32), np.zeros(n, np.int64), np.zeros(n, np.int64))  # fmt: skip
    index = _tables(passages.keys)
    how = (normal(), MASKS, passages.lengths, passages.texts)
    out = (found.n_hits, found.text, found.first, found.last)
    each_block(utf8, lambda a, b: _find((utf8.offsets, utf8.data), (a, b), how, index, out, every))
    return found
