"""Normalised words and passages against a slow search that cannot be wrong, and against datatrove's normalisation."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.text.passages import find_passages, index_passages
from selection.text.unicode_classes import UNSPACED, class_table
from tests.conftest import DATASETS

POINTS = ".,،٫⎖⎗⎘"
pieces = st.sampled_from(
    ["a", "b", "C", "É", "e\u0301", "Straße", "İ", "don’t", " ", " ", "\n", "-", "...", "1", "23", "1.5", "1,000,000",
     "٣٫٤", "x2y", "3.", ".5", "世界", "ไทย", "각", "²", "½", "क्या", "🙂", "€", "\u0301", "Ⅷ", "ß"]
)  # fmt: skip
documents = st.lists(pieces, max_size=40).map("".join)


def words(text: str) -> list[str]:
    """By the definition, one character at a time."""
    found, word, stage = [], "", 0
    for i, character in enumerate(text):
        category = unicodedata.category(character)
        if category == "Mn":
            continue
        digit_next = i + 1 < len(text) and unicodedata.category(text[i + 1]) == "Nd"
        if character in POINTS and stage == 1 and digit_next:
            stage = 2
            continue
        alone = class_table()[ord(character)] & UNSPACED > 0
        letter = category[0] in "LN" or category in ("Mc", "Me")
        if word and (alone or not letter):
            found.append(word)
            word = ""
        if not letter:
            stage = 0
        elif category == "Nd":
            word += "0" if stage == 0 else ""
            stage = max(stage, 1)
        else:
            stage = 0
            lower = character.lower()
            plain = [c for c in unicodedata.normalize("NFD", lower) if unicodedata.category(c) != "Mn"]  # fmt: skip
            word += plain[0] if len(plain) == 1 else lower if len(lower) == 1 else character
            if alone:
                found.append(word)
                word = ""
    return found + [word] * bool(word)


def passages(text: str, n_words: int, shortest: int) -> set[tuple[str, ...]]:
    found = words(text)
    length = min(n_words, len(found))
    if length < shortest:
        return set()
    every = (tuple(found[i : i + length]) for i in range(len(found) - length + 1))
    return {passage for passage in every if 2 * len(set(passage)) >= length}


def grams(text: str, lengths: set[int]) -> list[tuple[str, ...]]:
    found = words(text)
    return [tuple(found[i : i + n]) for n in lengths for i in range(len(found) - n + 1)]


few = st.lists(documents, min_size=1, max_size=5)


@given(few, few, st.integers(2, 5), st.integers(1, 5))
@settings(deadline=None, max_examples=150)
def test_exactly_the_passages_that_are_there_are_found(corpus, items, n_words, shortest):
    shortest = min(shortest, n_words)
    index = index_passages(pa.array(items), n_words, shortest)
    assert index.n_words.tolist() == [len(words(item)) for item in items]
    wanted = [passages(item, n_words, shortest) for item in items]
    every = set().union(*wanted)
    assert len(index.keys) == len(every)
    found = find_passages(pa.array(corpus), index)
    for d, text in enumerate(corpus):
        hits = [gram for gram in grams(text, {len(p) for p in every}) if gram in every]
        assert found.n_hits[d] == len(hits)
        assert (found.text[d] >= 0) == bool(hits)
        if hits:
            said = text.encode()[found.first[d] : found.last[d]].decode()
            assert tuple(words(said)) in wanted[found.text[d]]


def test_the_first_passage_is_told_with_its_bytes():
    index = index_passages(pa.array(["one two three", "two three four"]), 3, 3)
    found = find_passages(pa.array(["é: TWO,\n“three” four one two three", "one two", ""]), index)
    assert found.n_hits.tolist() == [2, 0, 0] and found.text.tolist() == [1, -1, -1]
    assert "é: TWO,\n“three” four".encode()[found.first[0] : found.last[0]].decode() == "TWO,\n“three” four"  # fmt: skip


def test_a_table_of_numbers_is_no_passage_of_another():
    index = index_passages(pa.array(["1 2 3 4 5 6 7 8 9 10 11 12", "sum 1 2 of 3 4"]), 6, 6)
    assert find_passages(pa.array(["5, 6, 7, 8, 9, 10, 11"]), index).n_hits.tolist() == [0]
    assert find_passages(pa.array(["SUM: 7 8 of 9.5 0"]), index).n_hits.tolist() == [1]


def test_words_are_those_of_datatrove_but_for_symbols_and_scripts_without_spaces():
    text = pytest.importorskip("datatrove.utils.text")
    if not DATASETS.exists():
        pytest.skip("the shared data sets are not beside the repository")
    rows = pq.read_table(DATASETS / "mix_small.parquet", columns=["text"])["text"].to_pylist()
    ours, differ = [words(row) for row in rows], 0
    for row, own in zip(rows, ours, strict=True):
        if text.simplify_text(row).split() != own:
            differ += 1
            odd = [c for c in row if not c.isascii()]
            assert any(
                unicodedata.category(c)[0] in "SCP" or class_table()[ord(c)] & UNSPACED for c in odd
            ), row[:200]
    assert differ < 0.2 * len(rows)
    counts = np.array([len(own) for own in ours])
    assert np.array_equal(index_passages(pa.array(rows), 12, 8).n_words, counts)
