"""Scratch: the arrays that kernels work in, made once for the longest document of a block, and kept for the next one.

Their pages are touched only as far as a document reaches, so short documents stay in the processor's cache.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from selection.text.field_counts import WIDTH
from selection.text.hashing import table_size
from selection.text.personal_numbers import MOST_GROUPS

WORDS, TOKENS, NORMAL, NEWLINES, BREAKS, SUSPECTS, SENTENCES, CANDIDATES = range(8)
AFTER_WORD, DOUBT, INSIDE, LINE_END, LONGEST_FIELD = range(8, 13)
FIRST_CHAR, LAST_CHAR, FIRST_BYTE, LAST_BYTE = range(13, 17)
SCANNED, KEYS_FOUND, KEYS_USED = range(17, 20)
LONGEST_WORD, STOP_WORDS, N_SUMMED, N_ENDS = range(20, 24)
"""What stands where in `Page.ends`: lengths of lists, then what goes from field to field."""
AHEAD = 16  # fields whose keys are known before they are read, a power of two
PADDING = 24  # of the bytes and of lists that records of `field_cache` are copied to


class Page(NamedTuple):
    """One document as it is read, valid until the next one. What has no length of its own has it in `ends`."""

    data: np.ndarray  # (longest + PADDING,) uint8, the document, white space after it
    codes: np.ndarray  # (longest,) uint32 code points
    classes: np.ndarray  # (longest,) uint32 flags
    words: np.ndarray  # (longest + PADDING,) uint64 hashes
    word_fields: np.ndarray  # (longest + PADDING,) int32, first byte of each word's field
    tokens: np.ndarray  # (longest + PADDING,) uint64 hashes
    token_ends: np.ndarray  # (longest + PADDING,) int64, characters of tokens up to each
    normal: np.ndarray  # (longest + PADDING,) uint64 hashes of RedPajama's words
    normal_ends: np.ndarray  # (longest + PADDING,) int64
    newlines: np.ndarray  # (longest,) int32, where a line feed stands
    newline_bytes: np.ndarray  # (longest,) int32, the same in bytes
    newline_sums: np.ndarray  # (longest + 1, 5) int32, see `redpajama`
    breaks: np.ndarray  # (longest,) int32, where a line ends by Python's splitlines
    suspects: np.ndarray  # (2 * longest,) int32, near what C4's rules have to look at
    sentences: np.ndarray  # (longest,) int32, where sentences begin
    candidates: np.ndarray  # (longest,) int32, where words begin that may be personal data
    candidate_stops: np.ndarray  # (longest,) int32
    ends: (
        np.ndarray
    )  # (N_ENDS,) int64, how long the lists are and what else goes from field to field
    counts: np.ndarray  # (WIDTH,) int32 of a field
    totals: np.ndarray  # (WIDTH,) int32 of the document
    sums: np.ndarray  # (WIDTH,) uint16, what is not yet in the totals, see `field_reading`
    keys: np.ndarray  # (3 * AHEAD,) uint64, see `field_cache`
    key_places: np.ndarray  # (3 * AHEAD,) int64
    groups: np.ndarray  # (MOST_GROUPS, 4) int64, see `personal_numbers`
    starts: np.ndarray  # (longest,) int32 of words or tokens in a field
    stops: np.ndarray  # (longest,) int32


class Scratch(NamedTuple):
    """For counting types and n-grams; what is in them is of one list of hashes and valid until the next one."""

    types: np.ndarray  # (longest,) int32, number of each word's type
    type_hashes: np.ndarray  # (longest,) uint64
    type_counts: np.ndarray  # (longest,) int32, occurrences of each type
    places: np.ndarray  # (longest,) int32, words where n-grams of interest begin
    grams: np.ndarray  # (longest,) uint64, hash of the n-gram that begins at each word
    table: np.ndarray  # (table_size(longest),) uint64, for `hashing.slot_of`
    slots: np.ndarray  # (table_size(longest),) int32
    counts: np.ndarray  # (table_size(longest),) int32


def _rooms() -> Callable[[int, type], np.ndarray]:
    """A maker of arrays that each begin at another place within a page of memory.

    Large arrays all begin at the same one, and would fight for the same few lines of the processor's cache.
    """
    places = itertools.cycle(range(0, 4096, 320))

    def room(n: int, kind: type) -> np.ndarray:
        skipped = next(places) // np.dtype(kind).itemsize
        return np.zeros(n + skipped, kind)[skipped:]

    return room


def new_page(longest: int) -> Page:
    """For documents of at most `longest` bytes."""
    room = _rooms()
    return Page(
        data=room(longest + PADDING, np.uint8),
        codes=room(longest, np.uint32),
        classes=room(longest, np.uint32),
        words=room(longest + PADDING, np.uint64),
        word_fields=room(longest + PADDING, np.int32),
        tokens=room(longest + PADDING, np.uint64),
        token_ends=room(longest + PADDING, np.int64),
        normal=room(longest + PADDING, np.uint64),
        normal_ends=room(longest + PADDING, np.int64),
        newlines=room(longest, np.int32),
        newline_bytes=room(longest, np.int32),
        newline_sums=room(5 * (longest + 1), np.int32).reshape(-1, 5),
        breaks=room(longest, np.int32),
        suspects=room(2 * longest, np.int32),
        sentences=room(longest, np.int32),
        candidates=room(longest, np.int32),
        candidate_stops=room(longest, np.int32),
        ends=room(N_ENDS, np.int64),
        counts=room(WIDTH, np.int32),
        totals=room(WIDTH, np.int32),
        sums=room(WIDTH, np.uint16),
        keys=room(3 * AHEAD, np.uint64),
        key_places=room(3 * AHEAD, np.int64),
        groups=room(4 * MOST_GROUPS, np.int64).reshape(-1, 4),
        starts=room(longest, np.int32),
        stops=room(longest, np.int32),
    )


def new_scratch(longest: int) -> Scratch:
    """For documents of at most `longest` bytes."""
    room, size = _rooms(), table_size(longest + 1)
    return Scratch(
        types=room(longest, np.int32),
        type_hashes=room(longest, np.uint64),
        type_counts=room(longest, np.int32),
        places=room(longest, np.int32),
        grams=room(longest, np.uint64),
        table=room(size, np.uint64),
        slots=room(size, np.int32),
        counts=room(size, np.int32),
    )
