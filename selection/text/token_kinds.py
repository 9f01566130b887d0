"""What a character does to the token it stands in: one byte of flags per code point.

`SIGN` is the set of punctuation and control characters that datatrove 0.10.1 calls punctuation: a token made of signs
alone is no word of Gopher's. It holds the code points with the Unicode property Sentence_Terminal, which also end a line
in FineWeb's rule (`STOP`), as of Unicode 15, with Khmer's three that datatrove adds.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np

from selection.text.unicode_classes import N_CODE_POINTS

EDGE = 1 << 0  # leaves a word that it stands before or after
ICON = 1 << 1  # divides wherever it stands
SIGN = 1 << 2
STOP = 1 << 3
HYPHEN = 1 << 4  # divides two letters
JOINT = 1 << 5  # : < > = / divide before a letter
OPERATOR = 1 << 6  # + - * ^ divide digits
BREAK = 1 << 7  # ends a line where Python's splitlines does

_STOPS = """
21 2E 3F 589 61D-61F 6D4 700-702 7F9 837 839 83D-83E 964-965 104A-104B 1362 1367-1368 166E 1735-1736 17D4-17D6 17D9-17DA
1803 1809 1944-1945 1AA8-1AAB 1B5A-1B5B 1B5E-1B5F 1B7D-1B7E 1C3B-1C3C 1C7E-1C7F 203C-203D 2047-2049 2E2E 2E3C 2E53-2E54
3002 A4FF A60E-A60F A6F3 A6F7 A876-A877 A8CE-A8CF A92F A9C8-A9C9 AA5D-AA5F AAF0-AAF1 ABEB FE52 FE56-FE57 FF01 FF0E FF1F
FF61 10A56-10A57 10F55-10F59 10F86-10F89 11047-11048 110BE-110C1 11141-11143 111C5-111C6 111CD 111DE-111DF 11238-11239
1123B-1123C 112A9 1144B-1144C 115C2-115C3 115C9-115D7 11641-11642 1173C-1173E 11944 11946 11A42-11A43 11A9B-11A9C
11C41-11C42 11EF7-11EF8 11F43-11F44 16A6E-16A6F 16AF5 16B37-16B38 16B44 16E98 1BC9F 1DA88
"""
_SIGNS = "\"#$%&'()*+,-/:;<=>@[\\]^_`{|}~«´»–—’“”„…∶━►、〈〉《》「」【】％（），１：；～"
_CONTROLS = ((0, 9), (11, 13), (13, 32), (127, 160))
_EDGES = "<>=+`´"
_NO_EDGES = "-/@\\."
_MARKS = {
    ICON: "…",
    HYPHEN: "-–—~",
    JOINT: ":<>=/",
    OPERATOR: "+-*^",
    BREAK: "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029",
}


def stops() -> list[int]:
    """The code points of `STOP`."""
    found: list[int] = []
    for part in _STOPS.split():
        first, _, last = part.partition("-")
        found += range(int(first, 16), int(last or first, 16) + 1)
    return found


def _flags(code: int) -> int:
    category = unicodedata.category(chr(code))
    edge = category[0] == "P" or category in ("Sc", "So")
    return (EDGE if edge else 0) | (ICON if category == "So" else 0)


@cache
def token_kinds() -> np.ndarray:
    """Flags of every code point. (1,114,112,) uint8"""
    table = np.zeros(N_CODE_POINTS, np.uint8)
    for first, last in ((0, 0x32400), (0xE0000, 0xE0200)):
        table[first:last] = [_flags(code) for code in range(first, last)]
    table[list(map(ord, _EDGES))] |= EDGE
    table[list(map(ord, _NO_EDGES))] &= ~np.uint8(EDGE)
    for flag, characters in _MARKS.items():
        table[list(map(ord, characters))] |= flag
    table[stops()] |= STOP | SIGN
    table[list(map(ord, _SIGNS))] |= SIGN
    for first, last in _CONTROLS:
        table[first:last] |= SIGN
    return table
