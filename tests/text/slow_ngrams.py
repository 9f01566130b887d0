"""DSIR's buckets written out in Python: a pattern finds tokens, hashlib hashes each n-gram, after a salt where one is given."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa

from selection.text.spelling import BETWEEN, OTHER, WORD, wordpunct


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


def buckets(text: str, n_buckets: int, longest: int, salt: str = "") -> list[int]:
    """Of all words, then of all pairs, and so on; tokens joined by spaces, sha256 modulo the number of buckets."""
    tokens = _pattern().findall(text.lower())
    grams = [
        salt + " ".join(tokens[i : i + length])
        for length in range(1, longest + 1)
        for i in range(len(tokens) - length + 1)
    ]
    digests = (hashlib.sha256(gram.encode()).digest() for gram in grams)
    return [int.from_bytes(digest, "big") % n_buckets for digest in digests]


class SlowNGrams:
    """As `ngrams.NGrams`, for what DSIR asks of it."""

    def __init__(self, longest: int, n_buckets: int, salt: str) -> None:
        self._how = n_buckets, longest, salt

    def counts(self, text: pa.Array) -> np.ndarray:
        """(n_buckets,) int64."""
        found = [b for each in text.to_pylist() for b in buckets(each, *self._how)]
        return np.bincount(found, minlength=self._how[0])

    def sums(self, text: pa.Array, table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n_docs, n_columns) float64, and no number of tokens."""
        rows = [table[buckets(each, *self._how)].sum(axis=0) for each in text.to_pylist()]
        return np.array(rows), np.zeros(len(rows), np.int64)
