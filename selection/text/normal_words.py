"""Normalised words: what is left of a text when nothing counts but its letters and where words end.

Lower case, no diacritics, every number one 0 (3, 1998 and 2.5 alike), and everything that is neither letter nor number
parts words. A letter of a script without spaces is a word by itself. So a passage is the same however it was typed,
wrapped or quoted. This is the normalisation that datatrove's decontamination uses (`simplify_text`), with two differences:
symbols that its list of punctuation lacks, such as € or ©, part words here and belong to them there; and words are found
by this rule, not by a tokenizer of English.

Marks of category Mn are dropped; of a canonical decomposition only the letter stays.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np

from selection.text.kernel import inner
from selection.text.load8 import PADDING
from selection.text.spelling import Page, read_code, write_code
from selection.text.unicode_classes import N_CODE_POINTS, UNSPACED, class_table

PARTS, LETTER, DIGIT, ALONE, MARK, POINT = range(6)
_ASSIGNED = (range(0x34000), range(0xE0000, 0xE0200))
_POINTS = ".,،٫⎖⎗⎘"  # between the digits of one number
_ZERO = ord("0")


class Normal(NamedTuple):
    """Tables over code points."""

    written: np.ndarray  # (N_CODE_POINTS,) int32
    classes: np.ndarray  # (N_CODE_POINTS,) uint8


class Places(NamedTuple):
    """Where each word stands in the document, in bytes. (n_words,) int32 each"""

    first: np.ndarray
    last: np.ndarray  # after its last character


@cache
def normal() -> Normal:
    """Made once per process, about 0.3 s."""
    written = np.arange(N_CODE_POINTS, dtype=np.int32)
    classes = np.full(N_CODE_POINTS, PARTS, np.uint8)
    for part in _ASSIGNED:
        for code in part:
            category = unicodedata.category(chr(code))
            if category == "Mn":
                classes[code] = MARK
            elif category == "Nd":
                classes[code] = DIGIT
            elif category[0] in "LN" or category in ("Mc", "Me"):
                classes[code] = LETTER
                written[code] = _letter(code)
    classes[class_table() & UNSPACED > 0] = ALONE
    classes[[ord(point) for point in _POINTS]] = POINT
    return Normal(written, classes)


def _letter(code: int) -> int:
    """The one letter that is left of a character, else itself in lower case, else itself."""
    lower = chr(code).lower()
    plain = [c for c in unicodedata.normalize("NFD", lower) if unicodedata.category(c) != "Mn"]
    if len(plain) == 1:
        return ord(plain[0])
    return ord(lower) if len(lower) == 1 else code


@inner
def blank_pages(n_bytes: int) -> tuple[Page, Places]:
    """Room for documents of at most this many bytes; a written letter never has more than twice the bytes."""
    page = Page(
        np.empty(2 * n_bytes + PADDING, np.uint8),
        np.empty(n_bytes + 1, np.int32),
        np.empty(n_bytes + 1, np.int32),
    )
    return page, Places(np.empty(n_bytes + 1, np.int32), np.empty(n_bytes + 1, np.int32))


@inner
def find_normal_words(document: np.ndarray, normal: Normal, page: Page, places: Places) -> int:
    """Fill the letters and bounds of every word; their number."""
    n_words = at = i = 0
    stage = 0  # of a number: 1 before its point, 2 after it
    inside = False
    while i < len(document):
        begin = i
        code, i = read_code(document, i)
        kind = normal.classes[code]
        if (
            kind == POINT
        ):  # parts words, unless it stands between the digits of a number that has had none
            digits = stage == 1 and i < len(document)
            if digits and normal.classes[read_code(document, i)[0]] == DIGIT:
                stage = 2
                continue
            kind = PARTS
        if kind == MARK:
            places.last[n_words] = i  # of no word where none is open
            continue
        if inside and (kind == PARTS) | (kind == ALONE):
            page.stops[n_words] = at
            n_words += 1
            inside = False
        if kind == PARTS:
            stage = 0
            continue
        if not inside:
            inside = True
            page.starts[n_words] = at
            places.first[n_words] = begin
        places.last[n_words] = i
        if kind != DIGIT:
            stage = 0
            at = write_code(normal.written[code], page.letters, at)
        elif stage == 0:
            stage = 1
            at = write_code(_ZERO, page.letters, at)
        if kind == ALONE:
            page.stops[n_words] = at
            n_words += 1
            inside = False
    page.stops[n_words] = at  # of the last word, where it is still open
    return n_words + inside
