"""Lines as they stand, untrimmed: which came before, which end a sentence; and paragraphs that came before.

As datatrove 0.10.1 counts them for Gopher's repetition rules and FineWeb's own rules:

- Gopher: what lies between runs of line feeds, so a document that begins or ends with one has an empty line there
- FineWeb: lines with any character but white space; one ends a sentence if its very last character is a `STOP`
- paragraphs: what lies between two or more line feeds of the trimmed document

A line or paragraph is a duplicate when an equal one came earlier, so of three equal lines two are duplicates.
"""

from __future__ import annotations

import numpy as np

from selection.text.hashing import RADIX, mix, slot_of, table_size
from selection.text.kernel import Row, inner
from selection.text.token_kinds import STOP
from selection.text.unicode_classes import SPACE

RAW_LINES = np.dtype(
    [
        (name, np.int64)
        for name in (
            "n_lines",
            "n_duplicate_lines",
            "duplicate_line_chars",
            "n_filled_lines",
            "n_stop_lines",
            "n_short_lines",
            "duplicate_filled_chars",
            "n_paragraphs",
            "n_duplicate_paragraphs",
            "duplicate_paragraph_chars",
        )
    ]
)
SHORT_CHARS = 30
_NEWLINE = 0x0A


@inner
def seen_before(table: np.ndarray, key: np.uint64) -> bool:
    slot = slot_of(table, key)
    seen = table[slot] == key
    table[slot] = key
    return seen


@inner
def hash_range(codes: np.ndarray, start: int, stop: int) -> np.uint64:
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
def is_blank(classes: np.ndarray, start: int, stop: int) -> bool:
    while start < stop and classes[start] & SPACE:
        start += 1
    return start == stop


@inner
def _take_line(
    codes: np.ndarray,
    classes: np.ndarray,
    kinds: np.ndarray,
    bounds: tuple[int, int],
    table: np.ndarray,
    row: Row,
) -> None:
    """One line that is not empty."""
    start, stop = bounds
    row.n_lines += 1
    seen = seen_before(table, hash_range(codes, start, stop))
    row.n_duplicate_lines += seen
    row.duplicate_line_chars += seen * (stop - start)
    if is_blank(classes, start, stop):
        return
    row.n_filled_lines += 1
    row.n_stop_lines += kinds[codes[stop - 1]] & STOP != 0
    row.n_short_lines += stop - start <= SHORT_CHARS
    row.duplicate_filled_chars += seen * (stop - start)


@inner
def count_raw_lines(
    codes: np.ndarray, classes: np.ndarray, kinds: np.ndarray, n_newlines: int, row: Row
) -> None:
    """Lines of a document into a `RAW_LINES` record."""
    n = len(codes)
    if n == 0:
        return
    table = np.zeros(table_size(n_newlines + 1), np.uint64)
    begin = 0
    for i in range(n + 1):
        if i == n or codes[i] == _NEWLINE:
            if i > begin:
                _take_line(codes, classes, kinds, (begin, i), table, row)
            begin = i + 1
    ends = (codes[0] == _NEWLINE) + (codes[n - 1] == _NEWLINE)  # the empty lines of Gopher's split
    row.n_lines += ends
    row.n_duplicate_lines += ends > 1
    _count_paragraphs(codes, classes, table, row)


@inner
def _count_paragraphs(codes: np.ndarray, classes: np.ndarray, table: np.ndarray, row: Row) -> None:
    table[:] = 0
    start, stop = 0, len(codes)
    while start < stop and classes[start] & SPACE:
        start += 1
    while stop > start and classes[stop - 1] & SPACE:
        stop -= 1
    while start < stop:
        end = start
        while end < stop and (codes[end] != _NEWLINE or codes[end + 1] != _NEWLINE):
            end += 1
        row.n_paragraphs += 1
        if seen_before(table, hash_range(codes, start, end)):
            row.n_duplicate_paragraphs += 1
            row.duplicate_paragraph_chars += end - start
        start = end
        while start < stop and codes[start] == _NEWLINE:
            start += 1
