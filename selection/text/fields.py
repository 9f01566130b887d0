"""Fields: one reading of a document that counts all that never crosses white space, and notes where the rest is to be found.

A field is a maximal run of characters that are not white space. What is in it (words, tokens, RedPajama's words, links,
classes of characters) is a function of its characters alone, so it is read once and then taken from a cache. Between fields
there are only white space and line ends; what goes on from field to field (sentences) is followed in `ends` of the page.

Cost: about half of all statistics. Five of six fields of mixed text come from the cache, and the sixth costs most.
"""

from __future__ import annotations

import numpy as np

from selection.text.decode import decode, width_of
from selection.text.field_cache import Cache, ascii_size, has_record, key_of, look_ahead
from selection.text.field_counts import (
    ENDS_TERMINALLY,
    HAS_TERMINAL,
    IS_DIVIDED,
    IS_FILLED,
    IS_PERSONAL,
    IS_SUSPECT,
    place,
)
from selection.text.field_reading import (
    Field,
    add_counts,
    read_field,
    recall_field,
    remember_field,
    settle,
)
from selection.text.kernel import Row, bare, part
from selection.text.redpajama import end_line, follow_sentence
from selection.text.scratch import (
    AFTER_WORD,
    BREAKS,
    CANDIDATES,
    DOUBT,
    FIRST_BYTE,
    FIRST_CHAR,
    INSIDE,
    LAST_BYTE,
    LAST_CHAR,
    LINE_END,
    LONGEST_FIELD,
    LONGEST_WORD,
    NEWLINES,
    NORMAL,
    SENTENCES,
    STOP_WORDS,
    SUSPECTS,
    TOKENS,
    WORDS,
    Page,
)
from selection.text.sentences import close_gap
from selection.text.token_kinds import BREAK
from selection.text.unicode_classes import SPACE
from selection.text.words import Tables, find_words

_CHARS, _WHITESPACE, _NON_ASCII = (
    place("characters", name) for name in ("n_chars", "n_whitespace", "n_non_ascii")
)
_LONGEST, _STOP_WORDS = place("words", "longest_word"), place("tokens", "n_stop_words")
_NORMAL_SENTENCES = place("redpajama", "n_sentences")
_NEWLINE, _SPACE_BYTE = 0x0A, 0x20


@part
def _append(page: Page, which: int, places: np.ndarray, value: int) -> None:
    places[page.ends[which]] = value
    page.ends[which] += 1


@part
def _pass_space(page: Page, c: int, b: int, n_chars: int, kinds: np.ndarray) -> tuple[int, int]:
    """Over the white space at character c and byte b: note ends of lines; where it ends."""
    newlines = 0
    while c < n_chars and page.classes[c] & SPACE:
        code = page.codes[c]
        if kinds[code] & BREAK:
            _append(page, BREAKS, page.breaks, c)
            if code == _NEWLINE:
                newlines += 1
                n = page.ends[NEWLINES]
                page.newline_bytes[n] = b
                end_line(page.totals, page.sums, page.ends[LINE_END], page.newline_sums[n])
                page.ends[LINE_END] = 0
                _append(page, NEWLINES, page.newlines, c)
        page.totals[_NON_ASCII] += code > 127
        b += width_of(code)
        c += 1
    page.ends[DOUBT] |= newlines > 1
    return c, b


@part
def _look_closer(
    page: Page,
    codes: np.ndarray,
    classes: np.ndarray,
    bounds: tuple[int, int],
    marks: int,
    tables: Tables,
    row: Row,
) -> None:
    """A field with something in it that other rules look at."""
    start, stop = bounds
    if marks & IS_SUSPECT:
        _append(page, SUSPECTS, page.suspects, start)
        for i in range(start, stop):
            if tables.token_kinds[codes[i]] & BREAK:  # a control character
                _append(page, BREAKS, page.breaks, i)
                _append(page, SUSPECTS, page.suspects, i + 1)
    n_words = find_words(classes[start:stop], page.starts, page.stops)
    for w in range(n_words):
        first, last = start + page.starts[w], start + page.stops[w]
        if marks & IS_PERSONAL:
            page.candidate_stops[page.ends[CANDIDATES]] = last
            _append(page, CANDIDATES, page.candidates, first)
        if marks & IS_DIVIDED and w:
            gap = start + page.stops[w - 1], first
            if close_gap(codes, classes, gap, row):
                _append(page, SENTENCES, page.sentences, first)


@part
def _follow(
    page: Page,
    codes: np.ndarray,
    classes: np.ndarray,
    bounds: tuple[int, int],
    field: Field,
    row: Row,
) -> None:
    """What goes on from field to field: sentences, and what comes last in a line."""
    start, stop = bounds
    ends, marks = page.ends, field.marks
    ends[INSIDE], joined = follow_sentence(ends[INSIDE], marks)
    page.totals[_NORMAL_SENTENCES] -= joined
    if marks & IS_FILLED:
        ends[LINE_END] = marks & ENDS_TERMINALLY != 0
    terminal = marks & HAS_TERMINAL
    if field.n_words:
        first = start + field.head
        gap = ends[AFTER_WORD], first
        if (ends[DOUBT] | terminal) and close_gap(codes, classes, gap, row):
            _append(page, SENTENCES, page.sentences, first)
        ends[AFTER_WORD], ends[DOUBT] = stop - field.tail, 0
    ends[DOUBT] |= terminal


@part
def _go_on(page: Page, field: Field, b: int) -> None:
    """Make the lists longer by what a field from byte b has left behind them."""
    ends = page.ends
    first = ends[WORDS]
    page.word_fields[first] = page.word_fields[first + 1] = b  # without asking whether they are
    for k in range(2, field.n_words):
        page.word_fields[first + k] = b
    ends[WORDS] += field.n_words
    ends[TOKENS] += field.n_tokens
    ends[NORMAL] += field.n_normal
    ends[LONGEST_FIELD] = max(ends[LONGEST_FIELD], field.n_chars)


@part
def _one_field(
    page: Page, c: int, b: int, n_chars: int, tables: Tables, cache: Cache
) -> tuple[Field, int]:
    """Count the field at character c and byte b, and leave its words behind the lists; the byte where it ends."""
    key = key_of(page, b)
    if key >= 0 and has_record(page, cache, key):
        size = page.key_places[key + 1]
        return recall_field(page, cache, page.key_places[key + 2]), b + size  # type: ignore[return-value]
    size = ascii_size(page, key) if key >= 0 else 0
    stop, after = c + size, b + size
    while size == 0 and stop < n_chars and page.classes[stop] & SPACE == 0:
        after += width_of(page.codes[stop])
        stop += 1
    fits = read_field(page, c, stop, tables)
    if fits and key >= 0 and after - b == page.key_places[key + 1]:
        remember_field(page, cache, key)
    return add_counts(page), after


@part
def _open(document: np.ndarray, page: Page, classes: np.ndarray) -> int:
    """The document on an empty page; its characters."""
    n_bytes = len(document)
    for i in range(n_bytes):
        page.data[i] = document[i]
    page.data[n_bytes : n_bytes + 16] = _SPACE_BYTE
    page.totals[:] = 0
    page.ends[:] = 0
    page.ends[AFTER_WORD], page.ends[DOUBT] = -1, 1
    return decode(page.data[:n_bytes], classes, page.codes, page.classes)


@bare
def read_fields(document: np.ndarray, page: Page, tables: Tables, cache: Cache, row: Row) -> int:
    """Fill the page, and count sentences in a `SENTENCES` record; the number of characters."""
    n_chars = _open(document, page, tables.classes)
    ends, totals = page.ends, page.totals
    codes, classes = page.codes[:n_chars], page.classes[:n_chars]
    c, b = _pass_space(page, 0, 0, n_chars, tables.token_kinds)
    ends[FIRST_CHAR], ends[FIRST_BYTE] = c, b
    while c < n_chars:
        start, first = c, b
        look_ahead(page, cache, len(document))
        field, b = _one_field(page, c, b, n_chars, tables, cache)
        c += field.n_chars
        _go_on(page, field, first)
        _follow(page, codes, classes, (start, c), field, row)
        if field.marks & (IS_SUSPECT | IS_PERSONAL | IS_DIVIDED):
            _look_closer(page, codes, classes, (start, c), field.marks, tables, row)
        ends[LAST_CHAR], ends[LAST_BYTE] = c, b
        c, b = _pass_space(page, c, b, n_chars, tables.token_kinds)
    settle(page)
    end_line(totals, page.sums, ends[LINE_END], page.newline_sums[ends[NEWLINES]])
    if ends[AFTER_WORD] >= 0:
        close_gap(codes, classes, (ends[AFTER_WORD], n_chars), row)
    totals[_WHITESPACE], totals[_CHARS] = n_chars - totals[_CHARS], n_chars
    totals[_LONGEST], totals[_STOP_WORDS] = ends[LONGEST_WORD], 0
    bits = ends[STOP_WORDS]
    while bits:
        totals[_STOP_WORDS] += bits & 1
        bits >>= 1
    return n_chars
