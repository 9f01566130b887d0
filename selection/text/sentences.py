"""Sentences: stretches of text with at least one word, divided at closing punctuation and at blank lines.

A run of terminal marks (. ! ? … and those of other scripts), with the quotes and brackets that close after it, ends a
sentence when white space or the end of the document follows; the marks 。！？ end one anywhere. A single full stop does
not when a single letter comes before it (initials, "e.g.") or a lower-case letter after the space.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import Row, inner
from selection.text.unicode_classes import CLOSER, LOWER, SPACE, TERMINAL, WIDE_TERMINAL, WORD

SENTENCES = np.dtype(
    [
        ("n_sentences", np.int64),
        ("n_questions", np.int64),
        ("n_exclamations", np.int64),
        ("n_capital_sentences", np.int64),
    ]
)
_STOP, _NEWLINE, _QUESTION, _EXCLAMATION = 0x2E, 0x0A, 0x3F, 0x21


@inner
def _is_abbreviation(codes: np.ndarray, classes: np.ndarray, i: int, after: int) -> bool:
    """Whether the single full stop at i, followed by white space at `after`, ends no sentence."""
    if codes[i] != _STOP:
        return False
    if i > 0 and classes[i - 1] & WORD and (i == 1 or classes[i - 2] & WORD == 0):
        return True
    while after < len(codes) and classes[after] & SPACE:
        if codes[after] == _NEWLINE:
            return False
        after += 1
    return after < len(codes) and classes[after] & LOWER != 0


@inner
def _end_of_marks(classes: np.ndarray, i: int) -> int:
    while i < len(classes) and classes[i] & (TERMINAL | CLOSER):
        i += 1
    return i


@inner
def _is_boundary(codes: np.ndarray, classes: np.ndarray, i: int, end: int) -> bool:
    """Whether the marks codes[i:end] end a sentence."""
    if classes[i] & WIDE_TERMINAL or end == len(codes):
        return True
    if classes[end] & SPACE == 0:
        return False
    return end > i + 1 or not _is_abbreviation(codes, classes, i, end)


@inner
def _gap_ends(codes: np.ndarray, classes: np.ndarray, i: int, stop: int) -> int:
    """The mark that ends a sentence between two words, codes[i:stop] what lies there; 0 for none, LF for a blank line."""
    newlines = 0
    while i < stop:
        flags = classes[i]
        if codes[i] == _NEWLINE:
            newlines += 1
            if newlines > 1:
                return _NEWLINE
        elif flags & TERMINAL:
            end = _end_of_marks(classes, i)
            if _is_boundary(codes, classes, i, end):
                return codes[i]
            i = end - 1
            newlines = 0
        elif flags & SPACE == 0:
            newlines = 0
        i += 1
    return 0


@inner
def tally_sentences(
    codes: np.ndarray, classes: np.ndarray, starts: np.ndarray, stops: np.ndarray
) -> tuple[int, int, int, int]:
    """Sentences, and those that ask, exclaim or do not begin in lower case, of a text whose words stand at the bounds."""
    n_words = len(starts)
    sentences = questions = exclamations = capitals = 0
    mark = _NEWLINE
    for w in range(n_words):
        if mark:
            sentences += 1
            capitals += classes[starts[w]] & LOWER == 0
        stop = starts[w + 1] if w + 1 < n_words else len(codes)
        if stop - stops[w] == 1 and classes[stops[w]] & TERMINAL == 0:
            mark = 0  # one space, comma, hyphen: nearly every gap
            continue
        mark = _gap_ends(codes, classes, stops[w], stop)
        questions += mark == _QUESTION
        exclamations += mark == _EXCLAMATION
    return sentences, questions, exclamations, capitals


@inner
def count_sentences(
    codes: np.ndarray, classes: np.ndarray, starts: np.ndarray, stops: np.ndarray, row: Row
) -> None:
    """`tally_sentences` into a `SENTENCES` record."""
    sentences, questions, exclamations, capitals = tally_sentences(codes, classes, starts, stops)
    row.n_sentences, row.n_questions = sentences, questions
    row.n_exclamations, row.n_capital_sentences = exclamations, capitals
