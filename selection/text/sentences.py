"""Sentences: stretches of text with at least one word, divided at closing punctuation and at blank lines.

A run of terminal marks (. ! ? … and those of other scripts), with the quotes and brackets that close after it, ends a
sentence when white space or the end of the document follows; the marks 。！？ end one anywhere. A single full stop does
not when a single letter comes before it (initials, "e.g.") or a lower-case letter after the space.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import Row, bare
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


@bare
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


@bare
def _end_of_marks(classes: np.ndarray, i: int) -> int:
    while i < len(classes) and classes[i] & (TERMINAL | CLOSER):
        i += 1
    return i


@bare
def _is_boundary(codes: np.ndarray, classes: np.ndarray, i: int, end: int) -> bool:
    """Whether the marks codes[i:end] end a sentence."""
    if classes[i] & WIDE_TERMINAL or end == len(codes):
        return True
    if classes[end] & SPACE == 0:
        return False
    return end > i + 1 or not _is_abbreviation(codes, classes, i, end)


@bare
def gap_ends(codes: np.ndarray, classes: np.ndarray, i: int, stop: int) -> int:
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


@bare
def tally_sentences(
    codes: np.ndarray, classes: np.ndarray, starts: np.ndarray, stops: np.ndarray
) -> int:
    """Sentences of a text whose words stand at the bounds."""
    sentences = len(starts) > 0
    for w in range(len(starts) - 1):
        sentences += gap_ends(codes, classes, stops[w], starts[w + 1]) > 0
    return sentences


@bare
def close_gap(codes: np.ndarray, classes: np.ndarray, bounds: tuple[int, int], row: Row) -> bool:
    """Count what ends in the gap between two words codes[bounds[0]:bounds[1]]; whether the next word begins a sentence.

    Before the first word, where bounds[0] is -1, nothing ends.
    """
    start, stop = bounds
    mark = gap_ends(codes, classes, start, stop) if start >= 0 else _NEWLINE
    row.n_questions += mark == _QUESTION
    row.n_exclamations += mark == _EXCLAMATION
    if mark and stop < len(codes):
        row.n_sentences += 1
        row.n_capital_sentences += classes[stop] & LOWER == 0
    return mark != 0
