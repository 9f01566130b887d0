"""One integer of flags per code point, so that a kernel asks a character's class with one table look-up.

Letters, digits, marks, punctuation and symbols follow the Unicode general category (L*, Nd, M*, P*, S*) of the
`unicodedata` in use; white space follows the property White_Space, which leaves out U+001C to U+001F.

Scripts that are written without spaces between words (Han, kana, Bopomofo, Yi, Thai, Lao, Myanmar, Khmer, Tai) have no
word boundary that a table could find: there **every letter, with the marks that follow it, counts as one word**.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np

LETTER = 1 << 0
DIGIT = 1 << 1  # Nd
NUMBER = 1 << 2  # N*: digits, numerals, fractions
UPPER = 1 << 3  # Lu, Lt
LOWER = 1 << 4  # Ll
SPACE = 1 << 5
PUNCTUATION = 1 << 6
SYMBOL = 1 << 7
MARK = 1 << 8
UNSPACED = 1 << 9  # a letter of a script without spaces
TERMINAL = 1 << 10  # may end a sentence
WIDE_TERMINAL = 1 << 11  # ends a sentence also without a space after it
CLOSER = 1 << 12  # closing quote or bracket
BULLET = 1 << 13  # opens a list item
VOWEL = 1 << 14  # a Latin vowel, accents ignored; y is one
MARKUP = 1 << 15  # characters of code and markup
DAMAGE = 1 << 16  # control characters, unassigned and private code points, U+FFFD
APOSTROPHE = 1 << 17  # joins two letters to one word
HASH_SIGN = 1 << 18
CURLY = 1 << 19  # { }
NON_ASCII = 1 << 20
LINK = 1 << 21  # . : @ …, at which links and ellipses are looked for
URL_END = 1 << 22  # white space and brackets or quotes that a URL does not hold
CODE_END = 1 << 23  # ends a line of code
WORD_PART = 1 << 24  # continues a word: letters but those of unspaced scripts, numbers, marks
WORD = LETTER | NUMBER  # may begin a word
KIND_SHIFT = 25
"""`flags >> KIND_SHIFT` is the number of the combination of flags: counting kinds counts all flags at once."""

N_CODE_POINTS = 0x110000
ASSIGNED = ((0, 0x32400), (0xE0000, 0xE0200))  # all of Unicode that has a category of its own
_WHITE_SPACE = (*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B))
_WHITE_SPACE_2 = (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
_UNSPACED_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3040, 0x312F),  # Hiragana, Katakana, Bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0xA4CF),  # Han, Yi
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAADF),  # Myanmar, Tai Viet
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width Katakana
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x3FFFF),
)
_EXTRA = {
    TERMINAL: ".!?…‽。！？｡．؟۔।॥։።፧၊။។᠃",
    WIDE_TERMINAL: "。！？｡",
    CLOSER: "\"'”’»)]}」』）】›",
    BULLET: "-*•‣⁃▪▫◦●○■□–—·▶►➢➤✓✔",
    MARKUP: "{}[]<>\\|=;_^~`$&@#",
    APOSTROPHE: "'’",
    HASH_SIGN: "#",
    CURLY: "{}",
    LINK: ".:@…",
    URL_END: "<>\"'`)]}|",
    CODE_END: ";{}>=\\(",
}
_CATEGORY = {"L": LETTER, "M": MARK, "N": NUMBER, "P": PUNCTUATION, "S": SYMBOL}


def _flags(code: int) -> int:
    category = unicodedata.category(chr(code))
    flags = _CATEGORY.get(category[0], 0)
    if category == "Nd":
        flags |= DIGIT
    elif category in ("Lu", "Lt"):
        flags |= UPPER
    elif category == "Ll":
        flags |= LOWER
    elif category in ("Cc", "Cn", "Co") or code == 0xFFFD:
        flags |= DAMAGE
    return flags


def _is_vowel(code: int) -> bool:
    return unicodedata.normalize("NFD", chr(code))[0] in "aeiouyAEIOUYæœøÆŒØ"


@cache
def class_table() -> np.ndarray:
    """Flags of every code point. (1,114,112,) int32; about 0.1 s, once per process."""
    table = np.full(N_CODE_POINTS, DAMAGE, np.int32)
    for start, stop in ASSIGNED:
        table[start:stop] = [_flags(code) for code in range(start, stop)]
    for code in (*range(0x250), *range(0x1E00, 0x1F00)):
        if table[code] & LETTER and _is_vowel(code):
            table[code] |= VOWEL
    for first, last in _UNSPACED_RANGES:
        part = table[first : last + 1]
        part[part & LETTER > 0] |= UNSPACED
    for flag, characters in _EXTRA.items():
        table[[ord(character) for character in characters]] |= flag
    spaces = list(_WHITE_SPACE + _WHITE_SPACE_2)
    table[spaces] = (table[spaces] & ~DAMAGE) | SPACE
    table[table & SPACE > 0] |= URL_END
    table[(table & (WORD | MARK) > 0) & (table & UNSPACED == 0)] |= WORD_PART
    table[128:] |= NON_ASCII
    return table | np.searchsorted(_kinds(table), table).astype(np.int32) << KIND_SHIFT


@cache
def kind_flags() -> np.ndarray:
    """Flags of each kind. (n_kinds,) int32"""
    return _kinds(class_table() & ((1 << KIND_SHIFT) - 1))


def _kinds(table: np.ndarray) -> np.ndarray:
    """The different values, ascending, found among the first of every run of equal ones."""
    kinds = np.unique(table[np.flatnonzero(np.diff(table, prepend=-1))])
    assert len(kinds) <= 1 << (31 - KIND_SHIFT)  # else their numbers would reach the sign bit
    return kinds


@cache
def lower_table() -> np.ndarray:
    """Lower case of every code point that has one of a single character, else itself. (1,114,112,) int32

    A curly apostrophe counts as the lower case of a straight one, so that both write the same word.
    """
    codes = np.arange(N_CODE_POINTS, dtype=np.int32)
    cased = np.flatnonzero(class_table() & UPPER)
    for code in (*cased.tolist(), *range(0x2160, 0x2170), *range(0x24B6, 0x24D0)):
        lower = chr(code).lower()
        if len(lower) == 1:
            codes[code] = ord(lower)
    codes[0x2019] = 0x27
    return codes
