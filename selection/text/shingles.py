"""Shingles: runs of n words, hashed to 32 bits, with the words simplified first so that small edits of form do not count.

Words are simplified as datatrove 0.10 does before FineWeb's MinHash (Penedo et al. 2024, arXiv:2406.17557): lower case;
a number, with one decimal part, becomes 0; punctuation separates; accents go (NFD without non-spacing marks). So
`Café's 3.14` is the words `cafe`, `s` and `0`. On ASCII text the words are the same.

Differs from datatrove:
- symbols, controls and unassigned characters separate like punctuation; there only a list of punctuation does
- format characters such as soft hyphens are taken out
- in scripts without spaces every letter is a word (see `unicode_classes`); there a tokenizer per language finds words
- a character whose decomposition leaves more than one (a Hangul syllable) stays itself, and a final sigma is a sigma

A document of fewer than n words has no shingle.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from selection.text.buffers import Utf8
from selection.text.decode import code_at
from selection.text.hashing import OFFSET, PRIME, RADIX, mix
from selection.text.kernel import inner, kernel
from selection.text.unicode_classes import (
    DIGIT,
    MARK,
    UNSPACED,
    WORD,
    class_table,
    lower_table,
)

if TYPE_CHECKING:
    import pyarrow as pa

_CODE = (1 << 21) - 1
_BREAK = 1 << 21  # separates words
_NUMERAL = 1 << 22
_ALONE = 1 << 23  # a letter that is a word by itself
_JOINS = 1 << 24  # a mark that belongs to the letter before it
_POINT = 1 << 25  # may stand between the two parts of a number; separates elsewhere
_POINTS = ".,،٫"
_SYLLABLES = range(0xAC00, 0xD7A4)  # Hangul: all decompose to several letters
_FORMATTED = (range(0x32400), range(0xE0000, 0xE0200))  # where format characters (Cf) are


@cache
def fold_table() -> np.ndarray:
    """The simplified code point, with flags, of every code point; 0 is taken out. (1,114,112,) int32"""
    classes, table = class_table(), lower_table().copy()
    kept = classes & (WORD | MARK) > 0
    for code in np.flatnonzero(kept[:0x32400]).tolist():
        if code not in _SYLLABLES:
            table[code] = _simplified(code, int(table[code]))
    table[classes & DIGIT > 0] = ord("0")
    for flag, told in ((DIGIT, _NUMERAL), (UNSPACED, _ALONE), (MARK, _JOINS)):
        table[(classes & flag > 0) & (table > 0)] |= told
    table[~kept] = _BREAK
    table[[ord(point) for point in _POINTS]] |= _POINT
    for codes in _FORMATTED:
        table[[code for code in codes if unicodedata.category(chr(code)) == "Cf"]] = 0
    return table


def _simplified(code: int, lower: int) -> int:
    """What is left of a character in lower case without its non-spacing marks; 0 for such a mark."""
    letters = unicodedata.normalize("NFD", chr(code).lower())
    bare = [letter for letter in letters if unicodedata.category(letter) != "Mn"]
    return ord(bare[0]) if len(bare) == 1 else lower if bare else 0


@inner
def _goes_on(document: np.ndarray, i: int, folds: np.ndarray) -> bool:
    """Whether a numeral stands at byte i."""
    return i < len(document) and folds[code_at(document, i)[0]] & _NUMERAL != 0


@inner
def simplified_words(document: np.ndarray, folds: np.ndarray, hashes: np.ndarray) -> int:
    """Fill the hashes of a document's simplified words, (len(document) // 2 + 1,) uint64; their number."""
    n_words = 0
    value = OFFSET
    open_word = alone = False
    parts = 0  # of the number that was read last, 0 after anything else
    i = 0
    while i < len(document):
        code, i = code_at(document, i)
        fold = folds[code]
        if fold == 0 or (parts > 0 and fold & _NUMERAL):
            continue
        if parts == 1 and fold & _POINT and _goes_on(document, i, folds):
            parts = 2
            continue
        if (open_word and fold & (_BREAK | _ALONE)) or (alone and fold & _JOINS == 0):
            hashes[n_words] = mix(value)
            n_words += 1
            value = OFFSET
            open_word = alone = False
        parts = 1 if fold & _NUMERAL else 0
        if fold & _BREAK == 0:
            alone = fold & _ALONE != 0 or (alone and open_word)
            open_word = True
            value = (value ^ np.uint64(fold & _CODE)) * PRIME
    if open_word:
        hashes[n_words] = mix(value)
        n_words += 1
    return n_words


@inner
def hash_shingles(words: np.ndarray, length: int, shingles: np.ndarray) -> int:
    """Fill the hash of every run of `length` words, (len(words),) uint32; their number."""
    n = max(0, len(words) - length + 1)
    for w in range(n):
        value = words[w]
        for i in range(w + 1, w + length):
            value = value * RADIX + words[i]
        shingles[w] = np.uint32(mix(value) >> np.uint64(32))
    return n


@kernel
def _shingle_block(
    source: tuple, rows: tuple, folds: np.ndarray, length: int, starts: np.ndarray, out: np.ndarray
) -> None:
    """Document d writes its shingles to `out` from starts[d] on; starts[d + 1] is set behind them, d from rows."""
    offsets, data = source
    words = np.empty(len(out) + 1, np.uint64)
    n = 0
    for d in range(rows[0], rows[1]):
        n_words = simplified_words(data[offsets[d] : offsets[d + 1]], folds, words)
        n += hash_shingles(words[:n_words], length, out[n:])
        starts[d + 1] = n


def shingle_hashes(
    text: pa.StringArray | pa.LargeStringArray, length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Shingles of all documents end to end, uint32, and where each begins, (n_docs + 1,) int64; for few documents."""
    utf8 = Utf8.of(text)
    starts = np.zeros(len(utf8) + 1, np.int64)
    out = np.empty(int(utf8.offsets[-1] - utf8.offsets[0]) // 2 + len(utf8) + 1, np.uint32)
    source = (utf8.offsets, utf8.data)
    _shingle_block(source, (0, len(utf8)), fold_table(), length, starts, out)
    return starts, out[: starts[-1]]


def jaccard(one: np.ndarray, other: np.ndarray) -> float:
    """Shared shingles over all shingles of two documents, each counted once; 0 where there are none."""
    both = len(np.intersect1d(one, other))
    either = len(np.unique(one)) + len(np.unique(other)) - both
    return both / either if either else 0.0
