"""Content hashes: 64 bits of a document's bytes, or of its text without differences of case and white space.

Two different documents of a billion share a hash with a probability of 3 %; the hash is not made against an adversary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.decode import code_at
from selection.text.hashing import OFFSET, PRIME, RADIX, mix
from selection.text.kernel import inner, kernel
from selection.text.unicode_classes import SPACE, class_table, lower_table

if TYPE_CHECKING:
    import pyarrow as pa


@inner
def _hash_bytes(document: np.ndarray) -> np.uint64:
    """All bytes, eight at a time."""
    value = OFFSET ^ np.uint64(len(document))
    whole = len(document) // 8 * 8
    for i in range(0, whole, 8):
        block = np.uint64(0)
        for j in range(8):
            block |= np.uint64(document[i + j]) << np.uint64(8 * j)
        value = (value ^ block) * RADIX
        value ^= value >> np.uint64(32)
    for i in range(whole, len(document)):
        value = (value ^ np.uint64(document[i])) * PRIME
    return mix(value)


@inner
def _hash_normalised(document: np.ndarray, classes: np.ndarray, lower: np.ndarray) -> np.uint64:
    """Lower case, every run of white space as one space, none at the ends."""
    value = OFFSET
    filled = gap = False
    i = 0
    while i < len(document):
        code, i = code_at(document, i)
        if classes[code] & SPACE:
            gap = filled
            continue
        if gap:
            value = (value ^ np.uint64(32)) * PRIME
            gap = False
        filled = True
        value = (value ^ np.uint64(lower[code])) * PRIME
    return mix(value)


@kernel
def _hash_block(
    source: tuple, rows: tuple, tables: tuple, normalised: bool, out: np.ndarray
) -> None:
    offsets, data = source
    for d in range(rows[0], rows[1]):
        document = data[offsets[d] : offsets[d + 1]]
        value = (
            _hash_normalised(document, tables[0], tables[1])
            if normalised
            else _hash_bytes(document)
        )
        out[d] = value | np.uint64(1)


def content_hashes(
    text: pa.StringArray | pa.LargeStringArray, normalised: bool = False
) -> np.ndarray:
    """One hash per document, never 0. (n_docs,) uint64"""
    utf8 = Utf8.of(text)
    out = np.empty(len(utf8), np.uint64)
    source, tables = (utf8.offsets, utf8.data), (class_table(), lower_table())
    each_block(
        utf8, lambda first, last: _hash_block(source, (first, last), tables, normalised, out)
    )
    return out
