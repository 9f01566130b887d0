"""MinHash: signatures whose agreement estimates the Jaccard similarity of two documents' shingles, and their LSH bands.

Broder 1997, "On the resemblance and containment of documents"; bands as in FineWeb (Penedo et al. 2024, arXiv:2406.17557).

    signature[k] = min over shingles x of (a[k] * x + b[k]) mod 2^32,   a[k] odd
    key[j]       = hash of the rows of band j
    P(two documents share a key) = 1 - (1 - s^rows)^bands   for similarity s

Differs from FineWeb: multiply-add permutations of 32 bits instead of 61, so that a processor takes 8 or 16 shingles at a
time; shingles are well-mixed hashes, and the measured match rate is that of the formula.

Cost: reading and simplifying a word takes longer than its 112 permutations; memory is 16 times the longest document of a
block, and a signature a document.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from selection.core.noise import splitmix
from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.hashing import OFFSET, RADIX, mix
from selection.text.kernel import inner, kernel
from selection.text.shingles import fold_table, hash_shingles, simplified_words

if TYPE_CHECKING:
    import pyarrow as pa

EMPTY = np.uint32(0xFFFFFFFF)  # in every place of the signature of a document without shingles
_TILE = (
    4096  # shingles that stay in the processor's first cache while all permutations run over them
)


@cache
def permutations(n_hashes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """a, odd, and b. (n_hashes,) uint32 each"""
    start = splitmix(np.array([seed], np.uint64))[0]
    bits = splitmix(start ^ np.arange(n_hashes, dtype=np.uint64))
    return (bits >> np.uint64(32)).astype(np.uint32) | np.uint32(1), bits.astype(np.uint32)


@inner
def sign(shingles: np.ndarray, a: np.ndarray, b: np.ndarray, signature: np.ndarray) -> None:
    """The signature of one document, (n_hashes,) uint32."""
    signature[:] = EMPTY
    for start in range(0, len(shingles), _TILE):
        tile = shingles[start : start + _TILE]
        for k in range(len(a)):
            least, scale, shift = signature[k], a[k], b[k]
            for i in range(len(tile)):
                least = min(least, np.uint32(scale * tile[i] + shift))
            signature[k] = least


@kernel
def _sign_block(
    source: tuple, rows: tuple, folds: np.ndarray, length: int, hashes: tuple, out: np.ndarray
) -> None:
    """Signatures of the documents rows[0]..rows[1]."""
    offsets, data = source
    a, b = hashes
    longest = 0
    for d in range(rows[0], rows[1]):
        longest = max(longest, offsets[d + 1] - offsets[d])
    words = np.empty(longest // 2 + 1, np.uint64)
    shingles = np.empty(longest // 2 + 1, np.uint32)
    for d in range(rows[0], rows[1]):
        n_words = simplified_words(data[offsets[d] : offsets[d + 1]], folds, words)
        n = hash_shingles(words[:n_words], length, shingles)
        sign(shingles[:n], a, b, out[d])


def signatures(
    text: pa.StringArray | pa.LargeStringArray, n_hashes: int, length: int = 5, seed: int = 1
) -> np.ndarray:
    """MinHash of the shingles of `length` words of every document. (n_docs, n_hashes) uint32"""
    utf8 = Utf8.of(text)
    out = np.empty((len(utf8), n_hashes), np.uint32)
    source, hashes, folds = (utf8.offsets, utf8.data), permutations(n_hashes, seed), fold_table()

    def run(first: int, last: int) -> None:
        _sign_block(source, (first, last), folds, length, hashes, out)

    each_block(utf8, run)
    return out


@kernel
def _sign_each(
    starts: np.ndarray, shingles: np.ndarray, a: np.ndarray, b: np.ndarray, out: np.ndarray
) -> None:
    """Signatures of documents whose shingles lie end to end."""
    for d in range(len(out)):
        sign(shingles[starts[d] : starts[d + 1]], a, b, out[d])


def sign_shingles(
    starts: np.ndarray, shingles: np.ndarray, n_hashes: int, seed: int = 1
) -> np.ndarray:
    """The same from hashed shingles, as `shingle_hashes` gives them. (n_docs, n_hashes) uint32"""
    out = np.empty((len(starts) - 1, n_hashes), np.uint32)
    _sign_each(starts, shingles, *permutations(n_hashes, seed), out)
    return out


@kernel
def _fill_keys(signature: np.ndarray, n_rows: int, keys: np.ndarray) -> None:
    """keys: (n_docs, n_bands) uint64."""
    for d in range(len(signature)):
        for band in range(keys.shape[1]):
            value = OFFSET
            least = EMPTY
            for k in range(band * n_rows, (band + 1) * n_rows):
                value = value * RADIX + np.uint64(signature[d, k])
                least = min(least, signature[d, k])
            keys[d, band] = np.uint64(0) if least == EMPTY else mix(value) | np.uint64(1)


def band_keys(signature: np.ndarray, n_bands: int) -> np.ndarray:
    """One key per band of (n_docs, n_bands * n_rows) signatures, 0 without shingles. (n_docs, n_bands) uint64"""
    keys = np.empty((len(signature), n_bands), np.uint64)
    _fill_keys(signature, signature.shape[1] // n_bands, keys)
    return keys


def match_probability(similarity: np.ndarray, n_bands: int, n_rows: int) -> np.ndarray:
    """The S-curve: how probably two documents of this similarity share a key."""
    return 1 - (1 - similarity**n_rows) ** n_bands
