"""Plain words: fields of ASCII letters with at most one mark after them, which most of those are that no cache holds.

What `field_reading` finds in any field by a loop for each kind of statistic, is found in these by one: how long a loop runs
cannot be foreseen, and each wrong guess costs as much as four letters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from selection.text.field_counts import place
from selection.text.hashing import OFFSET, PRIME, mix
from selection.text.kernel import part
from selection.text.redpajama import add_letters, add_mark, add_plain_word
from selection.text.scratch import NORMAL, WORDS, Page
from selection.text.tokens import mark_leaves
from selection.text.unicode_classes import (
    APOSTROPHE,
    DAMAGE,
    DIGIT,
    LETTER,
    NON_ASCII,
    UPPER,
    VOWEL,
)
from selection.text.words import Tables, add_word

_NON_ASCII_TO_LETTER = NON_ASCII.bit_length() - LETTER.bit_length()
_NOT_PLAIN = NON_ASCII | APOSTROPHE | DAMAGE | DIGIT
_LETTERS, _UPPERCASE, _LOWERCASE, _CHARS = (
    place("characters", name) for name in ("n_letters", "n_uppercase", "n_lowercase", "n_chars")
)
_UPPER_BIT, _VOWEL_BIT = UPPER.bit_length() - 1, VOWEL.bit_length() - 1
_TAIL = place("field", "tail")
_J = ord("j")


class Plain(NamedTuple):
    """A plain word, without its mark; of any other field `letters` is 0."""

    letters: int
    upper: int
    groups: int  # of vowels
    has_j: bool
    value: np.uint64  # hash, as `words` makes it


@part
def scan_plain(codes: np.ndarray, classes: np.ndarray, tables: Tables) -> Plain:
    """The plain word that a field is. A loop that finds it is none ends early, so that long fields are not read for nothing."""
    n = len(codes)
    every = but_last = np.int64(LETTER)
    upper = groups = before = np.int64(0)
    value = shorter = OFFSET
    has_j = False
    for i in range(n):
        flags, code = np.int64(classes[i]), codes[i]
        but_last, shorter = every, value
        if but_last == 0:
            break
        every &= flags & ~(flags >> _NON_ASCII_TO_LETTER)
        upper += flags & UPPER
        groups += flags & ~before & VOWEL
        before = flags
        has_j |= code | 32 == _J
        value = (value ^ np.uint64(tables.lower[code])) * PRIME
    letters = n
    if every == 0:
        mark = (but_last != 0) & (n > 1) & (classes[n - 1] & _NOT_PLAIN == 0)
        leaves = mark and mark_leaves(codes, classes, tables.token_kinds)
        letters, value = (n - 1) * leaves, shorter
    n_upper, n_groups = upper >> _UPPER_BIT, groups >> _VOWEL_BIT
    return Plain(letters, n_upper, n_groups, has_j, mix(value) | np.uint64(1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@part
def add_plain(
    page: Page, codes: np.ndarray, classes: np.ndarray, plain: Plain, tables: Tables
) -> int:
    """What `field_reading` counts in any field, but for tokens, of which it leaves the bounds, and lists; the field's marks."""
    counts, n = page.counts, plain.letters
    with_mark = len(codes) > n
    page.words[page.ends[WORDS]] = plain.value
    scanned = plain.value, n, plain.upper, plain.groups
    add_word(codes, classes, (0, n), scanned, tables, counts)
    counts[_TAIL] = with_mark
    counts[_LETTERS] += n
    counts[_UPPERCASE] += plain.upper
    counts[_LOWERCASE] += n - plain.upper
    counts[_CHARS] += n
    first = page.ends[NORMAL]
    add_plain_word(1, plain.value, counts, (page.normal[first:], page.normal_ends[first:]))
    page.starts[0], page.stops[0] = 0, n
    page.starts[1], page.stops[1] = n, n + 1
    marks = add_letters(plain.upper, counts)
    return add_mark(tables.traits[codes[n]], counts) if with_mark else marks
