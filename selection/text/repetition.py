"""Repeated word n-grams, as the characters they take.

Rae et al. 2021 (Gopher), arXiv:2112.11446, section A.1.1.

- `top_n`: characters of the most frequent n-gram times its occurrences, n = 2..4; of equally frequent ones the longest;
  0 where no n-gram occurs twice; never more than the characters of all words.
- `repeated_n`: reading from the left, n-grams that occurred before, n = 5..10, each jumped over whole, so that no
  character counts twice.

Differs from the paper: characters are those of words, without the spaces between them, and words are those of `words`.
"""

from __future__ import annotations

import numpy as np

from selection.text.hashing import RADIX, slot_of, table_size
from selection.text.kernel import Row, inner

TOP_SIZES = (2, 3, 4)
REPEATED_SIZES = (5, 6, 7, 8, 9, 10)
REPETITION = np.dtype(
    [(f"top_{n}", np.int64) for n in TOP_SIZES]
    + [(f"repeated_{n}", np.int64) for n in REPEATED_SIZES]
    + [(f"distinct_{n}", np.int64) for n in (2, 3)]
)


@inner
def _top(
    grams: np.ndarray, ends: np.ndarray, n: int, table: np.ndarray, counts: np.ndarray
) -> tuple[int, int]:
    """Characters of the most frequent n-gram, and how many different n-grams there are."""
    table[:] = 0
    distinct = 0
    best = 1
    best_chars = 0
    for w in range(len(grams) - n + 1):
        key = grams[w] | np.uint64(1)
        slot = slot_of(table, key)
        if table[slot] == np.uint64(0):
            table[slot] = key
            counts[slot] = 0
            distinct += 1
        counts[slot] += 1
        chars = ends[w + n] - ends[w]
        if counts[slot] > best or (counts[slot] == best and best > 1 and chars > best_chars):
            best = counts[slot]
            best_chars = chars
    return min(best * best_chars, ends[-1]), distinct


@inner
def _repeated(grams: np.ndarray, ends: np.ndarray, n: int, table: np.ndarray) -> int:
    """Characters of n-grams that occurred before, read from the left without overlap."""
    table[:] = 0
    chars = 0
    w = 0
    while w + n <= len(grams):
        key = grams[w] | np.uint64(1)
        slot = slot_of(table, key)
        if table[slot] == key:
            chars += ends[w + n] - ends[w]
            w += n
        else:
            table[slot] = key
            w += 1
    return chars


@inner
def count_repetition(hashes: np.ndarray, starts: np.ndarray, stops: np.ndarray, row: Row) -> None:
    """The measures of one document into a `REPETITION` record."""
    n_words = len(hashes)
    if n_words == 0:
        return
    table = np.empty(table_size(n_words), np.uint64)
    counts = np.empty(len(table), np.int32)
    ends = np.zeros(n_words + 1, np.int64)
    for w in range(n_words):
        ends[w + 1] = ends[w] + stops[w] - starts[w]
    grams = hashes.copy()
    distinct = 0
    chars = 0
    row.distinct_2, row.distinct_3 = max(0, n_words - 1), max(0, n_words - 2)
    for n in range(2, 11):
        n_grams = n_words - n + 1
        for w in range(n_grams):
            grams[w] = grams[w] * RADIX + hashes[w + n - 1]
        if n < 5:
            chars, distinct = _top(grams, ends, n, table, counts)
        else:
            chars = _repeated(grams, ends, n, table)
        _store(row, n, chars, distinct)
        if chars == 0:
            return  # where no n-gram repeats, no longer one does


@inner
def _store(row: Row, n: int, chars: int, distinct: int) -> None:
    if n == 2:
        row.top_2, row.distinct_2 = chars, distinct
    elif n == 3:
        row.top_3, row.distinct_3 = chars, distinct
    elif n == 4:
        row.top_4 = chars
    elif n == 5:
        row.repeated_5 = chars
    elif n == 6:
        row.repeated_6 = chars
    elif n == 7:
        row.repeated_7 = chars
    elif n == 8:
        row.repeated_8 = chars
    elif n == 9:
        row.repeated_9 = chars
    else:
        row.repeated_10 = chars
