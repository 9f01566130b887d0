"""The document statistics of RedPajama v2 by RedPajama's own rules, which are not those of `words`, `sentences`, `lines`.

Weber et al. 2024, arXiv:2411.12372, and the released code. Three ways to read a document:

- *normalised words*: the 32 ASCII punctuation marks deleted, lower case, divided at white space, lengths in NFD;
- *tokens* of the text as it is: runs of letters, numbers and _, and runs of anything else but white space;
- *lines* of the text as it is, the line feed included; an empty last line is none.

A sentence is what lies between runs of . ! ? and holds a letter, number or _.

Differs from the code: lower case goes character by character; a word written once with composed and once with combining
accents counts as two; results are not rounded; where the code gives null, 0.

Words, tokens and most of what lines need are counted field by field (see `fields`); what goes from field to field is here.
"""

from __future__ import annotations

import string
import unicodedata
from functools import cache

import numpy as np

from selection.text.field_counts import (
    ENDS_TERMINALLY,
    IS_FILLED,
    OPENS_SENTENCE,
    REOPENS_SENTENCE,
    STOPS_SENTENCE,
    place,
)
from selection.text.hashing import OFFSET, PRIME, mix
from selection.text.kernel import Row, bare, part
from selection.text.repetition import (
    count_grams,
    first_places,
    longer_places,
    most_frequent,
)
from selection.text.scratch import Scratch
from selection.text.unicode_classes import ASSIGNED, N_CODE_POINTS
from selection.text.vocabulary import entropy_bits, number_types

REDPAJAMA = np.dtype(
    [
        (name, np.int64)
        for name in (
            "n_words",
            "word_chars",
            "n_types",
            "top_2",
            "top_3",
            "n_tokens",
            "n_alphabetic_tokens",
            "n_sentences",
            "n_lines",
            "n_terminal_lines",
        )
    ]
    + [(name, np.float64) for name in ("entropy", "upper_share_sum", "numeric_share_sum")]
)
_PUNCTUATION, _SPACE, _ALPHA, _WORD, _UPPER, _NUMERIC, _STOP, _TERMINAL = (
    1 << bit for bit in range(8)
)
_LENGTH_SHIFT = 8
_NEWLINE = 0x0A
(_N_WORDS, _CHARS, _TOKENS, _ALPHABETIC, _SENTENCES, _UPPERS, _NUMERICS) = (
    place("redpajama", name)
    for name in (
        *("n_words", "word_chars", "n_tokens", "n_alphabetic_tokens", "n_sentences"),
        *("upper", "numeric"),
    )
)
_WORD_CHARS, _DIGITS = place("words", "word_chars"), place("characters", "n_digits")


def _traits(code: int) -> int:
    character = chr(code)
    low = unicodedata.normalize("NFD", character.lower())
    flags = (
        _PUNCTUATION * (character in string.punctuation)
        | _SPACE * character.isspace()
        | _ALPHA * (character in string.ascii_letters)
        | _WORD * (character.isalnum() or character == "_")
        | _UPPER * character.isupper()
        | _NUMERIC * any(each.isnumeric() for each in low)
        | _STOP * (character in ".!?")
        | _TERMINAL * (character in ".!?”")
    )
    return flags | len(low) << _LENGTH_SHIFT


@cache
def traits_table() -> np.ndarray:
    """Flags of every code point, and above them how many code points its lower case has in NFD. (1,114,112,) int32"""
    table = np.full(N_CODE_POINTS, 1 << _LENGTH_SHIFT, np.int32)
    for start, stop in ASSIGNED:
        table[start:stop] = [_traits(code) for code in range(start, stop)]
    return table


@part
def _one(flags: int, flag: int) -> int:
    """1 if the flag is set, else 0."""
    return np.int64(flags & flag != 0)  # type: ignore[return-value]


@part
def add_normal_words(
    codes: np.ndarray,
    traits: np.ndarray,
    lower: np.ndarray,
    counts: np.ndarray,
    lists: tuple[np.ndarray, np.ndarray],
) -> int:
    """Fill hashes and ends of the normalised words of one field, the first of which begins at ends[0]; their number."""
    hashes, ends = lists
    n_words = length = chars = 0
    value = OFFSET
    for i in range(len(codes) + 1):
        flags = np.int64(traits[codes[i]]) if i < len(codes) else np.int64(_SPACE)
        if flags & _SPACE:
            if length:
                chars += length
                hashes[n_words] = mix(value) | np.uint64(1)
                n_words += 1
                ends[n_words] = ends[0] + chars
                length = 0
                value = OFFSET
        elif flags & _PUNCTUATION == 0:
            length += flags >> _LENGTH_SHIFT
            value = (value ^ np.uint64(lower[codes[i]])) * PRIME
            counts[_NUMERICS] += _one(flags, _NUMERIC)
    counts[_N_WORDS], counts[_CHARS] = n_words, chars
    return n_words


@part
def add_plain_word(
    n_words: int, word: np.uint64, counts: np.ndarray, lists: tuple[np.ndarray, np.ndarray]
) -> int:
    """The same for a field of ASCII letters, digits and marks with one word or none: marks are deleted, the word is left."""
    size = counts[_WORD_CHARS]
    counts[_N_WORDS], counts[_CHARS], counts[_NUMERICS] = n_words, size, counts[_DIGITS]
    lists[0][0], lists[1][1] = word, lists[1][0] + size
    return n_words


@part
def add_letters(n_upper: int, counts: np.ndarray) -> int:
    """The same as `add_traits` for a field of ASCII letters alone, so many of them capitals."""
    counts[_TOKENS] = counts[_ALPHABETIC] = counts[_SENTENCES] = 1
    counts[_UPPERS] = n_upper
    return OPENS_SENTENCE | REOPENS_SENTENCE | IS_FILLED


@part
def add_mark(flags: int, counts: np.ndarray) -> int:
    """The same for one ASCII mark with these flags that stands after `add_letters`; the field's marks."""
    counts[_TOKENS] += flags & _WORD == 0  # all but _ are a token of their own
    stop = _one(flags, _STOP)
    return (
        OPENS_SENTENCE
        | (stop ^ 1) * REOPENS_SENTENCE
        | stop * STOPS_SENTENCE
        | _one(flags, _TERMINAL) * ENDS_TERMINALLY
        | IS_FILLED
    )


@part
def add_traits(codes: np.ndarray, traits: np.ndarray, counts: np.ndarray) -> int:
    """Count the tokens, sentences and capitals of one field; its marks, for `follow_sentence` and lines."""
    tokens = alphabetic = sentences = upper = 0
    before, in_sentence, lettered = np.int64(_SPACE), np.int64(0), np.int64(0)
    opens = stopped = filled = np.int64(0)
    last = np.int64(0)
    for code in codes:
        flags = np.int64(traits[code])
        kind = flags & (_WORD | _SPACE)
        fresh = np.int64(kind != before)
        space = _one(flags, _SPACE)
        tokens += fresh & (space ^ 1)
        letter = _one(flags, _ALPHA)
        lettered &= fresh ^ 1
        alphabetic += letter & (lettered ^ 1)
        lettered |= letter
        word = _one(flags, _WORD)
        sentences += word & (in_sentence ^ 1)
        opens |= word & (stopped ^ 1)
        stop = _one(flags, _STOP)
        in_sentence = (in_sentence | word) & (stop ^ 1)
        stopped |= stop
        upper += _one(flags, _UPPER)
        filled |= space ^ 1
        last = last if space else flags
        before = kind
    counts[_TOKENS], counts[_ALPHABETIC], counts[_SENTENCES] = tokens, alphabetic, sentences
    counts[_UPPERS] = upper
    return (
        opens * OPENS_SENTENCE
        | stopped * STOPS_SENTENCE
        | in_sentence * REOPENS_SENTENCE
        | _one(last, _TERMINAL) * ENDS_TERMINALLY
        | filled * IS_FILLED
    )  # type: ignore[return-value]


@part
def follow_sentence(inside: int, marks: int) -> tuple[int, int]:
    """Whether a sentence goes on after a field with these marks, and 1 where it began before the field; both 0 or 1.

    A field counts its sentences as if none went on into it.
    """
    joined = inside & _one(marks, OPENS_SENTENCE)
    if marks & STOPS_SENTENCE:
        return _one(marks, REOPENS_SENTENCE), joined
    return inside | _one(marks, OPENS_SENTENCE), joined


@part
def end_line(totals: np.ndarray, more: np.ndarray, terminal: int, sums: np.ndarray) -> None:
    """What the lines up to here hold, (5,). A count is the sum of what both of the first hold."""
    sums[0], sums[1] = totals[_UPPERS] + more[_UPPERS], totals[_NUMERICS] + more[_NUMERICS]
    sums[2], sums[3] = totals[_CHARS] + more[_CHARS], totals[_N_WORDS] + more[_N_WORDS]
    sums[4] = terminal


@bare
def count_line_shares(n_chars: int, newlines: np.ndarray, sums: np.ndarray, row: Row) -> None:
    """How lines end, and the sums over lines of their shares of upper-case and of numeric characters.

    `sums` (len(newlines) + 1, 5) are those of `end_line` at each line feed and at the end of the document.
    """
    start = 0
    for i in range(len(newlines) + 1):
        stop = newlines[i] + 1 if i < len(newlines) else n_chars
        if stop == start:
            break
        upper, numeric, length, words = sums[i, 0], sums[i, 1], sums[i, 2], sums[i, 3]
        if i:
            upper, numeric = upper - sums[i - 1, 0], numeric - sums[i - 1, 1]
            length, words = length - sums[i - 1, 2], words - sums[i - 1, 3]
        row.n_lines += 1
        row.n_terminal_lines += sums[i, 4]
        row.upper_share_sum += upper / (stop - start)
        if length:
            row.numeric_share_sum += numeric / (length + words - 1)
        start = stop


@bare
def count_normal_words(hashes: np.ndarray, ends: np.ndarray, scratch: Scratch, row: Row) -> None:
    """Types, entropy and the most frequent n-grams of the normalised words."""
    n = len(hashes)
    if n == 0:
        return
    row.n_types = number_types(hashes, scratch)
    row.entropy = entropy_bits(scratch.type_counts[: row.n_types], n) * np.log(2.0)
    n_places = first_places(hashes, scratch)
    row.top_2 = _top(n_places, 2, ends, scratch)
    row.top_3 = _top(longer_places(n_places, 2, hashes, scratch), 3, ends, scratch)


@bare
def _top(n_places: int, n: int, ends: np.ndarray, scratch: Scratch) -> int:
    """Characters of the most frequent n-gram times its occurrences, 0 where none comes back."""
    count_grams(n_places, scratch)
    most, first = most_frequent(n_places, scratch)
    return most * (ends[first + n] - ends[first]) if most > 1 else 0
