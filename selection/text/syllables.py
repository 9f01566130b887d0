"""Syllables of an English word, estimated by its groups of vowels.

Vowels are a e i o u y with any accent. A word has as many syllables as maximal runs of vowels, less one where it ends in
a consonant + "e" (but not in consonant + "le"), in consonant + "ed" (but not "ted", "ded"), or in consonant + "es" (but not
after s, x, z, c, g, h), and never fewer than one. A number or a word of another script has one.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import inner
from selection.text.unicode_classes import VOWEL

_D, _E, _L, _S = (ord(letter) for letter in "dels")
_SPOKEN_ED = sum(1 << ord(letter) - 96 for letter in "td")
_SPOKEN_ES = sum(1 << ord(letter) - 96 for letter in "sxzcgh")


@inner
def count_syllables(
    codes: np.ndarray, classes: np.ndarray, start: int, stop: int, groups: int
) -> int:
    """The estimate for the word codes[start:stop], which has so many groups of vowels."""
    if groups > 1 and _ends_silently(codes, classes, start, stop):
        groups -= 1
    return max(groups, 1)


@inner
def _ends_silently(codes: np.ndarray, classes: np.ndarray, start: int, stop: int) -> bool:
    last = codes[stop - 1] | 32
    if last == _E and stop - start > 2 and classes[stop - 2] & VOWEL == 0:
        return not (codes[stop - 2] | 32 == _L and classes[stop - 3] & VOWEL == 0)
    if stop - start < 4 or codes[stop - 2] | 32 != _E or classes[stop - 3] & VOWEL:
        return False
    third = (codes[stop - 3] | 32) - 96
    if third < 1 or third > 26:
        return last in (_D, _S)
    if last == _D:
        return _SPOKEN_ED >> third & 1 == 0
    return last == _S and _SPOKEN_ES >> third & 1 == 0
