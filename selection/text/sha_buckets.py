"""Buckets as DSIR's own package has them: sha256 of the n-gram, tokens joined by spaces, modulo the number of buckets.

Tokens are those of `spelling.wordpunct`, NLTK's WordPunct. In Python and slow, some 4 MB/s:
there to reproduce and to compare.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from selection.text.spelling import BETWEEN, OTHER, WORD, wordpunct

if TYPE_CHECKING:
    import pyarrow as pa


@cache
def _pattern() -> re.Pattern[str]:
    """Runs of one class, as a pattern of character ranges."""
    classes = wordpunct().classes
    ends = [0, *(np.flatnonzero(np.diff(classes)) + 1).tolist(), len(classes)]
    ranges: dict[int, str] = {WORD: "", OTHER: ""}
    for first, after in pairwise(ends):
        if classes[first] != BETWEEN:
            ranges[int(classes[first])] += rf"\U{first:08x}-\U{after - 1:08x}"
    return re.compile(f"[{ranges[WORD]}]+|[{ranges[OTHER]}]+")


@lru_cache(maxsize=1 << 18)
def _hash(gram: str) -> int:
    return int.from_bytes(hashlib.sha256(gram.encode()).digest(), "big")


def _documents(text: pa.Array, n_buckets: int, longest: int) -> Iterator[tuple[list[int], int]]:
    """The buckets and the number of tokens of each document."""
    for value in text:
        tokens = _pattern().findall(value.as_py().lower())
        grams = list(tokens)
        for length in range(2, longest + 1):
            grams += [" ".join(tokens[i : i + length]) for i in range(len(tokens) - length + 1)]
        yield [_hash(gram) % n_buckets for gram in grams], len(tokens)


def counts(text: pa.Array, n_buckets: int, longest: int) -> np.ndarray:
    """(n_buckets,) int64."""
    total = np.zeros(n_buckets, np.int64)
    for found, _ in _documents(text, n_buckets, longest):
        np.add.at(total, found, 1)
    return total


def sums(text: pa.Array, table: np.ndarray, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """(n_docs, n_columns) float64, (n_docs,) int64 number of tokens."""
    rows = np.zeros((len(text), table.shape[1]))
    n_tokens = np.zeros(len(text), np.int64)
    for d, (found, n) in enumerate(_documents(text, len(table), longest)):
        rows[d], n_tokens[d] = table[found].sum(axis=0), n
    return rows, n_tokens


def buckets(text: pa.Array, n_buckets: int, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """ids (n_grams,) int32, bounds (n_docs + 1,) int64."""
    found = [np.array(ids, np.int32) for ids, _ in _documents(text, n_buckets, longest)]
    bounds = np.cumsum([0, *map(len, found)]).astype(np.int64)
    return np.concatenate([np.zeros(0, np.int32), *found]), bounds
