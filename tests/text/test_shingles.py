"""Simplified words and shingles against Python strings, and against datatrove's simplification."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.text.shingles import jaccard, shingle_hashes
from tests.text import slow_reference as slow

NUMBER = re.compile(r"\d+(?:[.,،٫]\d+)?")
PIECES = [
    "Ab",
    "é",
    "E\u0301",
    "12",
    "3",
    ".",
    ",",
    " ",
    "\n",
    "don't",
    "世界",
    "ก็",
    "€",
    "x-y",
    "\u00ad",
]
PIECES += ["한글", "İ", "ß", "Σας", "٣٫٥", "½", "\u0301", "\U0001f600", "\x00", "का", "世\u0903a"]
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


def stripped(character: str) -> str:
    """Lower case without non-spacing marks; what would leave several characters stays itself."""
    letters = unicodedata.normalize("NFD", character.lower())
    bare = "".join(c for c in letters if unicodedata.category(c) != "Mn")
    return bare if len(bare) < 2 else slow.lower(character)


def simplified(text: str) -> list[str]:
    """One letter of class for each character, then words by pattern."""
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    text = NUMBER.sub("0", "".join("0" if c.isdecimal() else c for c in text))
    text = "".join(stripped(c) if slow.letter_of(c) in "ulnm" else " " for c in text)
    classes = "".join(" " if c == " " else slow.letter_of(c) for c in text)
    return [text[m.start() : m.end()] for m in re.finditer("um*|[lnm]+", classes)]


def same_pattern(words: list, hashes: np.ndarray) -> bool:
    """Equal where equal, different where different."""
    pairs = set(zip(words, hashes.tolist(), strict=True))
    return len(pairs) == len(set(words)) == len({number for _, number in pairs})


@given(texts, texts)
@settings(deadline=None, max_examples=150)
def test_simplified_words_are_those_of_strings(one: str, other: str) -> None:
    starts, hashes = shingle_hashes(pa.array([one, other]), 1)
    assert starts.tolist() == np.cumsum([0, len(simplified(one)), len(simplified(other))]).tolist()
    assert same_pattern(simplified(one) + simplified(other), hashes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café's 3.14", "cafe s 0"),
        ("1,234,567 in 1999", "0 0 in 0"),
        ("a1b22 v1.2.3", "a0b0 v0 0"),
        ("naïve e\u0301lan", "naive elan"),
        ("世界 is 世 界", "世 界 is 世 界"),
    ],
)
def test_forms_that_count_as_one(text: str, words: str) -> None:
    _, one = shingle_hashes(pa.array([text]), 1)
    _, other = shingle_hashes(pa.array([words]), 1)
    assert one.tolist() == other.tolist() and simplified(text) == words.split()


@given(texts, st.integers(1, 6))
@settings(deadline=None, max_examples=100)
def test_a_shingle_is_a_run_of_words(text: str, length: int) -> None:
    words = simplified(text)
    runs = [tuple(words[i : i + length]) for i in range(len(words) - length + 1)]
    _, hashes = shingle_hashes(pa.array([text]), length)
    assert same_pattern(runs, hashes)


def test_on_ascii_text_the_words_are_those_of_datatrove(mix_small) -> None:
    simplify = pytest.importorskip("datatrove.utils.text").simplify_text
    table = pq.read_table(mix_small, columns=["text"]).column(0).to_pylist()
    plain = [text for text in table if text.isascii()]
    starts, hashes = shingle_hashes(pa.array(plain), 1)
    told = [simplify(text).split() for text in plain]
    assert len(plain) > 2_000 and np.diff(starts).tolist() == [len(words) for words in told]
    assert same_pattern([word for words in told for word in words], hashes)


def test_jaccard_counts_each_shingle_once() -> None:
    one, other = np.array([1, 2, 2, 3], np.uint32), np.array([2, 3, 4], np.uint32)
    assert jaccard(one, other) == 0.5 and jaccard(one, one) == 1
    assert jaccard(one[:0], other[:0]) == 0
