"""Rows of a fastText model that a text has: its words, its subwords, its word n-grams, as the program finds them.

- a token's hash is FNV-1a of its bytes, which are signed; a known word has a row of its own, and with subwords one for
  every run of so many characters of `<word>`, by hash
- word n-grams: h = h x 116049371 + next hash, over hashes that are signed too; row = hash modulo the buckets
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import inner, kernel

_FNV_START = np.uint32(2166136261)
_FNV_PRIME = np.uint32(16777619)
_NGRAM = np.uint64(116049371)
_END = np.frombuffer(b"</s>", np.uint8)
_LABEL = np.frombuffer(b"__label__", np.uint8)


@inner
def _hash_on(value: np.uint32, byte: np.uint8) -> np.uint32:
    signed = np.uint32(byte) if byte < 128 else np.uint32(byte) | np.uint32(0xFFFFFF00)
    return np.uint32((value ^ signed) * _FNV_PRIME)


@inner
def _hash(data: np.ndarray) -> np.uint32:
    value = _FNV_START
    for byte in data:
        value = _hash_on(value, byte)
    return value


@inner
def _find(
    token: np.ndarray, value: np.uint32, words: np.ndarray, bounds: np.ndarray, slots: np.ndarray
) -> int:
    """The slot of a token, or the empty one where it belongs."""
    mask = len(slots) - 1
    slot = np.int64(value) & mask
    while slots[slot] >= 0:
        entry = slots[slot]
        start = bounds[entry]
        if bounds[entry + 1] - start == len(token):
            same = True
            for k in range(len(token)):
                if words[start + k] != token[k]:
                    same = False
                    break
            if same:
                break
        slot = (slot + 1) & mask
    return slot  # type: ignore[return-value]


@kernel
def slots_of(words: np.ndarray, bounds: np.ndarray, size: int) -> np.ndarray:
    """Entries by hash, open addressing; -1 is empty."""
    slots = np.full(size, -1, np.int32)
    for entry in range(len(bounds) - 1):
        token = words[bounds[entry] : bounds[entry + 1]]
        slots[_find(token, _hash(token), words, bounds, slots)] = entry
    return slots


@inner
def _add(row: int, rows: np.ndarray, total: np.ndarray) -> int:
    """A row to the sum; 1 when it is there."""
    if row < 0 or row >= len(rows):
        return 0
    for c in range(len(total)):
        total[c] += rows[row, c]
    return 1


@inner
def _bucket(value: np.uint64, n_buckets: int, n_words: int, bucket_rows: np.ndarray) -> int:
    bucket = np.int64(value % np.uint64(n_buckets))
    if len(bucket_rows):
        kept = bucket_rows[bucket]
        return n_words + kept if kept >= 0 else -1
    return n_words + bucket  # type: ignore[return-value]


@inner
def _subwords(
    token: np.ndarray, known: tuple, sizes: tuple, rows: np.ndarray, total: np.ndarray
) -> int:
    """Rows of all runs of characters of `<token>`."""
    n_words, _, n_buckets, shortest, longest = sizes
    size = len(token) + 2
    n = 0
    for i in range(size):
        if i and i <= len(token) and (token[i - 1] & 0xC0) == 0x80:
            continue
        value = _FNV_START
        j = i
        for length in range(1, longest + 1):
            if j >= size:
                break
            while True:
                byte = np.uint8(60) if j == 0 else np.uint8(62) if j == size - 1 else token[j - 1]
                value = _hash_on(value, byte)
                j += 1
                if j >= size - 1 or (token[j - 1] & 0xC0) != 0x80:
                    break
            if length >= shortest and not (length == 1 and (i == 0 or j == size)):
                n += _add(_bucket(np.uint64(value), n_buckets, n_words, known[3]), rows, total)
    return n


@inner
def _token(
    token: np.ndarray, ends: bool, known: tuple, sizes: tuple, rows: np.ndarray, total: np.ndarray
) -> tuple:
    """Rows added, whether it is a word (a label is none), and its hash."""
    words, bounds, slots, _ = known
    value = _hash(token)
    entry = slots[_find(token, value, words, bounds, slots)]
    if entry >= sizes[0]:
        return 0, False, value
    if entry < 0:
        label = len(token) >= len(_LABEL)
        for k in range(min(len(_LABEL), len(token))):
            label = label and token[k] == _LABEL[k]
        if label:
            return 0, False, value
    n = _add(entry, rows, total)
    if sizes[4] > 0 and not ends:
        n += _subwords(token, known, sizes, rows, total)
    return n, True, value


@inner
def _line(
    data: np.ndarray,
    known: tuple,
    sizes: tuple,
    rows: np.ndarray,
    hashes: np.ndarray,
    total: np.ndarray,
) -> int:
    """Rows added to `total` for one text."""
    n_words, longest, n_buckets = sizes[0], sizes[1], sizes[2]
    n = n_hashes = start = 0
    for at in range(len(data) + 2):
        inside = at < len(data) and not (data[at] == 32 or data[at] == 0 or 9 <= data[at] <= 13)
        if inside:
            continue
        ends = at > len(data)
        if at > start or ends:
            token = _END if ends else data[start:at]
            added, is_word, value = _token(token, ends, known, sizes, rows, total)
            n += added
            if is_word:
                hashes[n_hashes] = np.uint64(np.int64(np.int32(value)))
                n_hashes += 1
        start = at + 1
    if n_buckets > 0:
        for i in range(n_hashes):
            value = hashes[i]
            for j in range(i + 1, min(n_hashes, i + longest)):
                value = value * _NGRAM + hashes[j]
                n += _add(_bucket(value, n_buckets, n_words, known[3]), rows, total)
    return n


@kernel
def add_rows(
    utf8: tuple,
    span: tuple,
    known: tuple,
    sizes: tuple,
    rows: np.ndarray,
    sums: np.ndarray,
    n_rows: np.ndarray,
) -> None:
    """The rows of texts span[0]..span[1] added up in `sums`, and how many there were."""
    offsets, data = utf8
    size = 0
    for d in range(span[0], span[1]):
        size = max(size, offsets[d + 1] - offsets[d])
    hashes = np.empty(size // 2 + 2, np.uint64)
    for d in range(span[0], span[1]):
        n_rows[d] = _line(data[offsets[d] : offsets[d + 1]], known, sizes, rows, hashes, sums[d])
