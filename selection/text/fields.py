"""Fields: one reading of a document that counts all that never crosses white space, and notes where the rest is to be found.

A field is a maximal run of characters that are not white space. What is in it (words, tokens, RedPajama's words, links,
classes of characters) is a function of its characters alone, so it is read once and then taken from a cache. Between fields
there are only white space and line ends; what goes on from field to field (sentences) is followed in `ends` of the page.

Cost: about half of all statistics. Five of six fields of mixed text come from the cache, and the sixth costs most.
"""

from __future__ import annotations

import numpy as np

from selection.text.decode import decode, width_of
from selection.text.field_cache import Cache, has_record, key_of, look_ahead
from selection.text.field_counts import (
    ENDS_TERMINALLY,
    HAS_TERMINAL,
    IS_DIVIDED,
    IS_FILLED,
    IS_PERSONAL,
    IS_SUSPECT,
    place,
)
from selection.text.field_reading import read_field, recall_field, remember_field
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
    NEWLINES,
    NORMAL,
    SENTENCES,
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
_WORD_COUNT, _LONGEST = place("words", "n_words"), place("words", "longest_word")
_TOKEN_COUNT, _STOP_WORDS = place("tokens", "n_tokens"), place("tokens", "n_stop_words")
_NORMAL_COUNT, _NORMAL_SENTENCES = (place("redpajama", name) for name in ("n_words", "n_sentences"))
_MARKS, _HEAD, _TAIL = (place("field", name) for name in ("marks", "head", "tail"))
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
                end_line(page.totals, page.ends[LINE_END], page.newline_sums[n])
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
    tables: Tables,
    row: Row,
) -> None:
    """A field with something in it that other rules look at."""
    start, stop = bounds
    marks = page.counts[_MARKS]
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
    page: Page, codes: np.ndarray, classes: np.ndarray, bounds: tuple[int, int], row: Row
) -> None:
    """What goes on from field to field: sentences, and what comes last in a line."""
    start, stop = bounds
    counts, ends = page.counts, page.ends
    marks = counts[_MARKS]
    ends[INSIDE], joined = follow_sentence(ends[INSIDE], marks)
    page.totals[_NORMAL_SENTENCES] -= joined
    if marks & IS_FILLED:
        ends[LINE_END] = marks & ENDS_TERMINALLY != 0
    terminal = marks & HAS_TERMINAL
    if counts[_WORD_COUNT]:
        first = start + counts[_HEAD]
        gap = ends[AFTER_WORD], first
        if (ends[DOUBT] | terminal) and close_gap(codes, classes, gap, row):
            _append(page, SENTENCES, page.sentences, first)
        ends[AFTER_WORD], ends[DOUBT] = stop - counts[_TAIL], 0
    ends[DOUBT] |= terminal


@part
def _add(page: Page, size: int, b: int) -> None:
    """Add the field in page.counts, so many characters long and from byte b, to the document."""
    counts, totals, ends = page.counts, page.totals, page.ends
    longest = max(totals[_LONGEST], counts[_LONGEST])
    stop_words = totals[_STOP_WORDS] | counts[_STOP_WORDS]
    for k in range(len(totals)):  # not WIDTH: unrolled, it would not be vectorised
        totals[k] += counts[k]
    totals[_LONGEST], totals[_STOP_WORDS] = longest, stop_words
    first, words = ends[WORDS], counts[_WORD_COUNT]
    page.word_fields[first] = page.word_fields[first + 1] = b  # without asking whether they are
    for k in range(2, words):
        page.word_fields[first + k] = b
    ends[WORDS] += words
    ends[TOKENS] += counts[_TOKEN_COUNT]
    ends[NORMAL] += counts[_NORMAL_COUNT]
    ends[LONGEST_FIELD] = max(ends[LONGEST_FIELD], size)


@part
def _one_field(
    page: Page, c: int, b: int, n_chars: int, tables: Tables, cache: Cache
) -> tuple[int, int]:
    """The field at character c and byte b into page.counts and behind the lists; where it ends."""
    key = key_of(page, b)
    if key >= 0 and has_record(page, cache, key):
        recall_field(page, cache, page.key_places[key + 2])
        return c + page.counts[_CHARS], b + page.key_places[key + 1]  # type: ignore[return-value]
    stop = c
    after = b
    while stop < n_chars and page.classes[stop] & SPACE == 0:
        after += width_of(page.codes[stop])
        stop += 1
    fits = read_field(page, c, stop, tables)
    if fits and key >= 0 and after - b == page.key_places[key + 1]:
        remember_field(page, cache, key)
    return stop, after


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
        c, b = _one_field(page, c, b, n_chars, tables, cache)
        _add(page, c - start, first)
        _follow(page, codes, classes, (start, c), row)
        if page.counts[_MARKS] & (IS_SUSPECT | IS_PERSONAL | IS_DIVIDED):
            _look_closer(page, codes, classes, (start, c), tables, row)
        ends[LAST_CHAR], ends[LAST_BYTE] = c, b
        c, b = _pass_space(page, c, b, n_chars, tables.token_kinds)
    end_line(totals, ends[LINE_END], page.newline_sums[ends[NEWLINES]])
    if ends[AFTER_WORD] >= 0:
        close_gap(codes, classes, (ends[AFTER_WORD], n_chars), row)
    totals[_WHITESPACE], totals[_CHARS] = n_chars - totals[_CHARS], n_chars
    bits, totals[_STOP_WORDS] = totals[_STOP_WORDS], 0
    while bits:
        totals[_STOP_WORDS] += bits & 1
        bits >>= 1
    return n_chars
