"""What Gopher's rules count among the tokens of a document: words, their length, letters, stop words; and their hashes.

Rae et al. 2021 (Gopher), arXiv:2112.11446, section A.1.1, as datatrove 0.10.1 counts them: a word is a token with any
character that is no `SIGN`; tokens with a letter are a share of all tokens; stop words count as they are written, so
"The" is not "the".
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from selection.text.field_counts import COUNTED, place
from selection.text.hashing import OFFSET, PRIME, hash_words, mix, slot_of, table_size
from selection.text.kernel import part
from selection.text.token_kinds import SIGN
from selection.text.unicode_classes import LETTER, WORD

TOKENS = np.dtype([(name, np.int64) for name in COUNTED["tokens"]])
_TOKENS, _WORDS, _WORD_CHARS, _LETTER_TOKENS, _STOP_WORDS = (
    place("tokens", name) for name in COUNTED["tokens"]
)
_LETTER_WORDS = place("words", "n_letter_words")
STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
_LONGEST_STOP_WORD = 4


@part
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


class StopWords(NamedTuple):
    """`STOP_WORDS` as a table for `hashing.slot_of`, and a bit for each of them."""

    keys: np.ndarray  # (size,) uint64
    bits: np.ndarray  # (size,) uint8


@cache
def stop_words() -> StopWords:
    """The table."""
    keys = np.zeros(table_size(len(STOP_WORDS)), np.uint64)
    bits = np.zeros(len(keys), np.uint8)
    for bit, key in enumerate(hash_words(STOP_WORDS)):
        slot = slot_of(keys, key)
        keys[slot], bits[slot] = key, 1 << bit
    return StopWords(keys, bits)


@part
def add_tokens(
    codes: np.ndarray,
    classes: np.ndarray,
    tables: tuple[np.ndarray, StopWords],
    bounds: tuple[np.ndarray, np.ndarray],
    n_tokens: int,
    counts: np.ndarray,
    hashes: np.ndarray,
    known: tuple[int, np.uint64],
) -> None:
    """Count the tokens of one field in its vector, stop words as one bit each, and fill their hashes.

    `known`: how long the field's only word is, written as its hash has it, and that hash; length 0 where it is not so.
    """
    kinds, stop_words = tables
    counts[_TOKENS] = n_tokens
    for t in range(n_tokens):
        start, stop = bounds[0][t], bounds[1][t]
        if stop - start == known[0] and classes[start] & WORD:
            hashes[t], letter, word = known[1], counts[_LETTER_WORDS] > 0, True
        else:
            hashes[t], letter, word = _scan_token(codes, classes, kinds, start, stop)
        counts[_LETTER_TOKENS] += letter
        if word:
            counts[_WORDS] += 1
            counts[_WORD_CHARS] += stop - start
        if letter and stop - start <= _LONGEST_STOP_WORD:
            counts[_STOP_WORDS] |= stop_words.bits[slot_of(stop_words.keys, hashes[t])]
