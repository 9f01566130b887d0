"""Buckets as DSIR's own package has them: sha256 of the n-gram, tokens joined by spaces, modulo the number of buckets.

Most n-grams of a corpus come again and again, so a memo keeps the bucket of some, found by the fast hash that an n-gram has
anyway; whoever came last to a slot stands there. Those that are not in it are hashed, sixteen at a time.

The memo is shared by all threads without a lock: an entry is one word of eight bytes, the bucket and 37 bits of the hash
beside it, so it is read and written whole, and one that another thread has overwritten only costs its making again. Two n-grams
pass for one where 59 bits of their hashes agree, which among a million different ones has a chance of 1e-6.

Cost: 8 ns a byte of new text, 6 of text that was read before, where the fast hash takes 2.5 (`mix`, AMD EPYC); 32 MB in all.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from selection.text.kernel import bare, inner
from selection.text.load8 import load8, prefetch, store8
from selection.text.sha256 import (
    BLOCK,
    LANES,
    ONE_BLOCK,
    ROUND_CONSTANTS,
    START,
    Desk,
    begin,
    blank_desk,
    powers_of,
    remainders,
    take_block,
)
from selection.text.spelling import Page

_BUCKET = np.uint64((1 << 26) - 1)
_TAKEN = np.uint64(1 << 26)
_MEMO_SIZE = 1 << 22
_END = np.uint8(0x80)
_SPACE = np.uint8(0x20)


class Sha(NamedTuple):
    """What the kernel needs to know for one number of buckets."""

    memo: np.ndarray  # (_MEMO_SIZE,) uint64: upper bits of the fast hash, one that is always set, the bucket; 0 is empty
    n_buckets: np.uint64
    powers: np.ndarray  # (8,) uint64
    constants: np.ndarray  # (64,) uint32
    start: np.ndarray  # (8,) uint32


@lru_cache(maxsize=1)
def sha_of(n_buckets: int) -> Sha:
    """Kept from call to call, so that a second reading of a corpus finds what the first one made."""
    memo = np.zeros(_MEMO_SIZE, np.uint64)
    return Sha(memo, np.uint64(n_buckets), powers_of(n_buckets), ROUND_CONSTANTS, START)


class Bench(NamedTuple):
    """Room for the n-grams of one document at a time."""

    desk: Desk
    ids: np.ndarray  # int32, as many as tokens: the bucket of each n-gram
    waiting: np.ndarray  # int32, of those that the memo lacks, where they begin


@inner
def blank_bench(ids: np.ndarray) -> Bench:
    """For documents of at most as many tokens as `ids` is long."""
    return Bench(blank_desk(), ids, np.empty(len(ids), np.int32))


@bare
def _entry(gram: np.uint64, bucket: np.uint64) -> np.uint64:
    return (gram & ~_BUCKET) | _TAKEN | bucket


@bare
def _lacks(entry: np.uint64, gram: np.uint64) -> Any:
    return (entry ^ _entry(gram, np.uint64(0))) > _BUCKET


@bare
def _recall(grams: np.ndarray, memo: np.ndarray, ids: np.ndarray, waiting: np.ndarray) -> int:
    """Buckets that the memo has, and the places of all others, of which it gives the number; without a branch."""
    mask = np.uint64(len(memo) - 1)
    n = 0
    for t in range(len(grams)):
        prefetch(memo, grams[t] & mask)
    for t in range(len(grams)):
        entry = memo[grams[t] & mask]
        ids[t] = entry & _BUCKET
        waiting[n] = t
        n += _lacks(entry, grams[t])
    return n


@bare
def _keep(grams: np.ndarray, waited: int, n: int, bench: Bench, sha: Sha) -> None:
    """Buckets of n n-grams, from place `waited` of those that wait, out of as many digests; from here on the memo has them."""
    remainders(bench.desk, sha.powers, sha.n_buckets)
    mask = np.uint64(len(sha.memo) - 1)
    for lane in range(n):
        t, bucket = bench.waiting[waited + lane], bench.desk.rest[lane]
        bench.ids[t] = bucket
        sha.memo[grams[t] & mask] = _entry(grams[t], bucket)


@bare
def _n_bytes(page: Page, t: int, length: int) -> int:
    """Of tokens t to t + length, joined by spaces."""
    n: Any = length - 1
    for token in range(t, t + length):
        n += np.int64(page.stops[token]) - np.int64(page.starts[token])
    return n


@bare
def _write(page: Page, t: int, length: int, out: np.ndarray, start: int, stop: int) -> None:
    """Tokens t to t + length joined by spaces, the mark that ends a message, zeros, and the number of bits before `stop`."""
    at = start
    for token in range(t, t + length):
        if token > t:
            out[at] = _SPACE
            at += 1
        first, last = np.int64(page.starts[token]), np.int64(page.stops[token])
        for i in range(0, last - first, 8):
            store8(out, at + i, load8(page.letters, first + i))
        at += last - first
    bits = np.uint64(8 * (at - start))
    out[at] = _END
    for i in range(at + 1, stop - 8, 8):
        store8(out, i, np.uint64(0))
    for i in range(8):
        out[stop - 1 - i] = (bits >> np.uint64(8 * i)) & np.uint64(0xFF)


@inner
def _settle_long(page: Page, grams: np.ndarray, length: int, n: int, bench: Bench, sha: Sha) -> int:
    """Of the first n that wait, those of several blocks, one by one in the first lane; how many wait on."""
    desk, left = bench.desk, 0
    for k in range(n):
        t = bench.waiting[k]
        n_bytes = _n_bytes(page, t, length)
        if n_bytes <= ONE_BLOCK:
            bench.waiting[left] = t
            left += 1
            continue
        message = np.empty((n_bytes + 8) // BLOCK * BLOCK + BLOCK, np.uint8)
        _write(page, t, length, message, 0, len(message))
        begin(desk.state, sha.start)
        for at in range(0, len(message), BLOCK):
            for i in range(BLOCK):
                desk.block[i] = message[at + i]
            take_block(desk, sha.constants)
        _keep(grams, k, 1, bench, sha)
    return left


@bare
def _settle(grams: np.ndarray, n: int, bench: Bench, sha: Sha) -> None:
    """The n that wait first, whose messages stand in the lanes."""
    begin(bench.desk.state, sha.start)
    take_block(bench.desk, sha.constants)
    _keep(grams, 0, n, bench, sha)


@inner
def find_buckets(page: Page, grams: np.ndarray, length: int, bench: Bench, sha: Sha) -> None:
    """The bucket of each n-gram of `length` tokens into `bench.ids`; grams are their fast hashes."""
    n = _recall(grams, sha.memo, bench.ids, bench.waiting)
    n = _settle_long(page, grams, length, n, bench, sha)
    lane = 0
    for k in range(n):
        t = bench.waiting[k]
        entry = sha.memo[grams[t] & np.uint64(len(sha.memo) - 1)]
        if not _lacks(entry, grams[t]):  # it has come before, in this document
            bench.ids[t] = entry & _BUCKET
            continue
        bench.waiting[lane] = t
        _write(page, t, length, bench.desk.block, lane * BLOCK, (lane + 1) * BLOCK)
        lane += 1
        if lane == LANES:
            _settle(grams, lane, bench, sha)
            lane = 0
    if lane > 0:
        _settle(grams, lane, bench, sha)
