"""Lines as Python's splitlines gives them: lists and ellipses by Gopher's rules, and what C4's rules leave of them.

As datatrove 0.10.1 counts them. Gopher: of all lines, empty ones too, those that begin with - or • and those that end in
... or …, white space left out. C4: sentences of the lines that pass the rules of `web_rules`, and the lines in which
"lorem ipsum" or { is reached; `open_…` is the same with the rule of terminal punctuation off, as FineWeb runs it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from selection.text.kernel import Row, bare, inner
from selection.text.sentences import tally_sentences
from selection.text.token_kinds import BREAK
from selection.text.unicode_classes import SPACE, WORD
from selection.text.web_rules import (
    HAS_CURLY,
    HAS_LOREM,
    KEPT,
    MAX_WORD_CHARS,
    MIN_WORDS,
    ends_well,
    fields_at_most,
    fields_of,
    first_rule,
    marks_of,
    without_citations,
)
from selection.text.words import find_words

PAGE_LINES = np.dtype(
    [
        (name, np.int64)
        for name in (
            "n_lines",
            "n_bullet_lines",
            "n_ellipsis_lines",
            "n_hash_signs",
            "n_ellipses",
            "kept_sentences",
            "lorem_lines",
            "curly_lines",
            "open_sentences",
            "open_lorem_lines",
            "open_curly_lines",
        )
    ]
)
_RETURN, _NEWLINE, _DASH, _BULLET, _DOT, _ELLIPSIS = 0x0D, 0x0A, 0x2D, 0x2022, 0x2E, 0x2026


@bare
def next_line(codes: np.ndarray, kinds: np.ndarray, start: int) -> tuple[int, int]:
    """Where the line that begins at `start` ends, and where the next begins."""
    end = start
    while end < len(codes) and kinds[codes[end]] & BREAK == 0:
        end += 1
    after = end + 1
    if after < len(codes) and codes[end] == _RETURN and codes[after] == _NEWLINE:
        after += 1
    return end, after


@bare
def trim(classes: np.ndarray, start: int, end: int) -> tuple[int, int]:
    """The same bounds without the white space at either end."""
    while start < end and classes[start] & SPACE:
        start += 1
    while end > start and classes[end - 1] & SPACE:
        end -= 1
    return start, end


@inner
def _sentences_of(codes: np.ndarray, classes: np.ndarray) -> int:
    """Sentences of a line that is no longer as it stood, because citations were taken out of it."""
    starts, stops = np.empty(len(codes), np.int32), np.empty(len(codes), np.int32)
    n_words = find_words(classes, starts, stops)
    return tally_sentences(codes, classes, starts[:n_words], stops[:n_words])


@bare
def _sentences_in(classes: np.ndarray, first: int, last: int, sentences: np.ndarray) -> int:
    """Sentences of the line classes[first:last], of which `sentences` has those that begin in it.

    What comes first in a line begins one there, wherever it begins in the document.
    """
    while first < last and classes[first] & WORD == 0:
        first += 1
    if first == last:
        return 0
    return 1 + len(sentences) - (len(sentences) > 0 and sentences[0] == first)


class Found(NamedTuple):
    """Where something stands in a document, in order of the text."""

    breaks: np.ndarray  # ends of lines
    suspects: np.ndarray  # near what `web_rules` look for
    sentences: np.ndarray  # where sentences begin


@inner
def _apply_c4(
    codes: np.ndarray,
    classes: np.ndarray,
    bounds: tuple[int, int],
    sentences: np.ndarray,
    suspect: bool,
    lower: np.ndarray,
    row: Row,
) -> None:
    """One trimmed line codes[bounds[0]:bounds[1]]; `suspect` where it may hold a citation or phrase."""
    first, last = bounds
    line, line_classes = codes[first:last], classes[first:last]
    fields = fields_at_most(line_classes, MIN_WORDS)
    marks = 0
    if suspect:
        line, line_classes = without_citations(line, line_classes)
        marks = marks_of(line, lower)
    rule = first_rule(fields, True, marks, MIN_WORDS)
    n_sentences = 0
    if rule == KEPT and len(line) == last - first:
        n_sentences = _sentences_in(classes, first, last, sentences)
    elif rule == KEPT:
        n_sentences = _sentences_of(line, line_classes)
    row.open_sentences += n_sentences
    row.open_lorem_lines += rule == HAS_LOREM
    row.open_curly_lines += rule == HAS_CURLY
    if ends_well(line):
        row.kept_sentences += n_sentences
        row.lorem_lines += rule == HAS_LOREM
        row.curly_lines += rule == HAS_CURLY


@bare
def _describe(codes: np.ndarray, first: int, last: int, row: Row) -> None:
    """How a trimmed line begins and ends."""
    row.n_bullet_lines += codes[first] == _DASH or codes[first] == _BULLET
    dots = last - first > 2 and codes[last - 1] == _DOT and codes[last - 2] == _DOT
    row.n_ellipsis_lines += codes[last - 1] == _ELLIPSIS or (dots and codes[last - 3] == _DOT)


@bare
def _up_to(places: np.ndarray, i: int, stop: int) -> int:
    """The first of places[i:] that is not before `stop`."""
    while i < len(places) and places[i] < stop:
        i += 1
    return i


@inner
def count_page_lines(
    codes: np.ndarray,
    classes: np.ndarray,
    found: Found,
    long_words: bool,
    lower: np.ndarray,
    row: Row,
) -> None:
    """Fill a `PAGE_LINES` record of one document; `long_words` where it has any of more than MAX_WORD_CHARS."""
    start = b = s = t = 0  # t: the next line's first sentence
    while start < len(codes):
        end = np.int64(found.breaks[b]) if b < len(found.breaks) else len(codes)
        after, b = end + 1, b + 1
        if after < len(codes) and codes[end] == _RETURN and codes[after] == _NEWLINE:
            after, b = after + 1, b + 1
        first, last = trim(classes, start, end)
        suspect, sentence = s, t
        s, t = _up_to(found.suspects, s, after), _up_to(found.sentences, t, after)
        start = after
        row.n_lines += 1
        if first == last:
            continue
        _describe(codes, first, last, row)
        if long_words and fields_of(classes[first:last])[1] > MAX_WORD_CHARS:
            continue
        sentences = found.sentences[sentence:t]
        _apply_c4(codes, classes, (first, last), sentences, s > suspect, lower, row)
