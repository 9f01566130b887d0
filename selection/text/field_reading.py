"""What is in one field: read from its characters, or recalled from a cache.

A field is a maximal run of characters that are not white space. Its words, tokens, RedPajama's words, links and classes of
characters are a function of its characters alone. What is read is added to the document's totals at once; what is recalled, to
sums of 16 bits, as many numbers of which fit a vector of the processor, and these to the totals before one could overflow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from selection.text.characters import add_kinds
from selection.text.field_cache import N_NORMAL, N_TOKENS, N_WORDS, RECORD, Cache
from selection.text.field_counts import (
    HAS_TERMINAL,
    IS_DIVIDED,
    IS_PERSONAL,
    IS_SUSPECT,
    WIDTH,
    place,
)
from selection.text.kernel import part
from selection.text.links import add_ellipses, add_links
from selection.text.personal_data import may_be_personal
from selection.text.plain_words import add_plain, scan_plain
from selection.text.redpajama import add_normal_words, add_plain_word, add_traits
from selection.text.scratch import (
    LONGEST_WORD,
    N_SUMMED,
    NORMAL,
    STOP_WORDS,
    TOKENS,
    WORDS,
    Page,
)
from selection.text.token_counts import add_tokens
from selection.text.tokens import find_tokens
from selection.text.unicode_classes import (
    APOSTROPHE,
    DAMAGE,
    LETTER,
    LINK,
    NON_ASCII,
    TERMINAL,
    UPPER,
    WIDE_TERMINAL,
)
from selection.text.web_rules import is_suspect, may_be_suspect
from selection.text.words import Tables, add_lists, add_words

_MOST_SUMMED = 255  # bytes that 16 bits hold the sum of
_WORD_CHARS = place("words", "word_chars")
_CHARS, _LONGEST = place("characters", "n_chars"), place("words", "longest_word")
_WORD_COUNT, _STOP_WORDS = place("words", "n_words"), place("tokens", "n_stop_words")
_NORMAL_COUNT = place("redpajama", "n_words")
_NOT_PLAIN = NON_ASCII | APOSTROPHE | DAMAGE
_FIELDS, _LETTER_FIELDS = place("words", "n_fields"), place("words", "n_letter_fields")
_TOKEN_COUNT, _NORMAL_CHARS = place("tokens", "n_tokens"), place("redpajama", "word_chars")
_MARKS, _HEAD, _TAIL = (place("field", name) for name in ("marks", "head", "tail"))
_TOKEN_SIZES = place("field", "first_token")


class Field(NamedTuple):
    """What has to be known of a field when it is counted."""

    n_chars: int
    n_words: int
    n_tokens: int
    n_normal: int  # RedPajama's words
    marks: int
    head: int  # characters before its first word
    tail: int  # and after its last


@part
def _add_any(
    page: Page, codes: np.ndarray, classes: np.ndarray, seen: int, tables: Tables
) -> tuple[int, int, int, int]:
    """What `plain_words` finds in plain words, in any field; how many words, tokens and normalised words, and its marks."""
    counts = page.counts
    colons = 0
    if seen & LINK:
        add_ellipses(codes, counts)
        colons = add_links(codes, classes, counts)
    bounds = page.starts, page.stops
    w, n = page.ends[WORDS], page.ends[NORMAL]
    words = add_words(codes, classes, tables, bounds, counts, page.words[w:])
    lists = page.normal[n:], page.normal_ends[n:]
    if words < 2 and seen & _NOT_PLAIN == 0:
        normal = add_plain_word(words, page.words[w], counts, lists)
    else:
        normal = add_normal_words(codes, tables.traits, tables.lower, counts, lists)
    marks = IS_SUSPECT * (seen & DAMAGE != 0) | IS_DIVIDED * (seen & WIDE_TERMINAL != 0)
    marks |= IS_PERSONAL * may_be_personal(codes, seen, colons)
    marks |= add_traits(codes, tables.traits, counts)
    tokens = find_tokens(codes, classes, tables.token_kinds, page.starts, page.stops)
    return words, tokens, normal, marks


@part
def read_field(page: Page, start: int, stop: int, tables: Tables) -> bool:
    """A field, into page.counts and after the ends of page.words, tokens and normal; whether a record can hold it."""
    codes, classes, counts = page.codes[start:stop], page.classes[start:stop], page.counts
    counts[:] = 0
    w, t = page.ends[WORDS], page.ends[TOKENS]
    plain = scan_plain(codes, classes, tables)
    seen = add_kinds(classes[plain.letters :], tables.kinds, counts)
    if plain.letters:
        words = normal = 1
        tokens = 1 + (len(codes) - plain.letters)
        marks = add_plain(page, codes, classes, plain, tables)
        known = plain.letters * (plain.upper == 0), plain.value
        doubtful = may_be_suspect(codes, plain.has_j)
        seen |= LETTER
    else:
        words, tokens, normal, marks = _add_any(page, codes, classes, seen, tables)
        as_written = words < 2 and seen & (_NOT_PLAIN | UPPER) == 0
        known, doubtful = (counts[_WORD_CHARS] * as_written, page.words[w]), True
    kinds = (tables.token_kinds, tables.stop_words)
    bounds = page.starts, page.stops
    add_tokens(codes, classes, kinds, bounds, tokens, counts, page.tokens[t:], known)
    for k in range(tokens):
        page.token_ends[t + k + 1] = page.token_ends[t + k] + page.stops[k] - page.starts[k]
    counts[_FIELDS] = 1
    counts[_LETTER_FIELDS] = seen & LETTER != 0
    marks |= HAS_TERMINAL * (seen & TERMINAL != 0)
    marks |= IS_SUSPECT * (doubtful and is_suspect(codes, tables.lower))
    counts[_MARKS] = marks
    add_lists(page.words[w : w + words], tables, counts)
    fits = (words <= N_WORDS) & (tokens <= N_TOKENS) & (normal <= N_NORMAL)
    return fits & (seen & WIDE_TERMINAL == 0)


@part
def add_counts(page: Page) -> Field:
    """Add page.counts to the document."""
    counts, totals, ends = page.counts, page.totals, page.ends
    for k in range(len(totals)):  # not WIDTH: unrolled, it would not be vectorised
        totals[k] += counts[k]
    return _noted(counts, ends)


@part
def recall_field(page: Page, cache: Cache, record: int) -> Field:
    """What `read_field` and `add_counts` do, from a record. Hashes that it lacks are written too, and nothing counts them."""
    sums, ends = page.sums, page.ends
    first = record * RECORD + RECORD // 2
    counts = cache.counts[first : first + WIDTH]
    for k in range(len(counts)):
        sums[k] += counts[k]
    ends[N_SUMMED] += 1
    if ends[N_SUMMED] == _MOST_SUMMED:
        settle(page)
    at, w, t, n = record * (RECORD // 8) + 2, ends[WORDS], ends[TOKENS], ends[NORMAL]
    for k in range(N_WORDS):
        page.words[w + k] = cache.hashes[at + k]
    end = page.token_ends[t]
    for k in range(N_TOKENS):
        page.tokens[t + k] = cache.hashes[at + N_WORDS + k]
        end += counts[_TOKEN_SIZES + k]
        page.token_ends[t + k + 1] = end
    page.normal[n] = cache.hashes[at + N_WORDS + N_TOKENS]
    page.normal_ends[n + 1] = page.normal_ends[n] + counts[_NORMAL_CHARS]
    return _noted(counts, ends)


@part
def _noted(counts: np.ndarray, ends: np.ndarray) -> Field:
    """The field with these counts, of which what is no sum is noted."""
    ends[LONGEST_WORD] = max(ends[LONGEST_WORD], np.int64(counts[_LONGEST]))
    ends[STOP_WORDS] |= np.int64(counts[_STOP_WORDS])
    return Field(
        np.int64(counts[_CHARS]),  # type: ignore[arg-type]
        np.int64(counts[_WORD_COUNT]),  # type: ignore[arg-type]
        np.int64(counts[_TOKEN_COUNT]),  # type: ignore[arg-type]
        np.int64(counts[_NORMAL_COUNT]),  # type: ignore[arg-type]
        np.int64(counts[_MARKS]),  # type: ignore[arg-type]
        np.int64(counts[_HEAD]),  # type: ignore[arg-type]
        np.int64(counts[_TAIL]),  # type: ignore[arg-type]
    )


@part
def settle(page: Page) -> None:
    """Bring into the totals what was summed up."""
    for k in range(len(page.totals)):
        page.totals[k] += page.sums[k]
    page.sums[:] = 0
    page.ends[N_SUMMED] = 0


@part
def remember_field(page: Page, cache: Cache, key: int) -> None:
    """What `read_field` left, into the record of the field whose key stands at page.keys[key]."""
    record = page.key_places[key + 2]
    at, w, t, n = record * (RECORD // 8), page.ends[WORDS], page.ends[TOKENS], page.ends[NORMAL]
    cache.hashes[at], cache.hashes[at + 1] = page.keys[key], page.keys[key + 1]
    for k in range(N_WORDS):
        cache.hashes[at + 2 + k] = page.words[w + k]
    for k in range(N_TOKENS):
        cache.hashes[at + 2 + N_WORDS + k] = page.tokens[t + k]
    cache.hashes[at + 2 + N_WORDS + N_TOKENS] = page.normal[n]
    for k in range(page.counts[_TOKEN_COUNT]):
        page.counts[_TOKEN_SIZES + k] = page.token_ends[t + k + 1] - page.token_ends[t + k]
    first = record * RECORD + RECORD // 2
    kept = cache.counts[first : first + WIDTH]
    for k in range(len(kept)):
        kept[k] = page.counts[k]
