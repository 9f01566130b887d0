"""Lines as Python's splitlines gives them: lists and ellipses by Gopher's rules, and what C4's rules leave of them.

As datatrove 0.10.1 counts them. Gopher: of all lines, empty ones too, those that begin with - or • and those that end in
... or …, white space left out. C4: sentences of the lines that pass the rules of `web_rules`, and the lines in which
"lorem ipsum" or { is reached; `open_…` is the same with the rule of terminal punctuation off, as FineWeb runs it.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import Row, inner
from selection.text.sentences import tally_sentences
from selection.text.token_kinds import BREAK
from selection.text.unicode_classes import SPACE
from selection.text.web_rules import (
    HAS_CURLY,
    HAS_LOREM,
    KEPT,
    MAX_WORD_CHARS,
    MIN_WORDS,
    ends_well,
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
_RETURN, _NEWLINE, _DASH, _BULLET, _DOT, _ELLIPSIS, _HASH = (
    0x0D,
    0x0A,
    0x2D,
    0x2022,
    0x2E,
    0x2026,
    0x23,
)


@inner
def next_line(codes: np.ndarray, kinds: np.ndarray, start: int) -> tuple[int, int]:
    """Where the line that begins at `start` ends, and where the next begins."""
    end = start
    while end < len(codes) and kinds[codes[end]] & BREAK == 0:
        end += 1
    after = end + 1
    if after < len(codes) and codes[end] == _RETURN and codes[after] == _NEWLINE:
        after += 1
    return end, after


@inner
def trim(classes: np.ndarray, start: int, end: int) -> tuple[int, int]:
    """The same bounds without the white space at either end."""
    while start < end and classes[start] & SPACE:
        start += 1
    while end > start and classes[end - 1] & SPACE:
        end -= 1
    return start, end


@inner
def _count_sentences(codes: np.ndarray, classes: np.ndarray) -> int:
    starts, stops = np.empty(len(codes), np.int32), np.empty(len(codes), np.int32)
    n_words = find_words(classes, starts, stops)
    return tally_sentences(codes, classes, starts[:n_words], stops[:n_words])[0]


@inner
def _apply_c4(codes: np.ndarray, classes: np.ndarray, lower: np.ndarray, row: Row) -> None:
    """One trimmed line."""
    fields, longest = fields_of(classes)
    if longest > MAX_WORD_CHARS:
        return
    codes, classes = without_citations(codes, classes)
    marks, ended = marks_of(codes, lower), ends_well(codes)
    rule = first_rule(fields, True, marks, MIN_WORDS)
    sentences = _count_sentences(codes, classes) if rule == KEPT else 0
    row.open_sentences += sentences
    row.open_lorem_lines += rule == HAS_LOREM
    row.open_curly_lines += rule == HAS_CURLY
    if ended:
        row.kept_sentences += sentences
        row.lorem_lines += rule == HAS_LOREM
        row.curly_lines += rule == HAS_CURLY


@inner
def count_page_lines(
    codes: np.ndarray, classes: np.ndarray, kinds: np.ndarray, lower: np.ndarray, row: Row
) -> None:
    """Fill a `PAGE_LINES` record of one document."""
    _count_signs(codes, row)
    start = 0
    while start < len(codes):
        end, after = next_line(codes, kinds, start)
        first, last = trim(classes, start, end)
        start = after
        row.n_lines += 1
        if first == last:
            continue
        row.n_bullet_lines += codes[first] == _DASH or codes[first] == _BULLET
        dots = last - first > 2 and codes[last - 1] == _DOT and codes[last - 2] == _DOT
        row.n_ellipsis_lines += codes[last - 1] == _ELLIPSIS or (dots and codes[last - 3] == _DOT)
        _apply_c4(codes[first:last], classes[first:last], lower, row)


@inner
def _count_signs(codes: np.ndarray, row: Row) -> None:
    """# signs, and ellipses: … or every third full stop of a run."""
    hashes = ellipses = run = 0
    for i in range(len(codes)):
        code = codes[i]
        if code == _DOT:
            run += 1
            ellipses += run % 3 == 0
            continue
        run = 0
        hashes += code == _HASH
        ellipses += code == _ELLIPSIS
    row.n_hash_signs, row.n_ellipses = hashes, ellipses
