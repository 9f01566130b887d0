"""Tokens: what filters that count words mean by a word, punctuation marks included, case kept.

datatrove's filters (Gopher, FineWeb) count spaCy's English tokens. These are the same in the main, by rule alone:

- white space divides; so do all punctuation, currency and pictures at either end of a field (a run of characters that are
  not white space), but for - / @ \\ and .; two or more full stops are one token
- a full stop leaves the end of a field after a lower-case letter, a digit, a mark that leaves, or two capitals; not after
  a single letter ("e.g.", "J.")
- inside a field, these divide: pictures, … and runs of full stops; a comma between letters; hyphens and : < > = / before a
  letter; + - * ^ between digits; a full stop between lower and upper case; nothing inside a URL
- 's 'm 'd 'll 're 've and n't leave the word before them, and are whole where they stand alone
- a letter of a script without spaces is a token by itself, with its marks (spaCy's English would take a sentence for one)

Differs from spaCy: no list of abbreviations ("Mr." gives two tokens), no emoticons, no units of measure.
What is counted among them stands in `token_counts`.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import bare, part
from selection.text.token_kinds import EDGE, HYPHEN, ICON, JOINT, OPERATOR
from selection.text.unicode_classes import (
    APOSTROPHE,
    DIGIT,
    LETTER,
    LOWER,
    MARK,
    UNSPACED,
    UPPER,
    WORD,
    WORD_PART,
)

_DOT, _COMMA, _COLON, _SLASH, _DASH = (ord(mark) for mark in ".,:/-")
_F, _H, _P, _S, _T, _W, _N, _M, _D, _L, _R, _E, _V = (ord(letter) for letter in "fhpstwnmdlrev")


@bare
def _dots(codes: np.ndarray, i: int, stop: int) -> int:
    """How many full stops stand from i on."""
    n = 0
    while i + n < stop and codes[i + n] == _DOT:
        n += 1
    return n


@bare
def _is_ending(codes: np.ndarray, classes: np.ndarray, a: int, b: int) -> bool:
    """Whether codes[a:b] is one of 's 'm 'd 'll 're 've."""
    if classes[a] & APOSTROPHE == 0:
        return False
    last = codes[b - 1] | 32
    if b - a == 2:
        return last in (_S, _M, _D)
    if b - a != 3:  # of an apostrophe alone, what follows it may be outside the array
        return False
    first = codes[a + 1] | 32
    return first == last == _L or (last == _E and first in (_R, _V))


@bare
def _peel_front(
    codes: np.ndarray,
    classes: np.ndarray,
    kinds: np.ndarray,
    start: int,
    stop: int,
    bounds: tuple[np.ndarray, np.ndarray],
    n: int,
) -> tuple[int, int]:
    """Tokens of the marks that codes[start:stop] begins with; where the rest begins, and the tokens so far."""
    starts, stops = bounds
    while start < stop:
        length = _dots(codes, start, stop)
        if length < 2:
            if kinds[codes[start]] & EDGE == 0 or _is_ending(codes, classes, start, stop):
                break
            length = 1
        starts[n], stops[n] = start, start + length
        start += length
        n += 1
    return start, n


@bare
def _stop_leaves(codes: np.ndarray, classes: np.ndarray, kinds: np.ndarray, a: int, b: int) -> bool:
    """Whether the single full stop at b - 1, with something before it from a on, is a token of its own."""
    before = classes[b - 2]
    if kinds[codes[b - 2]] & EDGE or before & DIGIT:
        return True
    if before & LETTER == 0 or b - 3 < a or classes[b - 3] & WORD == 0:
        return False
    return before & LOWER != 0 or (before & UPPER != 0 and classes[b - 3] & UPPER != 0)


@bare
def _back(codes: np.ndarray, classes: np.ndarray, kinds: np.ndarray, a: int, b: int) -> int:
    """Where the marks that codes[a:b] ends with begin."""
    while a < b:
        run = 0
        while b - run > a and codes[b - 1 - run] == _DOT:
            run += 1
        if run > 1:
            b -= run
        elif run == 1:
            if b - a < 2 or not _stop_leaves(codes, classes, kinds, a, b):
                break
            b -= 1
        elif kinds[codes[b - 1]] & EDGE:
            b -= 1
        else:
            break
    return b


@bare
def _is_url(codes: np.ndarray, a: int, b: int) -> bool:
    """Whether codes[a:b] begins with http://, https://, ftp:// or www. and goes on."""
    if b - a > 4 and codes[a] | 32 == _W and codes[a + 1] | 32 == _W and codes[a + 2] | 32 == _W:
        return codes[a + 3] == _DOT
    colon = a
    if b - a > 6 and codes[a] | 32 == _F and codes[a + 1] | 32 == _T and codes[a + 2] | 32 == _P:
        colon = a + 3
    elif b - a > 7 and codes[a] | 32 == _H and codes[a + 1] | 32 == _T:
        if codes[a + 2] | 32 != _T or codes[a + 3] | 32 != _P:
            return False
        colon = a + 5 if codes[a + 4] | 32 == _S else a + 4
    if colon == a or colon + 3 >= b:
        return False
    return codes[colon] == _COLON and codes[colon + 1] == _SLASH and codes[colon + 2] == _SLASH


@bare
def _contraction(codes: np.ndarray, classes: np.ndarray, a: int, b: int) -> int:
    """Where the 's, n't and the like that codes[a:b] ends with begins; b if there is none."""
    for length in (2, 3):
        if b - a > length and _is_ending(codes, classes, b - length, b):
            return b - length
    if b - a > 3 and classes[b - 2] & APOSTROPHE and codes[b - 1] | 32 == _T:
        return b - 3 if codes[b - 3] | 32 == _N else b
    return b


@bare
def _emit(
    codes: np.ndarray,
    classes: np.ndarray,
    a: int,
    b: int,
    bounds: tuple[np.ndarray, np.ndarray],
    n: int,
) -> int:
    """The word codes[a:b], without what is contracted with it; the tokens so far."""
    starts, stops = bounds
    if a == b:
        return n
    cut = _contraction(codes, classes, a, b)
    starts[n], stops[n] = a, cut
    n += 1
    if cut < b:
        starts[n], stops[n] = cut, b
        n += 1
    return n


@bare
def _divides(
    codes: np.ndarray, classes: np.ndarray, kinds: np.ndarray, a: int, i: int, b: int
) -> int:
    """The end of the token that divides codes[a:b] at i; i if nothing does."""
    flags, kind, code = classes[i], kinds[codes[i]], codes[i]
    if flags & UNSPACED:
        i += 1
        while i < b and classes[i] & MARK:
            i += 1
        return i
    if code == _DOT and i + 1 < b and codes[i + 1] == _DOT:
        return i + _dots(codes, i, b)
    if kind & ICON:
        return i + 1
    if i == a or i + 1 >= b:
        return i
    left, right = classes[i - 1], classes[i + 1]
    if kind & HYPHEN and left & WORD:
        end = i + 1
        while end < b and codes[end] == code:
            end += 1
        if end < b and classes[end] & LETTER:
            return end
    cut = kind & OPERATOR != 0 and left & DIGIT != 0
    cut = cut and (right & DIGIT != 0 or codes[i + 1] == _DASH)
    cut |= code == _DOT and left & LOWER != 0 and right & UPPER != 0
    cut |= code == _COMMA and left & LETTER != 0 and right & LETTER != 0
    cut |= kind & JOINT != 0 and left & WORD != 0 and right & LETTER != 0
    return i + 1 if cut else i


@bare
def _split_field(
    codes: np.ndarray,
    classes: np.ndarray,
    kinds: np.ndarray,
    start: int,
    stop: int,
    bounds: tuple[np.ndarray, np.ndarray],
    n: int,
) -> int:
    """The tokens of one field; their number so far."""
    a, n = _peel_front(codes, classes, kinds, start, stop, bounds, n)
    b = _back(codes, classes, kinds, a, stop)
    word = i = a
    if _is_url(codes, a, b):
        bounds[0][n], bounds[1][n] = a, b
        n += 1
        word = i = b
    while i < b:
        flags = classes[i]
        end = i if flags & WORD_PART else _divides(codes, classes, kinds, a, i, b)
        if end == i:
            i += 1
            continue
        n = _emit(codes, classes, word, i, bounds, n)
        bounds[0][n], bounds[1][n] = i, end
        n += 1
        word = i = end
    n = _emit(codes, classes, word, b, bounds, n)
    while b < stop:
        length = max(1, _dots(codes, b, stop))
        bounds[0][n], bounds[1][n] = b, b + length
        n += 1
        b += length
    return n


@part
def mark_leaves(codes: np.ndarray, classes: np.ndarray, kinds: np.ndarray) -> bool:
    """Whether the last character of a field leaves the word that the others are."""
    last = codes[len(codes) - 1]
    if last == _DOT:
        return _stop_leaves(codes, classes, kinds, 0, len(codes))
    return kinds[last] & (EDGE | ICON) == EDGE


@part
def find_tokens(
    codes: np.ndarray,
    classes: np.ndarray,
    kinds: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
) -> int:
    """Fill the bounds of every token of one field (arrays of at least len(codes)); their number."""
    n = len(codes)
    plain = but_last = np.int64(WORD_PART)
    for flags in classes:
        but_last = plain
        plain &= flags
    leaves = not plain and but_last != 0 and n > 1 and mark_leaves(codes, classes, kinds)
    if not (plain or leaves):
        return _split_field(codes, classes, kinds, 0, n, (starts, stops), 0)
    starts[0], stops[0] = 0, n - leaves
    if leaves:
        starts[1], stops[1] = n - 1, n
    return 1 + leaves
