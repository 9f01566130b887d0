r"""A document rewritten byte by byte into the letters that tokens are compared by, and where each token begins and ends.

A *spelling* is two tables over code points: the code point that is written instead, and its class (0 between tokens, else
the kind of token it belongs to; a token is a maximal run of one class). The one here is WordPunct: what the pattern
`\w+|[^\w\s]+` finds in the lower-cased text, words and runs of anything else that is not white space.

- `\w` is a word character of Unicode Technical Standard 18, annex C (alphabetic, marks, decimal digits, connectors), as
  the engine `regex` has it and NLTK with it since 3.10. Python's own `re`, and older NLTK, leave out the marks, which tears
  up words of India, and take in numbers such as ¹ and ½.
- a capital sigma at the end of a word becomes ς, as in Python's `lower` (the rule Final_Sigma of the Unicode Standard, 3.13)
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from selection.text.kernel import bare, inner
from selection.text.load8 import PADDING
from selection.text.unicode_classes import N_CODE_POINTS, SPACE, class_table

_GROWTH = 2  # a spelled document is at most this many times as long, in bytes
BETWEEN, WORD, OTHER = range(3)
_ASSIGNED = (range(0x34000), range(0xE0000, 0xE0200))  # what Unicode 17 gives a meaning
_WORD_CATEGORIES = frozenset(["Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Nd", "Mn", "Mc", "Me", "Pc"])
_ALPHABETIC_SYMBOLS = (
    range(0x200C, 0x200E),  # joiners
    range(0x24B6, 0x24EA),  # circled letters
    range(0x1F130, 0x1F14A),
    range(0x1F150, 0x1F16A),
    range(0x1F170, 0x1F18A),
)
_DOTTED_I = 0x130  # the one character whose lower case is two: i and a dot above
_DOT_ABOVE = 0x307
_CAPITAL_SIGMA, _FINAL_SIGMA = 0x3A3, 0x3C2  # the one whose lower case is up to its neighbours
_CASED, _IGNORABLE = 1, 2


class Spelling(NamedTuple):
    """The tables; the first 128 entries again as bytes, for documents that are ASCII."""

    written: np.ndarray  # (N_CODE_POINTS,) int32
    classes: np.ndarray  # (N_CODE_POINTS,) uint8
    casing: np.ndarray  # (N_CODE_POINTS,) uint8: 1 a letter with upper and lower case, 2 passed over in search of one
    ascii_written: np.ndarray  # (256,) uint8
    ascii_classes: np.ndarray  # (256,) uint8


class Page(NamedTuple):
    """Room for the spelling of one document at a time."""

    letters: np.ndarray  # uint8, padded for `load8`
    starts: np.ndarray  # int32, of each token in `letters`
    stops: np.ndarray  # int32


@inner
def blank_page(n_bytes: int) -> Page:
    """Room for documents of at most this many bytes."""
    size = _GROWTH * n_bytes
    return Page(
        np.empty(size + PADDING, np.uint8),
        np.empty(size + 1, np.int32),
        np.empty(size + 1, np.int32),
    )


@cache
def wordpunct() -> Spelling:
    """Lower case, and the classes of WordPunct."""
    written = np.arange(N_CODE_POINTS, dtype=np.int32)
    classes = np.full(N_CODE_POINTS, OTHER, np.uint8)
    for part in _ASSIGNED:
        for code in part:
            lower = chr(code).lower()
            if len(lower) == 1:
                written[code] = ord(lower)
            if unicodedata.category(chr(code)) in _WORD_CATEGORIES:
                classes[code] = WORD
    for part in _ALPHABETIC_SYMBOLS:
        classes[part.start : part.stop] = WORD
    classes[class_table() & SPACE > 0] = BETWEEN
    ascii_written = written[:256].astype(np.uint8)
    return Spelling(written, classes, _casing(), ascii_written, classes[:256].copy())


def _casing() -> np.ndarray:
    """Unicode's Cased and Case_Ignorable, which Python does not tell: seen by what its `lower` makes of a sigma behind."""
    places = np.r_[*(slice(part.start, part.stop) for part in _ASSIGNED)]
    codes = places.astype("<u4")
    codes[_DOTTED_I] = ord("I")  # its lower case would move all that follow

    def ends_word(before: str) -> np.ndarray:
        rows = np.empty((len(codes), 4), "<u4")
        rows[:] = ord("\n"), ord(before), 0, _CAPITAL_SIGMA
        rows[:, 2] = codes
        lower = rows.tobytes().decode("utf-32-le", "surrogatepass").lower()
        written = np.frombuffer(lower.encode("utf-32-le", "surrogatepass"), "<u4")
        return written.reshape(rows.shape)[:, 3] == _FINAL_SIGMA

    cased, either = ends_word("\n"), ends_word("a")
    casing = np.zeros(N_CODE_POINTS, np.uint8)
    casing[places] = np.where(cased, _CASED, np.where(either, _IGNORABLE, 0))
    return casing


@inner
def is_ascii(document: np.ndarray) -> Any:
    """Whether no byte has its highest bit."""
    bits = np.uint8(0)
    for byte in document:
        bits |= byte
    return bits < np.uint8(0x80)


@inner
def write_code(code: int, out: np.ndarray, at: int) -> int:
    """UTF-8 of one code point into `out` from `at` on; where it ends."""
    if code < 0x80:
        out[at] = code
        return at + 1
    if code < 0x800:
        out[at] = 0xC0 | code >> 6
    else:
        if code < 0x10000:
            out[at] = 0xE0 | code >> 12
        else:
            out[at] = 0xF0 | code >> 18
            at += 1
            out[at] = 0x80 | (code >> 12) & 0x3F
        at += 1
        out[at] = 0x80 | (code >> 6) & 0x3F
    out[at + 1] = 0x80 | code & 0x3F
    return at + 2


@inner
def read_code(data: np.ndarray, i: int) -> Any:
    """The code point at byte i of valid UTF-8, and where the next one begins."""
    first = np.int64(data[i])
    if first < 0x80:
        return first, i + 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | np.int64(data[i + 1]) & 0x3F, i + 2
    code = (np.int64(data[i + 1]) & 0x3F) << 6 | np.int64(data[i + 2]) & 0x3F
    if first < 0xF0:
        return (first & 0x0F) << 12 | code, i + 3
    return (first & 0x07) << 18 | code << 6 | np.int64(data[i + 3]) & 0x3F, i + 4


@inner
def _spell_ascii(document: np.ndarray, spelling: Spelling, page: Page) -> int:
    """Without a branch per byte: bounds are written always, and their number grows where a class changes."""
    n_starts = n_stops = 0
    before = np.uint8(0)
    for i in range(len(document)):
        byte = document[i]
        page.letters[i] = spelling.ascii_written[byte]
        here = spelling.ascii_classes[byte]
        changed = here != before
        page.starts[n_starts] = i
        n_starts += changed & (here != 0)
        page.stops[n_stops] = i
        n_stops += changed & (before != 0)
        before = here
    if before != 0:
        page.stops[n_stops] = len(document)
    return n_starts


@bare
def _is_final(document: np.ndarray, i: int, casing: np.ndarray) -> Any:
    """Whether the capital sigma that ends before byte i ends a word."""
    at, kind = i - 2, _IGNORABLE
    while at > 0 and kind == _IGNORABLE:
        at -= 1
        while document[at] & 0xC0 == 0x80:
            at -= 1
        kind = casing[read_code(document, at)[0]]
    if kind != _CASED:
        return False
    kind = _IGNORABLE
    while i < len(document) and kind == _IGNORABLE:
        code, i = read_code(document, i)
        kind = casing[code]
    return kind != _CASED


@inner
def _spell_any(document: np.ndarray, spelling: Spelling, page: Page) -> int:
    n_starts = n_stops = i = at = 0
    before = np.uint8(0)
    while i < len(document):
        code, i = read_code(document, i)
        here = spelling.classes[code]
        if here != before:
            page.starts[n_starts] = page.stops[n_stops] = at
            n_starts += here != 0
            n_stops += before != 0
        before = here
        if code == _DOTTED_I:
            at = write_code(ord("i"), page.letters, at)
            code = _DOT_ABOVE
        elif code == _CAPITAL_SIGMA and _is_final(document, i, spelling.casing):
            code = _FINAL_SIGMA
        at = write_code(spelling.written[code], page.letters, at)
    if before != 0:
        page.stops[n_stops] = at
    return n_starts


@inner
def spell(document: np.ndarray, spelling: Spelling, page: Page) -> int:
    """Fill the page; the number of tokens."""
    if is_ascii(document):
        return _spell_ascii(document, spelling, page)
    return _spell_any(document, spelling, page)
