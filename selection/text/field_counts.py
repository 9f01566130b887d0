"""What is counted in every field: one number each in a fixed order, so that a document's counts are a sum of vectors.

A *field* is a maximal run of characters that are not white space. Whatever never reaches across white space is counted field by
field (see `fields`), and a document's records are unfolded from the sums at the end.
"""

from __future__ import annotations

import numpy as np

WIDTH = 64  # numbers of a field: as bytes they are one cache line
COUNTED = {
    "characters": (
        *("n_letters", "n_marks", "n_digits", "n_uppercase", "n_lowercase", "n_whitespace"),
        *("n_punctuation", "n_symbols", "n_unspaced", "n_markup", "n_damage", "n_hash_signs"),
        *("n_curly", "n_non_ascii", "n_chars"),
    ),
    "words": (
        *("n_english_stop_words", "n_stop_words", "n_connectives", "n_reasoning_words"),
        *("n_boilerplate_words", "n_teaching_words", "n_personal_words", "n_hedges"),
        *("n_easy_words", "n_words", "word_chars", "n_letter_words", "n_long_words"),
        *("n_learned_words", "n_capitalised", "n_shouted", "n_syllables", "n_complex_words"),
        *("longest_word", "n_fields", "n_letter_fields"),
    ),
    "links": ("n_urls", "url_chars", "n_emails", "n_ellipses"),
    "tokens": ("n_tokens", "n_words", "word_chars", "n_letter_tokens", "n_stop_words"),
    "page_lines": ("n_ellipses",),
    "redpajama": (
        *("n_words", "word_chars", "n_tokens", "n_alphabetic_tokens", "n_sentences"),
        *("upper", "numeric"),
    ),
    # not sums, but what is kept of a field beside them
    "field": ("marks", "head", "tail", "first_token", "second_token", "third_token"),
}
_PLACES = [(family, name) for family, names in COUNTED.items() for name in names]
assert len(_PLACES) <= WIDTH

HAS_TERMINAL = 1 << 0  # a mark that may end a sentence
IS_SUSPECT = 1 << 1  # C4's rules for lines have to look at it
IS_PERSONAL = 1 << 2  # may be part of a number, address or key
OPENS_SENTENCE = 1 << 3  # RedPajama: a letter, number or _ before the first . ! ?
STOPS_SENTENCE = 1 << 4  # RedPajama: any . ! ?
REOPENS_SENTENCE = 1 << 5  # RedPajama: a letter, number or _ after the last . ! ?
ENDS_TERMINALLY = 1 << 6  # RedPajama: . ! ? or ” is its last character
IS_FILLED = 1 << 7  # RedPajama: not all of it is white space to Python
IS_DIVIDED = (
    1 << 8
)  # may end a sentence within; no byte has room for it, so no record holds such a field


def place(family: str, name: str) -> int:
    """Where the vector has this number."""
    return _PLACES.index((family, name))


def rows_of(flags: np.ndarray, bits: tuple[int, ...]) -> np.ndarray:
    """For each of `flags` 16 bytes to add to a vector: 1 where it has that one of `bits`. (len(flags), 16) uint8"""
    rows = np.zeros((len(flags), 16), np.uint8)
    rows[:, : len(bits)] = flags[:, None] & np.array(bits) != 0
    return rows


def unfold(totals: np.ndarray, family: str, rows: np.ndarray) -> None:
    """Sums (n_docs, WIDTH) into the fields of records that the family has."""
    for name in COUNTED[family]:
        if name in (rows.dtype.names or ()):
            rows[name] = totals[:, place(family, name)]
