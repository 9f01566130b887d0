"""C4's rules for one line, and the phrases they look for.

Raffel et al. 2020 (C4), arXiv:1910.10683, section 2.2, as datatrove 0.10.1 applies them, in this order: a word (run
without white space) of more than 1,000 characters; citations such as [12], [edit] and [citation needed] are taken out; no
. ? ! " or ' at the end, or an ellipsis; fewer than 3 words; "javascript"; a phrase about cookies, privacy or terms of use.
"lorem ipsum" and { condemn the document where their line passes what stands before them.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import bare, inner, part
from selection.text.unicode_classes import DIGIT, SPACE

MAX_WORD_CHARS = 1000
MIN_WORDS = 3
LOREM, JAVASCRIPT, POLICY, CURLY = 1, 2, 4, 8
KEPT, LONG_WORD, NO_END, FEW_WORDS, HAS_LOREM, HAS_SCRIPT, HAS_CURLY, HAS_POLICY = range(8)

_PHRASES = (  # phrase, its mark, the place of its rarest letter
    ("javascript", JAVASCRIPT, 0),
    ("lorem ipsum", LOREM, 7),
    ("terms of use", POLICY, 7),
    ("privacy policy", POLICY, 3),
    ("cookie policy", POLICY, 3),
    ("uses cookies", POLICY, 8),
    ("use of cookies", POLICY, 10),
    ("use cookies", POLICY, 7),
)
_STARTS, _STOPS = ("ipsum", "cookies"), ("terms", "privacy", "cookie")
"""How a field of each phrase but the first begins, or how one ends."""
_SOUGHT = (*(phrase for phrase, _, _ in _PHRASES), *_STARTS, *_STOPS)
_SCRIPT, _FIRST_START, _FIRST_STOP = 0, len(_PHRASES), len(_PHRASES) + len(_STARTS)
_LETTERS = np.array([[ord(c) for c in phrase.ljust(16)] for phrase in _SOUGHT], np.int32)
_SIZES = np.array([len(phrase) for phrase in _SOUGHT], np.int32)
_MASKS = np.array([mark for _, mark, _ in _PHRASES], np.int32)
_ANCHORS = np.array([place for _, _, place in _PHRASES], np.int32)
_ANCHORED = np.zeros(128, np.uint8)  # bits of the phrases that have this as their rarest letter
for _bit, (_phrase, _, _place) in enumerate(_PHRASES):
    for _letter in (_phrase[_place], _phrase[_place].upper()):
        _ANCHORED[ord(_letter)] |= 1 << _bit
_OPEN, _CLOSE, _BRACE, _DOT = 0x5B, 0x5D, 0x7B, 0x2E
_EDIT = np.array([ord(c) for c in "edit]"], np.int32)
_NEEDED = np.array([ord(c) for c in "citation needed]"], np.int32)
_ENDS = np.array([ord(c) for c in ".?!\"'"], np.int32)
_J = ord("j")


@bare
def _equals(codes: np.ndarray, start: int, word: np.ndarray) -> bool:
    if start < 0 or start + len(word) > len(codes):
        return False
    i = 0
    while i < len(word) and codes[start + i] == word[i]:
        i += 1
    return i == len(word)


@bare
def _is_phrase(codes: np.ndarray, start: int, phrase: int, lower: np.ndarray) -> bool:
    if start < 0 or start + _SIZES[phrase] > len(codes):
        return False
    i = 0
    while i < _SIZES[phrase] and lower[codes[start + i]] == _LETTERS[phrase, i]:
        i += 1
    return i == _SIZES[phrase]


@bare
def marks_of(codes: np.ndarray, lower: np.ndarray) -> int:
    """Which of LOREM, JAVASCRIPT, POLICY and CURLY a line holds, whatever its case."""
    found = 0
    for i in range(len(codes)):
        code = codes[i]
        if code == _BRACE:
            found |= CURLY
        if code > 127:
            code = lower[code]
        phrases = _ANCHORED[code] if code < 128 else 0
        phrase = 0
        while phrases:
            if phrases & 1 and _is_phrase(codes, i - _ANCHORS[phrase], phrase, lower):
                found |= _MASKS[phrase]
            phrases >>= 1
            phrase += 1
    return found


def _pair(letters: str) -> int:
    return ord(letters[0]) << 8 | ord(letters[1])


_FIRST_PAIRS = tuple(_pair(phrase[:2]) for phrase in _STARTS)
_LAST_PAIRS = tuple(_pair(phrase[-2:]) for phrase in _STOPS)


@part
def may_be_suspect(codes: np.ndarray, has_j: bool) -> bool:
    """Whether `is_suspect` may be true of a field of ASCII letters with at most one mark after them; rarely so."""
    n = len(codes)
    last = codes[n - 1]
    if has_j | (last == _OPEN) | (last == _BRACE):
        return True
    first_pair = (codes[0] | 32) << 8 | (codes[min(1, n - 1)] | 32)
    last_pair = (codes[max(n - 2, 0)] | 32) << 8 | (last | 32)
    found = False
    for pair in _FIRST_PAIRS:
        found |= first_pair == pair
    for pair in _LAST_PAIRS:
        found |= last_pair == pair
    return found


@part
def is_suspect(codes: np.ndarray, lower: np.ndarray) -> bool:
    """Whether the rules have to look at a field: it has [ or {, or may be part of a phrase."""
    n = len(codes)
    found = False
    for i in range(n):
        code = codes[i]
        found |= (code == _OPEN) | (code == _BRACE)
        if code | 32 == _J:
            found |= _is_phrase(codes, i, _SCRIPT, lower)
    for phrase in range(_FIRST_START, _FIRST_STOP):
        found |= _is_phrase(codes, 0, phrase, lower)
    for phrase in range(_FIRST_STOP, len(_SIZES)):
        found |= _is_phrase(codes, n - _SIZES[phrase], phrase, lower)
    return found


@bare
def citation_end(codes: np.ndarray, classes: np.ndarray, i: int) -> int:
    """Where the citation that begins at i ends; i if none begins there."""
    if codes[i] != _OPEN:
        return i
    end = i + 1
    while end < len(codes) and classes[end] & DIGIT:
        end += 1
    if end < len(codes) and codes[end] == _CLOSE:
        return end + 1
    if _equals(codes, i + 1, _EDIT):
        return i + 1 + len(_EDIT)
    return i + 1 + len(_NEEDED) if _equals(codes, i + 1, _NEEDED) else i


@inner
def without_citations(codes: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A line without its citations; the line itself where it has none."""
    i = 0
    while i < len(codes) and citation_end(codes, classes, i) == i:
        i += 1
    if i == len(codes):
        return codes, classes
    kept, kept_classes = np.empty_like(codes), np.empty_like(classes)
    n = i = 0
    while i < len(codes):
        end = citation_end(codes, classes, i)
        if end > i:
            i = end
            continue
        kept[n], kept_classes[n] = codes[i], classes[i]
        n += 1
        i += 1
    return kept[:n], kept_classes[:n]


@bare
def fields_of(classes: np.ndarray) -> tuple[int, int]:
    """How many runs without white space a line has, and how long the longest is."""
    fields = longest = length = 0
    for i in range(len(classes)):
        if classes[i] & SPACE:
            length = 0
            continue
        length += 1
        fields += length == 1
        longest = max(longest, length)
    return fields, longest


@bare
def fields_at_most(classes: np.ndarray, most: int) -> int:
    """How many runs without white space a line has, counted no further than `most`."""
    fields = 0
    before = np.int64(SPACE)
    for i in range(len(classes)):
        flags = np.int64(classes[i])
        fields += (before & ~flags & SPACE) != 0
        before = flags
        if fields == most:
            break
    return fields


@bare
def ends_well(codes: np.ndarray) -> bool:
    """Whether a line ends in terminal punctuation or a straight quote, and not in three full stops."""
    n = len(codes)
    if n == 0:
        return False
    found = False
    for k in range(len(_ENDS)):
        found = found or codes[n - 1] == _ENDS[k]
    dots = n > 2 and codes[n - 1] == _DOT and codes[n - 2] == _DOT and codes[n - 3] == _DOT
    return found and not dots


@bare
def first_rule(fields: int, ended: bool, marks: int, min_words: int) -> int:
    """The first rule that binds for a line without an over-long word: one of KEPT, NO_END, FEW_WORDS, HAS_…"""
    if not ended:
        return NO_END
    if fields < min_words:
        return FEW_WORDS
    if marks & LOREM:
        return HAS_LOREM
    if marks & JAVASCRIPT:
        return HAS_SCRIPT
    if marks & CURLY:
        return HAS_CURLY
    return HAS_POLICY if marks & POLICY else KEPT
