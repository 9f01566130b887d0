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
from selection.text.unicode_classes import LINK, MARKUP, SPACE
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
_RETURN, _NEWLINE, _DASH, _BULLET, _DOT, _ELLIPSIS, _HASH = (
    0x0D,
    0x0A,
    0x2D,
    0x2022,
    0x2E,
    0x2026,
    0x23,
)
_OPEN = 0x5B


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
def _again(codes: np.ndarray, classes: np.ndarray) -> int:
    """Sentences of a line whose words are not known, because citations were taken out of it."""
    starts, stops = np.empty(len(codes), np.int32), np.empty(len(codes), np.int32)
    n_words = find_words(classes, starts, stops)
    return tally_sentences(codes, classes, starts[:n_words], stops[:n_words])[0]


@inner
def _apply_c4(
    codes: np.ndarray,
    classes: np.ndarray,
    bounds: tuple[int, int],
    words: tuple[np.ndarray, np.ndarray],
    cited: bool,
    lower: np.ndarray,
    row: Row,
) -> None:
    """One trimmed line codes[bounds[0]:bounds[1]] and its words; `cited` where it may hold a citation."""
    first, last = bounds
    line, line_classes = codes[first:last], classes[first:last]
    fields = fields_at_most(line_classes, MIN_WORDS)
    if last - first > MAX_WORD_CHARS and fields_of(line_classes)[1] > MAX_WORD_CHARS:
        return
    if cited:
        line, line_classes = without_citations(line, line_classes)
    ended = ends_well(line)
    marks = marks_of(line, lower) if fields == MIN_WORDS else 0
    rule = first_rule(fields, True, marks, MIN_WORDS)
    sentences = 0
    if rule == KEPT and len(line) == last - first:
        sentences = tally_sentences(codes[:last], classes[:last], words[0], words[1])[0]
    elif rule == KEPT:
        sentences = _again(line, line_classes)
    row.open_sentences += sentences
    row.open_lorem_lines += rule == HAS_LOREM
    row.open_curly_lines += rule == HAS_CURLY
    if ended:
        row.kept_sentences += sentences
        row.lorem_lines += rule == HAS_LOREM
        row.curly_lines += rule == HAS_CURLY


@inner
def count_page_lines(
    codes: np.ndarray,
    classes: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    kinds: np.ndarray,
    lower: np.ndarray,
    row: Row,
) -> None:
    """Fill a `PAGE_LINES` record of one document, whose words are those of `words.find_words`."""
    cited = _count_signs(codes, classes, row)
    start = w = 0
    while start < len(codes):
        end, after = next_line(codes, kinds, start)
        first, last = trim(classes, start, end)
        start = after
        row.n_lines += 1
        if first == last:
            continue
        v = w
        while w < len(starts) and starts[w] < last:
            w += 1
        row.n_bullet_lines += codes[first] == _DASH or codes[first] == _BULLET
        dots = last - first > 2 and codes[last - 1] == _DOT and codes[last - 2] == _DOT
        row.n_ellipsis_lines += codes[last - 1] == _ELLIPSIS or (dots and codes[last - 3] == _DOT)
        words = (starts[v:w], stops[v:w])
        _apply_c4(codes, classes, (first, last), words, cited, lower, row)


@inner
def _count_signs(codes: np.ndarray, classes: np.ndarray, row: Row) -> bool:
    """# signs, and ellipses: … or every third full stop of a run; whether any [ is there."""
    hashes = ellipses = run = brackets = 0
    for i in range(len(codes)):
        if classes[i] & (LINK | MARKUP) == 0:
            run = 0
            continue
        code = codes[i]
        run = (run + 1) * (code == _DOT)
        ellipses += (code == _ELLIPSIS) | ((run > 0) & (run % 3 == 0))
        hashes += code == _HASH
        brackets += code == _OPEN
    row.n_hash_signs, row.n_ellipses = hashes, ellipses
    return brackets > 0
