"""Cut lines: the spans that line rules take out of documents, and the documents without them.

Two sets of rules: C4's, on lines as Python's splitlines gives them (`web_rules`), and those behind FineWeb's document rules,
on lines between line feeds as they stand (`raw_lines`). A line goes with what ends it; a citation goes alone.

Cost: the rules are read twice, to count the spans and to fill them; the text is copied once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from selection.core.refiner import Refined, Removed
from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.decode import decode, width_of
from selection.text.hashing import RADIX, mix, table_size
from selection.text.kernel import inner, kernel
from selection.text.page_lines import next_line, trim
from selection.text.raw_lines import is_blank, seen_before
from selection.text.token_kinds import STOP, token_kinds
from selection.text.unicode_classes import class_table, lower_table
from selection.text.web_rules import (
    CURLY,
    FEW_WORDS,
    HAS_POLICY,
    HAS_SCRIPT,
    JAVASCRIPT,
    LOREM,
    NO_END,
    POLICY,
    citation_end,
    ends_well,
    fields_of,
    first_rule,
    marks_of,
    without_citations,
)

_NEWLINE = 0x0A
C4_RULES = (
    "empty line",
    "word too long",
    "no terminal punctuation",
    "too few words",
    "javascript",
    "policy",
    "citation",
)
_EMPTY, _LONG, _END, _WORDS, _SCRIPT, _POLICY, _CITATION = range(len(C4_RULES))
FINEWEB_RULES = ("repeated line", "short line")


class C4Options(NamedTuple):
    """Which of C4's rules are on."""

    max_word_chars: int
    min_words: int
    terminal_punctuation: bool
    javascript: bool
    policy: bool
    citations: bool
    empty_lines: bool


class FineWebOptions(NamedTuple):
    """Which lines go: repeated ones, and those of at most so many characters that end in no stop (-1 is off)."""

    repeated: bool
    short_chars: int


class _Spans(NamedTuple):
    """Where spans are written; arrays of length 0 only count them."""

    start: np.ndarray
    stop: np.ndarray
    rule: np.ndarray
    first_byte: np.ndarray
    last_byte: np.ndarray


@inner
def _hash_range(codes: np.ndarray, start: int, stop: int) -> np.uint64:
    """Hash of codes[start:stop] as they are, two at a time; never 0."""
    key = np.uint64(stop - start)
    for i in range(start, stop - 1, 2):
        pair = np.uint64(codes[i]) << np.uint64(32) | np.uint64(codes[i + 1])
        key = (key ^ pair) * RADIX
        key ^= key >> np.uint64(32)
    if (stop - start) % 2:
        key = (key ^ np.uint64(codes[stop - 1])) * RADIX
    return mix(key) | np.uint64(1)


@inner
def _note(
    codes: np.ndarray, bounds: tuple[int, int], rule: int, place: tuple[int, int, int], out: _Spans
) -> tuple[int, int, int]:
    """One span. `place` is its number, and a character with the byte it stands at, at or before the span."""
    n, char, byte = place
    if len(out.start) == 0:
        return n + 1, char, byte
    while char < bounds[0]:
        byte += width_of(codes[char])
        char += 1
    out.start[n], out.first_byte[n] = bounds[0], byte
    while char < bounds[1]:
        byte += width_of(codes[char])
        char += 1
    out.stop[n], out.last_byte[n], out.rule[n] = bounds[1], byte, rule
    return n + 1, char, byte


@inner
def _c4_rule(codes: np.ndarray, classes: np.ndarray, lower: np.ndarray, options: C4Options) -> int:
    """The place in C4_RULES of the first rule that takes a trimmed line; -1 keeps it."""
    if len(codes) == 0:
        return _EMPTY if options.empty_lines else -1
    fields, longest = fields_of(classes)
    if longest > options.max_word_chars:
        return _LONG
    if options.citations:
        codes, classes = without_citations(codes, classes)
    marks = marks_of(codes, lower) & ~(LOREM | CURLY)
    marks &= (JAVASCRIPT * options.javascript) | (POLICY * options.policy)
    ended = not options.terminal_punctuation or ends_well(codes)
    rule = first_rule(fields, ended, marks, options.min_words)
    if rule == NO_END:
        return _END
    if rule == FEW_WORDS:
        return _WORDS
    return _SCRIPT if rule == HAS_SCRIPT else _POLICY if rule == HAS_POLICY else -1


@inner
def _note_citations(
    codes: np.ndarray,
    classes: np.ndarray,
    bounds: tuple[int, int],
    place: tuple[int, int, int],
    out: _Spans,
) -> tuple[int, int, int]:
    line, line_classes = codes[bounds[0] : bounds[1]], classes[bounds[0] : bounds[1]]
    i = 0
    while i < len(line):
        stop = citation_end(line, line_classes, i)
        if stop > i:
            span = (bounds[0] + i, bounds[0] + stop)
            place = _note(codes, span, _CITATION, place, out)
        i = max(stop, i + 1)
    return place


@inner
def _cut_c4(
    codes: np.ndarray,
    classes: np.ndarray,
    tables: tuple,
    options: C4Options,
    place: tuple[int, int, int],
    out: _Spans,
) -> tuple[int, int, int]:
    start = 0
    while start < len(codes):
        end, after = next_line(codes, tables[1], start)
        after = min(after, len(codes))
        first, last = trim(classes, start, end)
        rule = _c4_rule(codes[first:last], classes[first:last], tables[2], options)
        if rule >= 0:
            place = _note(codes, (start, after), rule, place, out)
        elif options.citations:
            place = _note_citations(codes, classes, (first, last), place, out)
        start = after
    return place


@inner
def _cut_fineweb(
    codes: np.ndarray,
    classes: np.ndarray,
    tables: tuple,
    options: FineWebOptions,
    place: tuple[int, int, int],
    out: _Spans,
) -> tuple[int, int, int]:
    seen = np.zeros(table_size((codes == _NEWLINE).sum() + 1), np.uint64)
    start = 0
    while start < len(codes):
        end = start
        while end < len(codes) and codes[end] != _NEWLINE:
            end += 1
        after = min(end + 1, len(codes))
        if not is_blank(classes, start, end):
            again = seen_before(seen, _hash_range(codes, start, end))
            short = end - start <= options.short_chars and tables[1][codes[end - 1]] & STOP == 0
            if again and options.repeated:
                place = _note(codes, (start, after), 0, place, out)
            elif short:
                place = _note(codes, (start, after), 1, place, out)
        start = after
    return place


@kernel
def _cut_block(
    source: tuple,
    rows: tuple[int, int],
    tables: tuple,
    options: tuple,
    c4: bool,
    counts: np.ndarray,
    places: np.ndarray,
    out: tuple,
) -> None:
    """Fill `counts` where `out` is empty, else the spans of each document from `places` on."""
    offsets, data = source
    longest = 0
    for d in range(rows[0], rows[1]):
        longest = max(longest, offsets[d + 1] - offsets[d])
    all_codes, all_classes = np.empty(longest, np.int32), np.empty(longest, np.int32)
    spans = _Spans(out[0], out[1], out[2], out[3], out[4])
    for d in range(rows[0], rows[1]):
        n = decode(data[offsets[d] : offsets[d + 1]], tables[0], all_codes, all_classes)
        codes, classes = all_codes[:n], all_classes[:n]
        place = (places[d], 0, offsets[d])
        if c4:
            done = _cut_c4(codes, classes, tables, options[0], place, spans)
        else:
            done = _cut_fineweb(codes, classes, tables, options[1], place, spans)
        counts[d] = done[0] - places[d]


def cut_lines(text: pa.LargeStringArray, options: C4Options | FineWebOptions) -> Refined:
    """Documents without the lines that the rules take, and those lines. `text` has no nulls."""
    utf8 = Utf8.of(text)
    c4 = isinstance(options, C4Options)
    both = (options, _NO_FINEWEB) if c4 else (_NO_C4, options)
    counts, places = np.zeros(len(utf8), np.int64), np.zeros(len(utf8), np.int64)
    kinds = (np.int64, np.int64, np.int16, np.int64, np.int64)

    def run(spans: tuple[np.ndarray, ...]) -> None:
        tables = (class_table(), token_kinds(), lower_table())
        source = (utf8.offsets, utf8.data)
        each_block(
            utf8,
            lambda a, b: _cut_block(source, (a, b), tables, both, c4, counts, places, spans),
        )

    run(tuple(np.empty(0, kind) for kind in kinds))
    places = np.cumsum(counts) - counts
    spans = tuple(np.empty(int(counts.sum()), kind) for kind in kinds)
    if len(spans[0]):
        run(spans)
    row = np.repeat(np.arange(len(utf8)), counts)
    kept, gone = _divide(utf8, row, *spans[3:])
    return Refined(kept, Removed(row, spans[0], spans[1], spans[2], gone))


def _divide(
    utf8: Utf8, row: np.ndarray, first_byte: np.ndarray, last_byte: np.ndarray
) -> tuple[pa.LargeStringArray, pa.LargeStringArray]:
    """The text outside the spans, a document each, and the text inside, a span each."""
    low, high = int(utf8.offsets[0]), int(utf8.offsets[-1])
    edges = np.zeros(high - low + 1, np.int8)
    edges[first_byte - low] += 1  # no two spans begin, or end, at one place
    edges[last_byte - low] -= 1
    inside = np.cumsum(edges[:-1], dtype=np.int8) > 0
    data, sizes = utf8.data[low:high], last_byte - first_byte
    lost = np.bincount(row, sizes, len(utf8)).astype(np.int64)
    return _strings(data[~inside], utf8.n_bytes - lost), _strings(data[inside], sizes)


def _strings(data: np.ndarray, sizes: np.ndarray) -> pa.LargeStringArray:
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(pa.large_string(), len(sizes), buffers)


_NO_C4 = C4Options(0, 0, False, False, False, False, False)
_NO_FINEWEB = FineWebOptions(False, -1)
