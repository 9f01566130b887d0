"""Repeated n-grams of tokens, as the characters they take.

Rae et al. 2021 (Gopher), arXiv:2112.11446, section A.1.1, as datatrove 0.10.1 counts them (tokens are those of `tokens`):

- `top_n`: characters of the most frequent n-gram, a space between its tokens, times its occurrences, n = 2..4; of equally
  frequent ones the first. Occurrences that overlap all count, so it may exceed the document, and where no n-gram comes
  back it is the length of the first.
- `repeated_n`: reading from the left, characters of n-grams that occurred before, without spaces, n = 5..10, each jumped
  over whole, so that no character counts twice.
- `distinct_n`: different n-grams.
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
    grams: np.ndarray,
    ends: np.ndarray,
    n: int,
    table: np.ndarray,
    counts: np.ndarray,
    firsts: np.ndarray,
) -> tuple[int, int, int]:
    """Characters of the most frequent n-gram, how often it occurs, and how many different n-grams there are."""
    table[:] = 0
    distinct = best = first = 0
    for w in range(len(grams) - n + 1):
        key = grams[w] | np.uint64(1)
        slot = slot_of(table, key)
        if table[slot] == np.uint64(0):
            table[slot] = key
            counts[slot], firsts[slot] = 0, w
            distinct += 1
        counts[slot] += 1
        if counts[slot] > best or (counts[slot] == best and firsts[slot] < first):
            best, first = counts[slot], firsts[slot]
    chars = ends[first + n] - ends[first] + n - 1 if best else 0
    return best * chars, best, distinct  # type: ignore[return-value]


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
    n_tokens = len(hashes)
    table = np.empty(table_size(n_tokens), np.uint64)
    counts, firsts = np.empty(len(table), np.int32), np.empty(len(table), np.int32)
    ends = np.zeros(n_tokens + 1, np.int64)
    for w in range(n_tokens):
        ends[w + 1] = ends[w] + stops[w] - starts[w]
    grams = hashes.copy()
    repeats = True  # where no n-gram comes back, no longer one does
    for n in range(2, min(10, n_tokens) + 1):
        if not repeats:
            if n < 5:
                _store(row, n, ends[n] + n - 1, n_tokens - n + 1)
            continue
        for w in range(n_tokens - n + 1):
            grams[w] = grams[w] * RADIX + hashes[w + n - 1]
        chars = distinct = 0
        if n < 5:
            chars, most, distinct = _top(grams, ends, n, table, counts, firsts)
            repeats = most > 1
        else:
            chars = _repeated(grams, ends, n, table)
            repeats = chars > 0
        _store(row, n, chars, distinct)


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
