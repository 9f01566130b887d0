"""Words: where they begin and end, their hashes, and how many are long, learned, capitalised or on a word list.

A word is a maximal run of letters (L*), numbers (N*) and marks (M*) that begins with a letter or number; an apostrophe
between two letters belongs to it (a curly one hashes as a straight one); a letter of a script without spaces is a word by
itself, with its marks (see `unicode_classes`). Hyphens and underscores separate. Words compare in lower case.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from selection.text.field_counts import COUNTED, place
from selection.text.hashing import OFFSET, PRIME, mix
from selection.text.kernel import bare, part
from selection.text.lexicon import (
    BOILERPLATE,
    CONNECTIVE,
    EASY,
    HEDGE,
    OTHER_STOP,
    PERSONAL,
    REASONING,
    STOP,
    TEACHING,
    WordLists,
    ending_slot,
    fetch_set,
    set_of,
)
from selection.text.syllables import count_syllables
from selection.text.token_counts import StopWords
from selection.text.unicode_classes import (
    APOSTROPHE,
    LETTER,
    MARK,
    UNSPACED,
    UPPER,
    VOWEL,
    WORD,
    WORD_PART,
)

WORDS = np.dtype([(name, np.int64) for name in COUNTED["words"]])

_VOWEL_BIT = VOWEL.bit_length() - 1
_UPPER_TO_HIGH = 32 - (UPPER.bit_length() - 1)
LISTED = (
    STOP,
    STOP | OTHER_STOP,
    CONNECTIVE,
    REASONING,
    BOILERPLATE,
    TEACHING,
    PERSONAL,
    HEDGE,
    EASY,
)
"""The lists of the first nine counts of words, in their order."""
(
    _LISTED,
    _N_WORDS,
    _WORD_CHARS,
    _LETTER_WORDS,
    _LONG,
    _LEARNED,
    _CAPITALISED,
    _SHOUTED,
    _SYLLABLES,
    _COMPLEX,
    _LONGEST,
) = (
    place("words", name)
    for name in (
        *("n_english_stop_words", "n_words", "word_chars", "n_letter_words", "n_long_words"),
        *("n_learned_words", "n_capitalised", "n_shouted", "n_syllables", "n_complex_words"),
        "longest_word",
    )
)
_HEAD, _TAIL = place("field", "head"), place("field", "tail")


class Tables(NamedTuple):
    """The read-only tables of a kernel."""

    classes: np.ndarray  # `class_table()`
    kinds: np.ndarray  # `kind_rows()`
    lower: np.ndarray  # `lower_table()`
    lists: WordLists  # `word_list_table()`
    listed: np.ndarray  # (n_sets * 16,) uint8, `rows_of` the sets and LISTED
    endings: np.ndarray  # `ending_table()`
    token_kinds: np.ndarray  # `token_kinds()`
    stop_words: StopWords
    traits: np.ndarray  # `traits_table()`


@bare
def find_words(classes: np.ndarray, starts: np.ndarray, stops: np.ndarray) -> int:
    """Fill the bounds of every word (arrays of at least len(classes)); their number."""
    n = len(classes)
    n_words = 0
    i = 0
    while i < n:
        flags = classes[i]
        if flags & WORD == 0:
            i += 1
            continue
        starts[n_words] = i
        i += 1
        part = MARK if flags & UNSPACED else WORD_PART
        while i < n:
            flags = classes[i]
            if flags & part:
                i += 1
            elif (
                flags & APOSTROPHE
                and part == WORD_PART
                and classes[i - 1] & LETTER
                and i + 1 < n
                and classes[i + 1] & (LETTER | UNSPACED) == LETTER
            ):
                i += 2
            else:
                break
        stops[n_words] = i
        n_words += 1
    return n_words


@part
def _scan_word(
    codes: np.ndarray, classes: np.ndarray, start: int, stop: int, lower: np.ndarray
) -> tuple[np.uint64, int, int, int]:
    """Hash (as `hash_words`), letters, upper-case letters and groups of vowels of codes[start:stop]."""
    case = groups = before = (
        0  # letters in the low half of `case`, upper-case ones in the high half
    )
    value = OFFSET
    for i in range(start, stop):
        flags = np.int64(classes[i])
        case += flags & LETTER | (flags & UPPER) << _UPPER_TO_HIGH
        groups += flags & ~before & VOWEL
        before = flags
        value = (value ^ np.uint64(lower[codes[i]])) * PRIME
    return mix(value) | np.uint64(1), case & 0xFFFFFFFF, case >> 32, groups >> _VOWEL_BIT  # type: ignore[return-value]


@part
def _is_learned(codes: np.ndarray, stop: int, lower: np.ndarray, endings: np.ndarray) -> bool:
    """Whether a word of more than six characters has one of the endings."""
    key = wide = 0
    for i in range(stop - 4, stop):
        code = np.int64(lower[codes[i]])
        key = key << 8 | (code & 0xFF)
        wide |= code
    return (endings[1 + ending_slot(key, endings[0])] == key) & (wide < 0x80)


@part
def add_word(
    codes: np.ndarray,
    classes: np.ndarray,
    bounds: tuple[int, int],
    scanned: tuple[np.uint64, int, int, int],
    tables: Tables,
    counts: np.ndarray,
) -> None:
    """Count the word codes[bounds[0] : bounds[1]] in a vector of `field_counts`, lists left out.

    `scanned`: its hash, letters, upper-case letters and groups of vowels.
    """
    start, stop = bounds
    length = stop - start
    value, letters, upper, groups = scanned
    syllables = count_syllables(codes, classes, start, stop, groups)
    counts[_N_WORDS] += 1
    counts[_WORD_CHARS] += length
    counts[_LONGEST] = max(counts[_LONGEST], length)
    counts[_LETTER_WORDS] += letters > 0
    counts[_CAPITALISED] += (classes[start] & UPPER) != 0
    counts[_SHOUTED] += (letters > 1) & (upper == letters)
    counts[_SYLLABLES] += syllables
    counts[_COMPLEX] += syllables > 2
    if length > 6:
        counts[_LONG] += 1
        counts[_LEARNED] += _is_learned(codes, stop, tables.lower, tables.endings)
    fetch_set(tables.lists, value)


@part
def add_lists(words: np.ndarray, tables: Tables, counts: np.ndarray) -> None:
    """Count on which lists words are; some time after `add_word`, when their hashes and what these lead to are there."""
    for w in range(len(words)):
        lists = set_of(tables.lists, words[w]) * 16
        if lists:
            for k in range(16):
                counts[_LISTED + k] += tables.listed[lists + k]


@part
def add_words(
    codes: np.ndarray,
    classes: np.ndarray,
    tables: Tables,
    bounds: tuple[np.ndarray, np.ndarray],
    counts: np.ndarray,
    hashes: np.ndarray,
) -> int:
    """The words of one field: fill their bounds and hashes, and count them, lists left out; their number."""
    starts, stops = bounds
    n_words = find_words(classes, starts, stops)
    for w in range(n_words):
        start, stop = np.int64(starts[w]), np.int64(stops[w])
        scanned = _scan_word(codes, classes, start, stop, tables.lower)
        hashes[w] = scanned[0]
        add_word(codes, classes, (start, stop), scanned, tables, counts)
    if n_words:
        counts[_HEAD], counts[_TAIL] = starts[0], len(codes) - stops[n_words - 1]
    return n_words
