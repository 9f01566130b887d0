"""Hashed n-grams of tokens: the one featuriser of DSIR, of linear classifiers on text, and of whoever compares the two.

Tokens are those of `spelling.wordpunct`. Every n-gram of 1 to `longest` tokens falls into one of `n_buckets` buckets.
Nothing is kept per document but what is asked for: how often each bucket occurs in all documents together (`counts`),
what tables of one value per bucket add up to in each document (`sums`), or the buckets themselves (`buckets`).

Two hashes. `fast`: 8 bytes at a time, straight from the Arrow buffer. `sha256`: the bucket is the sha256 of the n-gram,
its tokens joined by spaces, modulo n_buckets, as DSIR's own package has it (`sha_buckets`).

Cost: some 400 MB/s per core for `counts` and `sums` of words and pairs each (a busy AMD EPYC), linear in `longest`; by sha256
125 MB/s of new text and 165 of text that was read before. Memory is 40 bytes per byte of the longest document. A document with
any character beyond ASCII takes about three times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.kernel import inner, kernel
from selection.text.load8 import MASKS, load8
from selection.text.sha_buckets import Sha, blank_bench, find_buckets, sha_of
from selection.text.spelling import Page, blank_page, spell, wordpunct

if TYPE_CHECKING:
    import pyarrow as pa

_M1 = np.uint64(0x9E3779B97F4A7C15)
_M2 = np.uint64(0xD6E8FEB86659FD93)
_32 = np.uint64(32)
MAX_BUCKETS = 1 << 26
_NO_COUNTS = np.zeros(0, np.int64)
_NO_TABLE = np.zeros((0, 0))
_NO_IDS = np.zeros(0, np.int32)


@inner
def hash_tokens(page: Page, n_tokens: int, masks: np.ndarray, hashes: np.ndarray) -> None:
    """Hash of every token, 8 bytes a step, its length the seed."""
    for t in range(n_tokens):
        at = np.int64(page.starts[t])
        left = np.int64(page.stops[t]) - at
        value = np.uint64(left) * _M2
        while left > 8:
            value = (value ^ load8(page.letters, at)) * _M1
            value ^= value >> _32
            at += 8
            left -= 8
        value = (value ^ (load8(page.letters, at) & masks[left])) * _M1
        value = (value ^ (value >> _32)) * _M2
        hashes[t] = value ^ (value >> np.uint64(29))


@inner
def longer(hashes: np.ndarray, grams: np.ndarray, n_grams: int, length: int) -> None:
    """Turn the hashes of (length - 1)-grams into those of length-grams, of which there are n_grams."""
    for t in range(n_grams):
        value = grams[t] * _M1 + hashes[t + length - 1]
        value = (value ^ (value >> _32)) * _M2
        grams[t] = value ^ (value >> np.uint64(29))


@inner
def _fast_buckets(grams: np.ndarray, n_buckets: np.uint64, ids: np.ndarray) -> None:
    for t in range(len(grams)):
        ids[t] = ((grams[t] >> _32) * n_buckets) >> _32


@inner
def _add(ids: np.ndarray, to: tuple, into: np.ndarray, d: int) -> None:
    """Buckets to `counts` and `into`, table values to sums[d], each unless it is empty."""
    counts, table, sums = to
    n_columns = sums.shape[1]
    if len(counts):
        for bucket in ids:
            counts[bucket] += 1
    if len(into):
        for t in range(len(ids)):
            into[t] = ids[t]
    if n_columns == 1:
        total = 0.0
        for bucket in ids:
            total += table[bucket, 0]
        sums[d, 0] += total
    elif n_columns:
        for bucket in ids:
            row = table[bucket]
            for c in range(n_columns):
                sums[d, c] += row[c]


@kernel
def _visit(
    utf8: tuple, rows: tuple, how: tuple, sha: Sha | None, to: tuple, into: tuple, n_tokens: np.ndarray
) -> None:  # fmt: skip
    """Rows rows[0]..rows[1]: how many tokens they have, and `_add` of all their n-grams; without `sha`, by the fast hash."""
    offsets, data = utf8
    spelling, masks, n_buckets, longest = how
    ids, places = into
    size = 0
    for d in range(rows[0], rows[1]):
        size = max(size, offsets[d + 1] - offsets[d])
    page = blank_page(size)
    hashes = np.empty(len(page.starts), np.uint64)
    grams = np.empty(len(page.starts), np.uint64)
    found = np.empty(len(page.starts), np.int32)
    if sha is not None:
        bench = blank_bench(found)
    for d in range(rows[0], rows[1]):
        n = spell(data[offsets[d] : offsets[d + 1]], spelling, page)
        n_tokens[d] = n
        hash_tokens(page, n, masks, hashes)
        for t in range(n):  # of a slice, numba would compile the error for another length
            grams[t] = hashes[t]
        at = places[d] if len(places) else 0
        for length in range(1, min(longest, n) + 1):
            n_grams = n - length + 1
            if length > 1:
                longer(hashes, grams, n_grams, length)
            if sha is None:  # by its type, so numba compiles one of the two
                _fast_buckets(grams[:n_grams], n_buckets, found)
            else:
                find_buckets(page, grams[:n_grams], length, bench, sha)
            here = ids[at : at + n_grams] if len(places) else ids[:0]
            _add(found[:n_grams], to, here, d)
            at += n_grams


@dataclass(frozen=True)
class NGrams:
    """How n-grams become buckets."""

    longest: int = 2
    n_buckets: int = 10_000
    hashing: Literal["fast", "sha256"] = "fast"

    def __post_init__(self) -> None:
        if not 1 <= self.n_buckets <= MAX_BUCKETS or self.longest < 1:
            raise ValueError(
                f"n-grams need 1 to {MAX_BUCKETS:,} buckets and at least one token, got {self.n_buckets:,}"
                f" and {self.longest}"
            )

    def number(self, n_tokens: np.ndarray) -> np.ndarray:
        """How many n-grams documents of so many tokens have."""
        lengths = np.arange(self.longest)
        return np.maximum(0, n_tokens[:, None] - lengths).sum(axis=1)

    def counts(self, text: pa.StringArray | pa.LargeStringArray) -> np.ndarray:
        """How often each bucket occurs in all documents together. (n_buckets,) int64"""
        parts: list[np.ndarray] = []

        def run(utf8: Utf8, first: int, last: int, n_tokens: np.ndarray) -> None:
            counts = np.zeros(self.n_buckets, np.int64)
            self._run(utf8, (first, last), n_tokens, counts=counts)
            parts.append(counts)

        _each(text, run)
        return np.stack([np.zeros(self.n_buckets, np.int64), *parts]).sum(axis=0)

    def sums(
        self, text: pa.StringArray | pa.LargeStringArray, table: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """What the columns of `table` (n_buckets, n_columns) add up to in each document, and its number of tokens.

        (n_docs, n_columns) float64, (n_docs,) int64
        """
        values = np.ascontiguousarray(table, np.float64)
        sums = np.zeros((len(text), values.shape[1]))

        def run(utf8: Utf8, first: int, last: int, n_tokens: np.ndarray) -> None:
            self._run(utf8, (first, last), n_tokens, table=values, sums=sums)

        return sums, _each(text, run)

    def buckets(self, text: pa.StringArray | pa.LargeStringArray) -> tuple[np.ndarray, np.ndarray]:
        """The buckets of all n-grams, document after document, and where each document's begin.

        ids (n_grams,) int32, bounds (n_docs + 1,) int64; in a document all words, then all pairs, and so on.
        """
        n_tokens = _each(text, lambda utf8, a, b, n: self._run(utf8, (a, b), n))
        bounds = np.concatenate([[0], np.cumsum(self.number(n_tokens))]).astype(np.int64)
        ids = np.zeros(bounds[-1], np.int32)
        _each(text, lambda utf8, a, b, n: self._run(utf8, (a, b), n, ids=ids, places=bounds))
        return ids, bounds

    def _run(
        self,
        utf8: Utf8,
        rows: tuple[int, int],
        n_tokens: np.ndarray,
        counts: np.ndarray = _NO_COUNTS,
        table: np.ndarray = _NO_TABLE,
        sums: np.ndarray | None = None,
        ids: np.ndarray = _NO_IDS,
        places: np.ndarray = _NO_COUNTS,
    ) -> None:
        sums = np.zeros((len(utf8), 0)) if sums is None else sums
        sha = sha_of(self.n_buckets) if self.hashing == "sha256" else None
        how = (wordpunct(), MASKS, np.uint64(self.n_buckets), self.longest)
        source, to = (utf8.offsets, utf8.data), (counts, table, sums)
        _visit(source, rows, how, sha, to, (ids, places), n_tokens)


def _each(text: pa.StringArray | pa.LargeStringArray, run: Callable[..., None]) -> np.ndarray:
    """`run(utf8, first, last, n_tokens)` over blocks on all cores; n_tokens (n_docs,) int64, which it filled."""
    utf8 = Utf8.of(text)
    n_tokens = np.zeros(len(utf8), np.int64)
    each_block(utf8, lambda first, last: run(utf8, first, last, n_tokens))
    return n_tokens
