"""What Gopher's rules count among the tokens of a document: words, their length, letters, stop words; and their hashes.

Rae et al. 2021 (Gopher), arXiv:2112.11446, section A.1.1, as datatrove 0.10.1 counts them: a word is a token with any
character that is no `SIGN`; tokens with a letter are a share of all tokens; stop words count as they are written, so
"The" is not "the".
"""

from __future__ import annotations

from functools import cache

import numpy as np

from selection.text.hashing import OFFSET, PRIME, mix, slot_of, table_size
from selection.text.kernel import Row, inner, kernel
from selection.text.token_kinds import SIGN
from selection.text.unicode_classes import LETTER

TOKENS = np.dtype(
    [
        (name, np.int64)
        for name in ("n_tokens", "n_words", "word_chars", "n_letter_tokens", "n_stop_words")
    ]
)
STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
_LONGEST_STOP_WORD = 4


@inner
def _scan_token(
    codes: np.ndarray, classes: np.ndarray, kinds: np.ndarray, start: int, stop: int
) -> tuple[np.uint64, bool, bool]:
    """Hash of the code points as they are, whether any is a letter, whether any is no sign."""
    letter = word = False
    value = OFFSET
    for i in range(start, stop):
        code = codes[i]
        if classes[i] & LETTER:
            letter = word = True
        else:
            word = word or kinds[code] & SIGN == 0
        value = (value ^ np.uint64(code)) * PRIME
    return mix(value) | np.uint64(1), letter, word


@kernel
def hash_token(codes: np.ndarray) -> np.uint64:
    """The hash that a token of these code points has."""
    value = OFFSET
    for i in range(len(codes)):
        value = (value ^ np.uint64(codes[i])) * PRIME
    return mix(value) | np.uint64(1)


@cache
def stop_word_keys() -> np.ndarray:
    """`STOP_WORDS` as a table for `hashing.slot_of`. (size,) uint64"""
    keys = np.zeros(table_size(2 * len(STOP_WORDS)), np.uint64)
    for word in STOP_WORDS:
        key = np.uint64(hash_token(np.array([ord(letter) for letter in word], np.int32)))
        keys[slot_of(keys, key)] = key
    return keys


@inner
def count_tokens(
    codes: np.ndarray,
    classes: np.ndarray,
    kinds: np.ndarray,
    stop_keys: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    hashes: np.ndarray,
    row: Row,
) -> None:
    """Fill the hashes and a `TOKENS` record."""
    words = chars = letters = 0
    seen = np.zeros(len(stop_keys), np.uint8)
    for t in range(len(starts)):
        start, stop = starts[t], stops[t]
        hashes[t], letter, word = _scan_token(codes, classes, kinds, start, stop)
        letters += letter
        if word:
            words += 1
            chars += stop - start
        if letter and stop - start <= _LONGEST_STOP_WORD:
            slot = slot_of(stop_keys, hashes[t])
            seen[slot] = stop_keys[slot] == hashes[t]
    row.n_tokens, row.n_words, row.word_chars = len(starts), words, chars
    row.n_letter_tokens, row.n_stop_words = letters, seen.sum()
