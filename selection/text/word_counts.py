"""Hashed word n-grams: each word, and each run of up to `longest` words, counted in one of `n_buckets` buckets.

Two questions are asked of them, and neither keeps anything per document: how often each bucket occurs in a whole batch
(`bucket_counts`, what a target or a corpus looks like), and what a table of one value per bucket adds up to in each
document (`bucket_sums`, how probable, or how like a target, a document is).

Words, their case and their hashes are those of `words`; buckets are the low bits of a hash, so different n-grams may
share one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.decode import decode
from selection.text.hashing import RADIX, hash_codes, mix
from selection.text.kernel import inner, kernel
from selection.text.unicode_classes import class_table, lower_table
from selection.text.words import find_words

if TYPE_CHECKING:
    import pyarrow as pa


@inner
def _hash_document(
    document: np.ndarray, classes_of: np.ndarray, lower: np.ndarray, hashes: np.ndarray
) -> int:
    """Fill the hashes of a document's words; their number."""
    codes = np.empty(len(document), np.int32)
    classes = np.empty(len(document), np.int32)
    n = decode(document, classes_of, codes, classes)
    starts = np.empty(n, np.int32)
    stops = np.empty(n, np.int32)
    n_words = find_words(classes[:n], starts, stops)
    for w in range(n_words):
        hashes[w] = hash_codes(codes, starts[w], stops[w], lower)
    return n_words


@inner
def _bucket(hashes: np.ndarray, w: int, length: int, n_buckets: int) -> int:
    """The bucket of the words w to w + length - 1."""
    value = hashes[w]
    for i in range(w + 1, w + length):
        value = value * RADIX + hashes[i]
    if length > 1:
        value = mix(value)
    return np.int64(value >> np.uint64(8)) & (n_buckets - 1)  # type: ignore[return-value]


@kernel
def _visit(
    utf8: tuple,
    rows: tuple,
    tables: tuple,
    longest: int,
    table: np.ndarray,
    counts: np.ndarray,
    sums: np.ndarray,
    n_grams: np.ndarray,
) -> None:
    """Add the n-grams of rows[0]..rows[1] to `counts` unless it is empty, and table values to `sums` unless that is."""
    offsets, data = utf8
    n_buckets = max(len(counts), len(table))
    for d in range(rows[0], rows[1]):
        document = data[offsets[d] : offsets[d + 1]]
        hashes = np.empty(len(document), np.uint64)
        n_words = _hash_document(document, tables[0], tables[1], hashes)
        for length in range(1, longest + 1):
            for w in range(n_words - length + 1):
                bucket = _bucket(hashes, w, length, n_buckets)
                if len(counts):
                    counts[bucket] += 1
                else:
                    sums[d] += table[bucket]
            n_grams[d] += max(0, n_words - length + 1)


def bucket_counts(
    text: pa.StringArray | pa.LargeStringArray, n_buckets: int, longest: int = 1
) -> np.ndarray:
    """How often each bucket occurs in all documents together. (n_buckets,) int64; n_buckets is a power of two."""
    _check(n_buckets)
    utf8 = Utf8.of(text)
    parts: list[np.ndarray] = []
    n_grams = np.zeros(len(utf8), np.int64)

    def run(first: int, last: int) -> None:
        counts = np.zeros(n_buckets, np.int64)
        source, tables = (utf8.offsets, utf8.data), (class_table(), lower_table())
        none = np.zeros(0)
        _visit(source, (first, last), tables, longest, none, counts, none, n_grams)
        parts.append(counts)

    each_block(utf8, run)
    return np.stack(parts).sum(axis=0)


def bucket_sums(
    text: pa.StringArray | pa.LargeStringArray, table: np.ndarray, longest: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Sum of `table` (n_buckets,) float64 over the n-grams of each document (n_docs,), and their number (n_docs,) int64."""
    _check(len(table))
    utf8 = Utf8.of(text)
    sums, n_grams = np.zeros(len(utf8)), np.zeros(len(utf8), np.int64)
    values = np.ascontiguousarray(table, np.float64)

    def run(first: int, last: int) -> None:
        source, tables = (utf8.offsets, utf8.data), (class_table(), lower_table())
        none = np.zeros(0, np.int64)
        _visit(source, (first, last), tables, longest, values, none, sums, n_grams)

    each_block(utf8, run)
    return sums, n_grams


def _check(n_buckets: int) -> None:
    if n_buckets < 2 or n_buckets & (n_buckets - 1):
        raise ValueError(f"the number of buckets must be a power of two, got {n_buckets}")
