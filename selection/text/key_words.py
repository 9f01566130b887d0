"""Key words: words of which only the hash is known, read back from the documents that they occur in.

Statistics keep the hashes of words and not the words, and where the field of the first occurrence begins. To show a few of
them, the text is read from there up to the word, and its bytes are copied and lower-cased.

Cost: a word or two per word that is shown; in text without spaces, up to as much as stands before the word in its field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from selection.text.buffers import Utf8
from selection.text.copies import pieces
from selection.text.decode import code_at
from selection.text.hashing import OFFSET, PRIME, mix
from selection.text.kernel import kernel, part
from selection.text.unicode_classes import (
    APOSTROPHE,
    LETTER,
    MARK,
    UNSPACED,
    WORD,
    WORD_PART,
    class_table,
    lower_table,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from selection.text.measures import Measures


@part
def _word_from(
    data: np.ndarray, i: int, stop: int, classes: np.ndarray, lower: np.ndarray
) -> tuple[int, int, np.uint64]:
    """First byte, end and hash of the next word at or after byte i, by the rule of `words.find_words`; (stop, stop, …) if none.

    Walked on bytes, since of nearly all words nothing is wanted but the hash.
    """
    code, after = np.int64(0), i
    flags = np.int64(0)
    while i < stop:
        code, after = code_at(data, i)
        flags = np.int64(classes[code])
        if flags & WORD:
            break
        i = after
    value, first = OFFSET, i
    rest = MARK if flags & UNSPACED else WORD_PART
    inside = i < stop
    while inside:
        value = (value ^ np.uint64(lower[code])) * PRIME
        i, before, inside = after, flags, False
        if i < stop:
            code, after = code_at(data, i)
            flags = np.int64(classes[code])
            inside = flags & rest != 0
            if flags & APOSTROPHE and rest == WORD_PART and before & LETTER and after < stop:
                following, _ = code_at(data, after)
                inside = classes[following] & (LETTER | UNSPACED) == LETTER
    return first, i, mix(value) | np.uint64(1)  # type: ignore[return-value]


@kernel
def _find(
    utf8: tuple[np.ndarray, np.ndarray],
    wanted: tuple[np.ndarray, np.ndarray, np.ndarray],
    tables: tuple[np.ndarray, np.ndarray],
    out: tuple[np.ndarray, np.ndarray],
) -> None:
    """Fill both of `out`: first byte and length of every word that is wanted of a document, by hash, from a byte of it on."""
    (offsets, data), (classes, lower), (starts, lengths) = utf8, tables, out
    docs, hashes, fields = wanted
    for k in range(len(docs)):
        i, stop = offsets[docs[k]] + fields[k], offsets[docs[k] + 1]
        while i < stop:
            first, i, word = _word_from(data, i, stop, classes, lower)
            if word == hashes[k] and i > first:
                starts[k], lengths[k] = first, i - first
                break


def words_of(
    text: pa.StringArray | pa.LargeStringArray,
    measures: Measures,
    types: np.ndarray,
) -> pa.ListArray:
    """Of each document the words that are these of its types, in lower case and in their order; -1 is none.

    `types` is (n_docs, n_words) int64, places among the types that `measures` holds of these documents.
    """
    import pyarrow as pa

    there = types >= 0
    docs, chosen = np.nonzero(there)[0], types[there]
    of_doc = np.concatenate([[0], np.cumsum(there.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(of_doc, words_at(text, docs, measures, chosen))


def words_at(
    text: pa.StringArray | pa.LargeStringArray,
    docs: np.ndarray,
    measures: Measures,
    types: np.ndarray,
) -> pa.LargeStringArray:
    """Each of these types as text, in lower case, read in the document where it is one. (n,) docs and types"""
    utf8, tables = Utf8.of(text), (class_table(), lower_table())
    starts, lengths = np.zeros(len(types), np.int64), np.zeros(len(types), np.int64)
    wanted = np.ascontiguousarray(docs), measures.type_hashes[types], measures.type_starts[types]
    _find((utf8.offsets, utf8.data), wanted, tables, (starts, lengths))
    return _lower(pieces(utf8.data, starts, starts + lengths))


def _lower(words: pa.LargeStringArray) -> pa.LargeStringArray:
    """As `lower_table` has it: İ, whose lower case is two characters, stays; Arrow would make it an i."""
    import pyarrow.compute as pc

    if "İ".encode() not in words.buffers()[2].to_pybytes():
        return pc.call_function("utf8_lower", [words])

    def swapped(given: pa.LargeStringArray, old: str, new: str) -> pa.LargeStringArray:
        how = pc.ReplaceSubstringOptions(old, new)
        return pc.call_function("replace_substring", [given], how)

    aside = swapped(words, "İ", "\0")  # which no word holds
    return swapped(pc.call_function("utf8_lower", [aside]), "\0", "İ")


def joined(words: pa.ListArray) -> np.ndarray:
    """The words of each document with spaces between them, None where there are none. (n_docs,) object"""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.call_function("binary_join", [words, pa.scalar(" ", pa.large_string())])
    empty = pc.call_function("equal", [text, ""])
    return pc.call_function("if_else", [empty, None, text]).to_numpy(zero_copy_only=False)
