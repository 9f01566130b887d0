"""Cuts a long document at paragraph boundaries into chunks of at most about so many words.

Paragraphs are gathered greedily while they fit. A paragraph that alone is longer is cut at line ends, else at sentence
ends, else between words. In scripts without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) every character counts as a
word. Nothing is lost but the white space at the cuts.
"""

from __future__ import annotations

import re

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_CUTS = (
    re.compile(r"\n[ \t\r]*\n\s*"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?])\s+|(?<=[。！？])"),
)


def count_words(text: str) -> int:
    """Words by white space; characters in scripts without spaces."""
    return len(text.split()) if text.isascii() else sum(1 for _ in _WORD.finditer(text))


def chunks(text: str, chunk_words: int) -> list[str]:
    """The document in pieces, each without white space at its ends; [text] when it is short enough."""
    if chunk_words <= 0 or len(text) <= chunk_words or count_words(text) <= chunk_words:
        return [text]
    found: list[str] = []
    start = end = held = 0
    for first, last, words in _pieces(text, 0, len(text), chunk_words, 0):
        if held and held + words > chunk_words:
            found.append(text[start:end].strip())
            start, held = first, 0
        end = last
        held += words
    found.append(text[start:end].strip())
    return [chunk for chunk in found if chunk] or [text]


def _pieces(text: str, start: int, end: int, limit: int, level: int) -> list[tuple[int, int, int]]:
    """(start, end, words) of consecutive pieces that cover the span, each within the limit."""
    words = count_words(text[start:end])
    if words <= limit or level > len(_CUTS):
        return [(start, end, words)]
    if level == len(_CUTS):
        return _by_words(text, start, end, limit)
    found: list[tuple[int, int, int]] = []
    begin = start
    for cut in _CUTS[level].finditer(text, start, end):
        found.extend(_pieces(text, begin, cut.end(), limit, level + 1))
        begin = cut.end()
    if begin < end:
        found.extend(_pieces(text, begin, end, limit, level + 1))
    return found


def _by_words(text: str, start: int, end: int, limit: int) -> list[tuple[int, int, int]]:
    begins = [word.start() for word in _WORD.finditer(text, start, end)][::limit]
    ends = [*begins[1:], end]
    total = count_words(text[start:end])
    return [
        (start if place == 0 else first, last, min(limit, total - place * limit))
        for place, (first, last) in enumerate(zip(begins, ends, strict=True))
    ]
