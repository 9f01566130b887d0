"""Measures: every statistic of every document of a batch, by reading its text once.

Blocks of documents of about equal bytes go to threads; inside a thread, a document is read field by field (`fields`), and what
that leaves on the page is counted by words and by lines while it is in the processor's cache. Signals that want different
statistics of one batch share one reading (each thread remembers its last batch), and those that need every word by itself
read the types that it keeps.

Cost: some 50 MB per CPU second on mixed text, RedPajama's statistics included (a busy AMD EPYC). A thread holds 16 MB of fields
that it met, 270 bytes for each byte of its longest document, and 16 bytes for each type of word of each document of its largest
block. Compiled on first use (some 17 CPU seconds, half of them in a second process, see `warm`), then cached on disk.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.called import Types, address, caller, types_of
from selection.text.characters import kind_rows
from selection.text.field_counts import WIDTH, rows_of
from selection.text.fields import read_fields
from selection.text.kernel import bare, bare_kernel
from selection.text.lexicon import ending_table, word_list_table
from selection.text.lines import LINES, count_lines
from selection.text.measures import Measures, unfolded
from selection.text.memo import once_per_batch
from selection.text.page_lines import PAGE_LINES, Found, count_page_lines
from selection.text.personal_data import PERSONAL, count_personal
from selection.text.raw_lines import RAW_LINES, Feeds, count_paragraphs, count_raw_lines
from selection.text.redpajama import (
    REDPAJAMA,
    count_line_shares,
    count_normal_words,
    traits_table,
)
from selection.text.repetition import REPETITION, count_repetition
from selection.text.scratch import (
    BREAKS,
    CANDIDATES,
    FIRST_BYTE,
    FIRST_CHAR,
    LAST_BYTE,
    LAST_CHAR,
    LONGEST_FIELD,
    NEWLINES,
    NORMAL,
    SUSPECTS,
    Page,
    Scratch,
)
from selection.text.scratch import (
    SENTENCES as N_SENTENCES,
)
from selection.text.scratch import (
    TOKENS as N_TOKENS,
)
from selection.text.scratch import (
    WORDS as N_WORDS,
)
from selection.text.second_compiler import ahead
from selection.text.sentences import SENTENCES
from selection.text.token_counts import stop_words
from selection.text.token_kinds import token_kinds
from selection.text.tools import Tools, borrowed
from selection.text.unicode_classes import class_table, lower_table
from selection.text.vocabulary import VOCABULARY, count_vocabulary, number_types
from selection.text.web_rules import MAX_WORD_CHARS
from selection.text.words import LISTED, Tables

if TYPE_CHECKING:
    import pyarrow as pa


@cache
def tables() -> Tables:
    """The tables that every kernel call needs, made once per process."""
    lists = word_list_table()
    return Tables(
        class_table(),
        kind_rows(),
        lower_table(),
        lists,
        rows_of(lists.set_bits, LISTED).ravel(),
        ending_table(),
        token_kinds(),
        stop_words(),
        traits_table(),
    )


@bare
def _measure_words(page: Page, d: int, scratch: Scratch, out: tuple) -> None:
    """Row d of what the three ways to divide a text into words give; the types of words are left in `scratch`."""
    n_words, n_tokens, n_normal = page.ends[N_WORDS], page.ends[N_TOKENS], page.ends[NORMAL]
    count_repetition(page.tokens[:n_tokens], page.token_ends, scratch, out[1][d])
    count_normal_words(page.normal[:n_normal], page.normal_ends, scratch, out[2][d])
    n_types = number_types(page.words[:n_words], scratch)
    types, counts = scratch.types[:n_words], scratch.type_counts[:n_types]
    count_vocabulary(types, counts, scratch.slots[:n_types], out[0][d])


@bare
def _measure_lines(
    n_chars: int, n_bytes: int, page: Page, table: np.ndarray, tables: Tables, d: int, out: tuple
) -> None:
    """Row d of what the four ways to divide a text into lines give."""
    ends, kinds = page.ends, tables.token_kinds
    codes, classes = page.codes[:n_chars], page.classes[:n_chars]
    newlines = page.newlines[: ends[NEWLINES]]
    count_line_shares(n_chars, newlines, page.newline_sums, out[2][d])
    count_lines(codes, classes, newlines, out[3][d])
    feeds = Feeds(newlines, page.newline_bytes[: ends[NEWLINES]])
    count_raw_lines(codes, classes, kinds, page.data, feeds, n_bytes, table, out[4][d])
    bounds = ends[FIRST_CHAR], ends[LAST_CHAR]
    byte_bounds = ends[FIRST_BYTE], ends[LAST_BYTE]
    count_paragraphs(page.data, feeds, bounds, byte_bounds, table, out[4][d])
    found = Found(
        page.breaks[: ends[BREAKS]],
        page.suspects[: ends[SUSPECTS]],
        page.sentences[: ends[N_SENTENCES]],
    )
    long_words = ends[LONGEST_FIELD] > MAX_WORD_CHARS
    count_page_lines(codes, classes, found, long_words, tables.lower, out[5][d])


@bare_kernel
def measure_page(
    n_chars: int, n_bytes: int, tables: Tables, d: int, tools: Tools, out: tuple
) -> None:
    """Row d of what has to be looked for in a document after its fields were read.

    A kernel of its own, called where it lies in memory, so that it can be compiled while the rest is, see `warm`.
    """
    page, scratch = tools.page, tools.scratch
    _measure_words(page, d, scratch, out)
    _measure_lines(n_chars, n_bytes, page, scratch.table, tables, d, out)
    n = page.ends[CANDIDATES]
    if n:
        codes, classes = page.codes[:n_chars], page.classes[:n_chars]
        words = page.candidates[:n], page.candidate_stops[:n]
        count_personal(codes, classes, words[0], words[1], page.groups, out[7][d])


@cache
def page_types() -> Types:
    """Of the arguments of `measure_page`."""
    with borrowed(0, 0) as tools:
        return types_of(0, 0, tables(), 0, tools, empty_rows(1))


_measure_page_at = caller(page_types)


@bare
def _measure_document(
    document: np.ndarray,
    tables: Tables,
    d: int,
    tools: Tools,
    totals: np.ndarray,
    out: tuple,
    page_at: int,
) -> int:
    """Row d of everything; the number of types of words, which are left in the tools."""
    page = tools.page
    n_chars = read_fields(document, page, tables, tools.cache, out[6][d])
    for k in range(len(page.totals)):
        totals[d, k] = page.totals[k]
    _measure_page_at(page_at, (n_chars, len(document), tables, d, tools, out))
    return out[0][d].n_types


@bare_kernel
def _measure_block(
    utf8: tuple[np.ndarray, np.ndarray],
    rows: tuple[int, int],
    tables: Tables,
    tools: Tools,
    totals: np.ndarray,
    out: tuple,
    page_at: int,
) -> int:
    """Rows rows[0]..rows[1] of every array of `out`; all their types are left in the tools, and how many these are.

    `page_at` is the address of `measure_page`.
    """
    offsets, data = utf8
    hashes, counts, starts = tools.types
    page, scratch = tools.page, tools.scratch
    n = 0
    for d in range(rows[0], rows[1]):
        document = data[offsets[d] : offsets[d + 1]]
        n_types = _measure_document(document, tables, d, tools, totals, out, page_at)
        for k in range(n_types):
            hashes[n + k], counts[n + k] = scratch.type_hashes[k], scratch.type_counts[k]
        for w in range(page.ends[N_WORDS] - 1, -1, -1):  # the first occurrence is written last
            starts[n + scratch.types[w]] = page.word_fields[w]
        n += n_types
    return n


def compile_block() -> None:
    """`_measure_block`, without `measure_page`."""
    utf8 = np.frombuffer(bytes(8), np.int64), np.frombuffer(bytes(1), np.uint8)
    totals = np.zeros((1, WIDTH), np.int32)
    with borrowed(0, 0) as tools:
        wanted = types_of(utf8, (0, 0), tables(), tools, totals, empty_rows(1), 0)
    _measure_block.compile(wanted)


def empty_rows(n_docs: int) -> tuple[np.ndarray, ...]:
    """The records that `_measure_block` fills."""
    families = (VOCABULARY, REPETITION, REDPAJAMA, LINES, RAW_LINES, PAGE_LINES, SENTENCES)
    return tuple(np.zeros(n_docs, family) for family in (*families, PERSONAL))


@once_per_batch
def measure(text: pa.StringArray | pa.LargeStringArray) -> Measures:
    """All statistics of every document of an Arrow string array without nulls."""
    ahead(_measure_block)
    utf8, known, page_at = Utf8.of(text), tables(), address(measure_page, page_types())
    totals, out = np.zeros((len(utf8), WIDTH), np.int32), empty_rows(len(utf8))
    types: dict[int, tuple[np.ndarray, ...]] = {}

    def run(first: int, last: int) -> None:
        n_bytes = utf8.n_bytes[first:last]
        most_types = (int(n_bytes.sum()) + last - first) // 2
        with borrowed(int(n_bytes.max(initial=0)), most_types) as tools:
            text = utf8.offsets, utf8.data
            n = _measure_block(text, (first, last), known, tools, totals, out, page_at)
            types[first] = tuple(each[:n].copy() for each in tools.types)

    each_block(utf8, run)
    found = [types[first] for first in sorted(types)]
    joined = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
    return unfolded(utf8.n_bytes, totals, out, *joined)
