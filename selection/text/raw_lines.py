"""Lines as they stand, untrimmed: which came before, which end a sentence; and paragraphs that came before.

As datatrove 0.10.1 counts them for Gopher's repetition rules and FineWeb's own rules:

- Gopher: what lies between runs of line feeds, so a document that begins or ends with one has an empty line there
- FineWeb: lines with any character but white space; one ends a sentence if its very last character is a `STOP`
- paragraphs: what lies between two or more line feeds of the trimmed document

A line or paragraph is a duplicate when an equal one came earlier, so of three equal lines two are duplicates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from selection.text.hashing import hash_bytes, slot_of, table_size
from selection.text.kernel import Row, bare
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


@bare
def seen_before(table: np.ndarray, key: np.uint64) -> bool:
    slot = slot_of(table, key)
    seen = table[slot] == key
    table[slot] = key
    return seen


@bare
def is_blank(classes: np.ndarray, start: int, stop: int) -> bool:
    while start < stop and classes[start] & SPACE:
        start += 1
    return start == stop


@bare
def _take_line(
    codes: np.ndarray,
    classes: np.ndarray,
    kinds: np.ndarray,
    bounds: tuple[int, int],
    seen: bool,
    row: Row,
) -> None:
    """One line that is not empty, and whether it came before."""
    start, stop = bounds
    row.n_lines += 1
    row.n_duplicate_lines += seen
    row.duplicate_line_chars += seen * (stop - start)
    if is_blank(classes, start, stop):
        return
    row.n_filled_lines += 1
    row.n_stop_lines += kinds[codes[stop - 1]] & STOP != 0
    row.n_short_lines += stop - start <= SHORT_CHARS
    row.duplicate_filled_chars += seen * (stop - start)


class Feeds(NamedTuple):
    """Where line feeds stand, in characters and in bytes. (n_newlines,) int32 each"""

    places: np.ndarray
    byte_places: np.ndarray


@bare
def count_raw_lines(
    codes: np.ndarray,
    classes: np.ndarray,
    kinds: np.ndarray,
    data: np.ndarray,
    feeds: Feeds,
    n_bytes: int,
    table: np.ndarray,
    row: Row,
) -> None:
    """Lines of a document into a `RAW_LINES` record; `data` are its n_bytes bytes, and at least seven more."""
    n, n_feeds = len(codes), len(feeds.places)
    if n == 0:
        return
    table = table[: table_size(n_feeds + 1)]
    table[:] = 0
    begin = first = 0
    for i in range(n_feeds + 1):
        stop = np.int64(feeds.places[i]) if i < n_feeds else n
        last = np.int64(feeds.byte_places[i]) if i < n_feeds else n_bytes
        if stop > begin:
            seen = seen_before(table, hash_bytes(data, first, last))
            _take_line(codes, classes, kinds, (begin, stop), seen, row)
        begin, first = stop + 1, last + 1
    ends = (codes[0] == _NEWLINE) + (codes[n - 1] == _NEWLINE)  # the empty lines of Gopher's split
    row.n_lines += ends
    row.n_duplicate_lines += ends > 1


@bare
def count_paragraphs(
    data: np.ndarray,
    feeds: Feeds,
    bounds: tuple[int, int],
    byte_bounds: tuple[int, int],
    table: np.ndarray,
    row: Row,
) -> None:
    """Paragraphs into the same record, of a document whose first and last field begin and end at the bounds."""
    places, byte_places = feeds
    begin, first = bounds[0], byte_bounds[0]
    table = table[: table_size(len(places) + 1)]
    table[:] = 0
    i = 0
    while i < len(places) and places[i] < begin:
        i += 1
    while begin < bounds[1]:
        while i + 1 < len(places) and places[i + 1] != places[i] + 1:
            i += 1
        ends = i + 1 < len(places) and places[i] < bounds[1]
        stop = np.int64(places[i]) if ends else bounds[1]
        last = np.int64(byte_places[i]) if ends else byte_bounds[1]
        row.n_paragraphs += 1
        if seen_before(table, hash_bytes(data, first, last)):
            row.n_duplicate_paragraphs += 1
            row.duplicate_paragraph_chars += stop - begin
        if not ends:
            break
        while i + 1 < len(places) and places[i + 1] == places[i] + 1:
            i += 1
        begin, first = np.int64(places[i]) + 1, np.int64(byte_places[i]) + 1
        i += 1
