"""Measures: every statistic of every document of a batch, by reading its text once.

Blocks of documents of about equal bytes go to threads; inside a thread, a document is decoded once and all kernels run
over it while it is in the processor's cache. Signals that want different statistics of one batch share one reading
(`measure` remembers the last few batches), and those that need every word by itself read the hashes that it keeps.

Cost: some 20 MB/s per core on mixed text, measured on busy cores; memory is that of the longest document of a
block, some 50 times its characters. Compiled on first use (some 20 s of one core), then cached on disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.characters import count_kinds, unfold_kinds
from selection.text.decode import decode
from selection.text.kernel import inner, kernel
from selection.text.lexicon import ending_table, word_list_table
from selection.text.lines import LINES, count_lines
from selection.text.links import LINKS, count_links
from selection.text.memo import once_per_batch
from selection.text.page_lines import PAGE_LINES, count_page_lines
from selection.text.personal_data import PERSONAL, count_personal
from selection.text.raw_lines import RAW_LINES, count_raw_lines
from selection.text.repetition import REPETITION, count_repetition
from selection.text.scratch import Scratch, longest_of, new_scratch
from selection.text.sentences import SENTENCES, count_sentences
from selection.text.token_counts import TOKENS, count_tokens, stop_word_keys
from selection.text.token_kinds import token_kinds
from selection.text.tokens import find_tokens
from selection.text.unicode_classes import class_table, kind_flags, lower_table
from selection.text.vocabulary import VOCABULARY, count_vocabulary, number_types
from selection.text.words import (
    WORDS,
    Tables,
    count_fields,
    count_listed,
    describe_words,
    find_words,
    unfold_lists,
)

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Measures:
    """Structured arrays of (n_docs,), one a family; the fields of each stand in the file of its kernel."""

    characters: np.ndarray
    links: np.ndarray
    words: np.ndarray
    sentences: np.ndarray
    lines: np.ndarray
    vocabulary: np.ndarray
    tokens: np.ndarray
    repetition: np.ndarray
    raw_lines: np.ndarray
    page_lines: np.ndarray
    personal: np.ndarray
    hashes: np.ndarray  # (n_words of all documents,) uint64, in order of the text

    @property
    def word_offsets(self) -> np.ndarray:
        """The hashes of document i are hashes[word_offsets[i] : word_offsets[i + 1]]. (n_docs + 1,) int64"""
        return np.concatenate([[0], np.cumsum(self.words["n_words"])])


@cache
def tables() -> Tables:
    """The tables that every kernel call needs, made once per process."""
    lists = word_list_table()
    return Tables(
        class_table(),
        lower_table(),
        lists.keys,
        lists.sets,
        ending_table(),
        token_kinds(),
        stop_word_keys(),
    )


@inner
def _measure_document(n_chars: int, tables: Tables, d: int, scratch: Scratch, out: tuple) -> int:
    """Row d of the arrays of `out`, from the decoded characters in `scratch`; the number of words."""
    kinds, sets, links, words, sentences, lines, vocabulary = out[:7]
    codes, classes = scratch.codes[:n_chars], scratch.classes[:n_chars]
    count_kinds(classes, kinds[d])
    count_links(codes, classes, links[d])
    count_lines(codes, classes, lines[d])
    n = find_words(classes, scratch.starts, scratch.stops)
    starts, stops, hashes = scratch.starts[:n], scratch.stops[:n], scratch.hashes[:n]
    describe_words(codes, classes, starts, stops, tables, hashes, words[d])
    count_listed(hashes, tables, sets[d])
    count_fields(classes, starts, stops, words[d])
    count_sentences(codes, classes, starts, stops, sentences[d])
    count_page_lines(codes, classes, starts, stops, tables.token_kinds, tables.lower, out[10][d])
    count_personal(codes, classes, starts, stops, out[11][d])
    n_types = number_types(hashes, scratch)
    count_vocabulary(scratch.types[:n], scratch.type_counts[:n_types], vocabulary[d])
    return n


@inner
def _measure_rules(n_chars: int, tables: Tables, d: int, scratch: Scratch, out: tuple) -> None:
    """What the filters of the literature count: row d of the arrays behind those of `_measure_document`."""
    lines, tokens, repetition, raw_lines = out[5], out[7], out[8], out[9]
    codes, classes, kinds = scratch.codes[:n_chars], scratch.classes[:n_chars], tables.token_kinds
    n = find_tokens(codes, classes, kinds, scratch.starts, scratch.stops)
    starts, stops, hashes = scratch.starts[:n], scratch.stops[:n], scratch.hashes[:n]
    count_tokens(codes, classes, kinds, tables.stop_keys, starts, stops, hashes, tokens[d])
    count_repetition(hashes, starts, stops, scratch, repetition[d])
    count_raw_lines(codes, classes, kinds, lines[d].n_newlines, raw_lines[d])


@kernel
def _measure_block(
    offsets: np.ndarray, data: np.ndarray, first: int, last: int, tables: Tables, out: tuple
) -> np.ndarray:
    """Rows first..last of every array of `out`; the hashes of all their words, uint64."""
    scratch = new_scratch(longest_of(offsets, first, last))
    hashes = np.empty((offsets[last] - offsets[first] + last - first) // 2, np.uint64)
    n_hashes = 0
    for d in range(first, last):
        document = data[offsets[d] : offsets[d + 1]]
        n_chars = decode(document, tables.classes, scratch.codes, scratch.classes)
        n = _measure_document(n_chars, tables, d, scratch, out)
        hashes[n_hashes : n_hashes + n] = scratch.hashes[:n]
        n_hashes += n
        _measure_rules(n_chars, tables, d, scratch, out)
    return hashes[:n_hashes].copy()


def empty_rows(n_docs: int) -> tuple[np.ndarray, ...]:
    """What `_measure_block` fills: histograms of kinds and of lists, then a record of every family per document."""
    families = (LINKS, WORDS, SENTENCES, LINES, VOCABULARY, TOKENS, REPETITION)
    families += (RAW_LINES, PAGE_LINES, PERSONAL)
    return (
        np.zeros((n_docs, len(kind_flags())), np.int32),
        np.zeros((n_docs, len(word_list_table().set_bits)), np.int32),
        *(np.zeros(n_docs, family) for family in families),
    )


@once_per_batch
def measure(text: pa.StringArray | pa.LargeStringArray) -> Measures:
    """All statistics of every document of an Arrow string array without nulls."""
    from selection.text.warm import ahead

    ahead()
    utf8, known = Utf8.of(text), tables()
    out = empty_rows(len(utf8))
    hashes: dict[int, np.ndarray] = {}

    def run(first: int, last: int) -> None:
        hashes[first] = _measure_block(utf8.offsets, utf8.data, first, last, known, out)

    each_block(utf8, run)
    kinds, sets, links, words, *others = out
    unfold_lists(sets, words)
    found = np.concatenate([np.zeros(0, np.uint64), *(hashes[first] for first in sorted(hashes))])
    return Measures(unfold_kinds(utf8.n_bytes, kinds), links, words, *others, hashes=found)
