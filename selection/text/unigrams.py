"""What a table of one value per hash bucket says about each word of each document, from the types that `measure` kept.

Words, their case and their hashes are those of `words`; a bucket is some bits of a hash, so different words may share one.

Cost: one random read per type and table row, asked for some types ahead; no text is read.
"""

from __future__ import annotations

import numpy as np

from selection.text.hashing import slot_of
from selection.text.kernel import bare, kernel
from selection.text.load8 import prefetch
from selection.text.measures import Measures

_AHEAD = 16  # types whose row of a table is on its way while one is counted


@bare
def bucket_of(word: np.uint64, n_buckets: int) -> int:
    """The bucket of a word; their number is a power of two."""
    return np.int64(word >> np.uint64(8)) & (n_buckets - 1)  # type: ignore[return-value]


@kernel
def _sums(types: tuple, offsets: np.ndarray, table: np.ndarray, sums: np.ndarray) -> None:
    hashes, counts = types
    for d in range(len(offsets) - 1):
        for k in range(offsets[d], offsets[d + 1]):
            soon = hashes[min(k + _AHEAD, len(hashes) - 1)]
            prefetch(table, bucket_of(soon, len(table)) * table.shape[1])
            bucket = bucket_of(hashes[k], len(table))
            for c in range(table.shape[1]):
                sums[d, c] += counts[k] * table[bucket, c]


def word_sums(measures: Measures, table: np.ndarray) -> np.ndarray:
    """Sums of the columns of `table` (n_buckets, n_columns) over the words of each document. (n_docs, n_columns) float64"""
    offsets, types = measures.type_offsets, (measures.type_hashes, measures.type_counts)
    sums = np.zeros((len(offsets) - 1, table.shape[1]))
    _sums(types, offsets, np.ascontiguousarray(table, np.float64), sums)
    return sums


@kernel
def _bucket_counts(hashes: np.ndarray, counts: np.ndarray, buckets: np.ndarray) -> None:
    for k in range(len(hashes)):
        buckets[bucket_of(hashes[k], len(buckets))] += counts[k]


def word_bucket_counts(measures: Measures, n_buckets: int) -> np.ndarray:
    """How often each bucket occurs in all documents together; n_buckets is a power of two. (n_buckets,) int64"""
    buckets = np.zeros(n_buckets, np.int64)
    _bucket_counts(measures.type_hashes, measures.type_counts, buckets)
    return buckets


_ALMOST = 1 - 1e-9


@bare
def _insert(
    best: tuple[np.ndarray, np.ndarray],
    chosen: np.ndarray,
    new: tuple[float, float],
    word: int,
) -> None:
    """Keep the largest gains, descending, each with its likelihood and its type; the first to come among equals."""
    gains, likely = best
    place = len(gains) - 1
    while place > 0 and gains[place - 1] < new[0]:
        gains[place], likely[place] = gains[place - 1], likely[place - 1]
        chosen[place] = chosen[place - 1]
        place -= 1
    gains[place], likely[place], chosen[place] = new[0], new[1], word


@kernel
def _representative(
    types: tuple,
    offsets: np.ndarray,
    common: np.ndarray,
    share: np.ndarray,
    mu: float,
    out: np.ndarray,
    chosen: np.ndarray,
) -> None:
    """Fill `out` (zeros) and `chosen` (-1): mean gain and mean log2 likelihood of the most representative types, and these."""
    hashes, counts = types
    n_kept = chosen.shape[1]
    gains, likely = np.ones(n_kept), np.ones(n_kept)
    for d in range(len(offsets) - 1):
        n_words = 0
        for k in range(offsets[d], offsets[d + 1]):
            n_words += counts[k]
        gains[:] = 1.0
        least = 0.0  # count / share below which a gain is not among the largest, for sure
        for k in range(offsets[d], offsets[d + 1]):
            soon = hashes[min(k + _AHEAD, len(hashes) - 1)]
            prefetch(share, bucket_of(soon, len(share)))
            expected = share[bucket_of(hashes[k], len(share))]
            if counts[k] < least * expected:
                continue  # most words, which takes no division to see
            likelihood = (counts[k] + mu * expected) / (n_words + mu)
            gain = likelihood / expected
            if gain > gains[n_kept - 1] and common[slot_of(common, hashes[k])] != hashes[k]:
                _insert((gains, likely), chosen[d], (gain, likelihood), k)
                least = _ALMOST * (gains[n_kept - 1] * (n_words + mu) - mu)
        found = 0
        while found < n_kept and gains[found] > 1.0:
            out[d, 0] += np.log2(gains[found])
            out[d, 1] += np.log2(likely[found])
            found += 1
        if found:
            out[d, 0] /= found
            out[d, 1] /= found


def representative(
    measures: Measures, common: np.ndarray, share: np.ndarray, mu: float, n_kept: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean log2 P(w|D)/p(w|C) and mean log2 P(w|D) over each document's `n_kept` most representative words, and these.

    `share` (n_buckets,) is p(w|C); `common` is a hash table of words that never count. Zeros where no word is more
    frequent than in the corpus. (n_docs, 2) float64 and (n_docs, n_kept) int64, places among the types of `measures`, most
    representative first, -1 for none.
    """
    offsets, types = measures.type_offsets, (measures.type_hashes, measures.type_counts)
    out = np.zeros((len(offsets) - 1, 2))
    chosen = np.full((len(offsets) - 1, n_kept), -1)
    _representative(types, offsets, common, share, mu, out, chosen)
    return out, chosen


@kernel
def _listed_types(
    hashes: np.ndarray, offsets: np.ndarray, lists: np.ndarray, row: np.ndarray, out: np.ndarray
) -> None:
    for d in range(len(offsets) - 1):
        if row[d] >= 0:
            listed = lists[row[d]]
            for k in range(offsets[d], offsets[d + 1]):
                out[d] += listed[slot_of(listed, hashes[k])] == hashes[k]


def listed_types(measures: Measures, lists: np.ndarray, row: np.ndarray) -> np.ndarray:
    """How many different words of each document stand on the list that is its own. (n_docs,) int64

    `lists` (n_lists, size) uint64 are hash tables, each at most a quarter full; `row` (n_docs,) says which list, -1 none.
    """
    out = np.zeros(len(row), np.int64)
    _listed_types(measures.type_hashes, measures.type_offsets, lists, row.astype(np.int64), out)
    return out
