"""Repeated n-grams of tokens, as the characters they take.

Rae et al. 2021 (Gopher), arXiv:2112.11446, section A.1.1, as datatrove 0.10.1 counts them (tokens are those of `tokens`):

- `top_n`: characters of the most frequent n-gram, a space between its tokens, times its occurrences, n = 2..4; of equally
  frequent ones the first. Occurrences that overlap all count, so it may exceed the document, and where no n-gram comes
  back it is the length of the first.
- `repeated_n`: reading from the left, characters of n-grams that occurred before, without spaces, n = 5..10, each jumped
  over whole, so that no character counts twice.
- `distinct_n`: different n-grams.

Cost: an n-gram can only come back where its first and its last n - 1 tokens do, so each n looks at the places that the one
before left over, few in most documents.
"""

from __future__ import annotations

import numpy as np

from selection.text.hashing import RADIX, slot_of, table_size
from selection.text.kernel import Row, bare
from selection.text.scratch import Scratch
from selection.text.vocabulary import number_types

TOP_SIZES = (2, 3, 4)
REPEATED_SIZES = (5, 6, 7, 8, 9, 10)
REPETITION = np.dtype(
    [(f"top_{n}", np.int64) for n in TOP_SIZES]
    + [(f"repeated_{n}", np.int64) for n in REPEATED_SIZES]
    + [(f"distinct_{n}", np.int64) for n in (2, 3)]
)


@bare
def first_places(hashes: np.ndarray, scratch: Scratch) -> int:
    """Where pairs of words begin that may come back, because both words do.

    Fills scratch.places, and scratch.grams there; needs the types of `number_types`. The number of places. Here and below,
    nothing branches on what cannot be foreseen: a place is written, and written over if it is none.
    """
    if len(hashes) == 0:
        return 0
    n_places = 0
    before = scratch.type_counts[scratch.types[0]] > 1
    for w in range(1, len(hashes)):
        twice = scratch.type_counts[scratch.types[w]] > 1
        scratch.places[n_places] = w - 1
        scratch.grams[w - 1] = hashes[w - 1] * RADIX + hashes[w]
        n_places += before & twice
        before = twice
    return n_places  # type: ignore[return-value]


@bare
def count_grams(n_places: int, scratch: Scratch) -> int:
    """Count the n-grams at scratch.places by slot in scratch.counts, and note the slot of each; how many are different."""
    table = scratch.table[: table_size(n_places)]
    table[:] = 0
    distinct = 0
    for p in range(n_places):
        key = scratch.grams[scratch.places[p]] | np.uint64(1)
        slot = slot_of(table, key)
        new = np.int64(table[slot] == np.uint64(0))
        table[slot], scratch.slots[p] = key, slot
        scratch.counts[slot] = (scratch.counts[slot] & (new - 1)) + 1  # 1 where it is new
        distinct += new
    return distinct  # type: ignore[return-value]


@bare
def longer_places(n_places: int, n: int, hashes: np.ndarray, scratch: Scratch) -> int:
    """Keep the places where an (n + 1)-gram may come back, and lengthen its hash; how many are left."""
    places = scratch.places
    if n_places == 0:
        return 0
    kept = 0
    before = abs(scratch.counts[scratch.slots[0]]) > 1
    for p in range(n_places - 1):
        w = np.int64(places[p])
        follows = places[p + 1] == w + 1
        twice = abs(scratch.counts[scratch.slots[p + 1]]) > 1
        places[kept] = w
        scratch.grams[w] = scratch.grams[w] * RADIX + hashes[w + n]
        kept += follows & before & twice
        before = twice
    return kept


@bare
def most_frequent(n_places: int, scratch: Scratch) -> tuple[int, int]:
    """How often the most frequent n-gram occurs, 1 where none comes back, and where the first of equals begins."""
    most, first = 1, 0
    for p in range(n_places):
        count = scratch.counts[scratch.slots[p]]
        if count > most:
            most, first = count, scratch.places[p]
    return most, first  # type: ignore[return-value]


@bare
def _repeated(n_places: int, n: int, ends: np.ndarray, scratch: Scratch) -> int:
    """Characters of n-grams that occurred before, read from the left without overlap; a count turns negative once seen."""
    chars = free = 0  # `free`: first word that no repeated n-gram has taken
    for p in range(n_places):
        w = np.int64(scratch.places[p])
        if w < free:
            continue
        slot = scratch.slots[p]
        if scratch.counts[slot] < 0:
            chars += ends[w + n] - ends[w]
            free = w + n
        else:
            scratch.counts[slot] = -scratch.counts[slot]
    return chars


@bare
def count_repetition(hashes: np.ndarray, ends: np.ndarray, scratch: Scratch, row: Row) -> None:
    """The measures of one document into a `REPETITION` record; `ends` are the characters of tokens up to each."""
    n_tokens = len(hashes)
    number_types(hashes, scratch)
    n_places = first_places(hashes, scratch)
    for n in range(2, min(10, n_tokens) + 1):
        distinct = count_grams(n_places, scratch)
        chars = 0
        if n < 5:
            most, first = most_frequent(n_places, scratch)
            chars = most * (ends[first + n] - ends[first] + n - 1)
        else:
            chars = _repeated(n_places, n, ends, scratch)
        _store(row, n, chars, n_tokens - n + 1 - n_places + distinct)
        n_places = longer_places(n_places, n, hashes, scratch)


@bare
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
