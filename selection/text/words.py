"""Words: where they begin and end, their hashes, and how many are long, learned, capitalised or on a word list.

A word is a maximal run of letters (L*), numbers (N*) and marks (M*) that begins with a letter or number; an apostrophe
between two letters belongs to it (a curly one hashes as a straight one); a letter of a script without spaces is a word by
itself, with its marks (see `unicode_classes`). Hyphens and underscores separate. Words compare in lower case.
A *field* is a maximal run of characters that are not white space, which is what tools that split on spaces call a word.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from selection.text.hashing import OFFSET, PRIME, mix, slot_of
from selection.text.kernel import Row, inner
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
    ending_slot,
    word_list_table,
)
from selection.text.syllables import count_syllables
from selection.text.unicode_classes import (
    APOSTROPHE,
    LETTER,
    MARK,
    SPACE,
    UNSPACED,
    UPPER,
    VOWEL,
    WORD,
    WORD_PART,
)

WORDS = np.dtype(
    [
        (name, np.int64)
        for name in (
            "n_words",
            "word_chars",
            "n_letter_words",
            "n_long_words",
            "n_learned_words",
            "n_capitalised",
            "n_shouted",
            "n_syllables",
            "n_complex_words",
            "longest_word",
            "n_stop_words",
            "n_english_stop_words",
            "n_connectives",
            "n_reasoning_words",
            "n_boilerplate_words",
            "n_teaching_words",
            "n_personal_words",
            "n_hedges",
            "n_easy_words",
            "n_fields",
            "n_letter_fields",
        )
    ]
)

_UPPER_TO_HIGH = 32 - (UPPER.bit_length() - 1)
_LISTED = (
    ("n_english_stop_words", STOP),
    ("n_stop_words", STOP | OTHER_STOP),
    ("n_connectives", CONNECTIVE),
    ("n_reasoning_words", REASONING),
    ("n_boilerplate_words", BOILERPLATE),
    ("n_teaching_words", TEACHING),
    ("n_personal_words", PERSONAL),
    ("n_hedges", HEDGE),
    ("n_easy_words", EASY),
)


class Tables(NamedTuple):
    """The read-only tables of a kernel."""

    classes: np.ndarray  # `class_table()`
    lower: np.ndarray  # `lower_table()`
    list_keys: np.ndarray  # `word_list_table().keys`
    list_sets: np.ndarray  # `word_list_table().sets`
    endings: np.ndarray  # `ending_table()`
    token_kinds: np.ndarray  # `token_kinds()`
    stop_keys: np.ndarray  # `stop_word_keys()`


@inner
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


@inner
def _scan_word(
    codes: np.ndarray, classes: np.ndarray, start: int, stop: int, lower: np.ndarray
) -> tuple[np.uint64, int, int, int]:
    """Hash (as `hash_codes`), letters, upper-case letters and groups of vowels of codes[start:stop]."""
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
    return mix(value) | np.uint64(1), case & 0xFFFFFFFF, case >> 32, groups // VOWEL  # type: ignore[return-value]


@inner
def _is_learned(
    codes: np.ndarray, start: int, stop: int, lower: np.ndarray, endings: np.ndarray
) -> bool:
    """More than six characters and one of the endings; computed without branches for every word."""
    first = max(stop - 4, 0)
    key = wide = 0
    for place in range(4):
        code = np.int64(lower[codes[min(first + place, stop - 1)]])
        key = key << 8 | (code & 0xFF)
        wide |= code
    found = endings[1 + ending_slot(key, endings[0])] == key
    return (stop - start > 6) & found & (wide < 0x80)


@inner
def describe_words(
    codes: np.ndarray,
    classes: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    tables: Tables,
    hashes: np.ndarray,
    row: Row,
) -> None:
    """What a word's characters say: its hash, length, case, syllables and ending."""
    chars = longest = long = letter_words = capitals = shouted = spoken = complex_words = 0
    learned = 0
    for w in range(len(starts)):
        start, stop = np.int64(starts[w]), np.int64(stops[w])
        length = stop - start
        hashes[w], letters, upper, groups = _scan_word(codes, classes, start, stop, tables.lower)
        syllables = count_syllables(codes, classes, start, stop, groups)
        chars += length
        longest = max(longest, length)
        letter_words += letters > 0
        capitals += (classes[start] & UPPER) != 0
        shouted += (letters > 1) & (upper == letters)
        spoken += syllables
        complex_words += syllables > 2
        long += length > 6
        learned += _is_learned(codes, start, stop, tables.lower, tables.endings)
    row.n_words, row.word_chars, row.longest_word = len(starts), chars, longest
    row.n_long_words, row.n_letter_words, row.n_capitalised = long, letter_words, capitals
    row.n_shouted, row.n_syllables, row.n_complex_words = shouted, spoken, complex_words
    row.n_learned_words = learned


@inner
def count_listed(hashes: np.ndarray, tables: Tables, sets: np.ndarray) -> None:
    """Add a document's words to the histogram of the sets of lists that they are on, (n_sets,) int64."""
    for w in range(len(hashes)):
        sets[tables.list_sets[slot_of(tables.list_keys, hashes[w])]] += 1


def unfold_lists(sets: np.ndarray, rows: np.ndarray) -> None:
    """(n_docs, n_sets) histograms into the list fields of `WORDS` records."""
    bits = word_list_table().set_bits
    for name, bit in _LISTED:
        rows[name] = sets[:, bits & bit != 0].sum(axis=1)


@inner
def count_fields(classes: np.ndarray, starts: np.ndarray, stops: np.ndarray, row: Row) -> None:
    """Runs of characters that are not white space, and how many of them hold a letter."""
    fields = letter_fields = end = 0
    open_field = counted = False  # inside a field; whether it has shown a letter
    for w in range(len(starts) + 1):
        start = starts[w] if w < len(starts) else len(classes)
        for i in range(end, start):
            inside = classes[i] & SPACE == 0
            fields += inside and not open_field
            counted = counted and inside
            open_field = inside
        if w == len(starts):
            break
        end = stops[w]
        fields += not open_field
        open_field = True
        i = start
        while not counted and i < end:
            counted = classes[i] & LETTER != 0
            letter_fields += counted
            i += 1
    row.n_fields, row.n_letter_fields = fields, letter_fields
