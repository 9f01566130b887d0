"""A unit: one piece of installed text that becomes a document, and how text is cut into such pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

# Characters a unit may have, by a draw in 0..99: most are short, some fill an encoder's window, a few exceed it.
LENGTHS = ((50, 240), (80, 440), (95, 800), (100, 2_200))


@dataclass(frozen=True)
class Unit:
    """`path` is relative to where such text is installed; `name` adds what within the file it is."""

    source: str
    package: str
    path: str
    name: str
    text: str


def allowance(number: int, scale: float = 1.0) -> int:
    """How many characters the unit with this hash may have."""
    draw = number % 100
    return int(scale * next(length for limit, length in LENGTHS if draw < limit))


def cut(text: str, longest: int) -> str:
    """The beginning of `text`, ended at a paragraph, else a line, a sentence, a statement or a word."""
    text = text.strip()
    if len(text) <= longest:
        return text
    for boundary in (r"\n\s*\n", r"\n", r"(?<=[.!?])\s", r"(?<=[;}>,])", r"\s"):
        starts = (m.start() for m in re.finditer(boundary, text[: longest + 1]))
        ends = [start for start in starts if start <= longest]
        if ends and ends[-1] >= longest // 3:
            return text[: ends[-1]].rstrip()
    return text[:longest]


def pieces(text: str, longest: int) -> Iterator[tuple[int, str]]:
    """(start, piece) after piece, each cut as above, until the text ends."""
    start = 0
    while start < len(text):
        # A little more than fits, so that `cut` sees whether the last word goes on.
        ahead = text[start : start + 2 * longest]
        piece = cut(ahead, longest)
        start += len(ahead) - len(ahead.lstrip())
        if piece:
            yield start, piece
        start += max(1, len(piece))


def sections(text: str) -> list[str]:
    """The parts of a Markdown, reStructuredText or plain text between headings, each with its heading."""
    heading = re.compile(r"^(?:#{1,6} .*|.+\n(?:={3,}|-{3,}|~{3,}|\^{3,})[ \t]*)$", re.M)
    starts = [m.start() for m in heading.finditer(text)]
    bounds = [0, *(s for s in starts if s > 0), len(text)]
    parts = [text[a:b].strip() for a, b in pairwise(bounds)]
    return [part for part in parts if part]
