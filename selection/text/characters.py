"""Counts of characters by Unicode class, all of them from one histogram of the kinds of characters."""

from __future__ import annotations

import numpy as np

from selection.text import unicode_classes as unicode
from selection.text.kernel import inner
from selection.text.unicode_classes import KIND_SHIFT

_CLASSES = (
    ("n_letters", unicode.LETTER),
    ("n_marks", unicode.MARK),
    ("n_digits", unicode.DIGIT),
    ("n_uppercase", unicode.UPPER),
    ("n_lowercase", unicode.LOWER),
    ("n_whitespace", unicode.SPACE),
    ("n_punctuation", unicode.PUNCTUATION),
    ("n_symbols", unicode.SYMBOL),
    ("n_unspaced", unicode.UNSPACED),
    ("n_markup", unicode.MARKUP),
    ("n_damage", unicode.DAMAGE),
    ("n_hash_signs", unicode.HASH_SIGN),
    ("n_curly", unicode.CURLY),
    ("n_non_ascii", unicode.NON_ASCII),
)
CHARACTERS = np.dtype([(name, np.int64) for name in ("n_bytes", "n_chars", *dict(_CLASSES))])


@inner
def count_kinds(classes: np.ndarray, kinds: np.ndarray) -> None:
    """Add a document's characters to the histogram of their kinds, (n_kinds,) int64."""
    for i in range(len(classes)):
        kinds[classes[i] >> KIND_SHIFT] += 1


def unfold_kinds(n_bytes: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """(n_docs, n_kinds) histograms to `CHARACTERS` records."""
    rows = np.zeros(len(kinds), CHARACTERS)
    flags = unicode.kind_flags()
    rows["n_bytes"], rows["n_chars"] = n_bytes, kinds.sum(axis=1)
    for name, flag in _CLASSES:
        rows[name] = kinds[:, flags & flag != 0].sum(axis=1)
    return rows
