"""Cluster titles on texts small enough to count by hand."""

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.primitives import titles
from selection.primitives.titles import TitleCounts
from selection.primitives.word_runs import letter_tables, word_runs


def of(*texts: str | None) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


def words(text: str) -> dict[str, int]:
    data = text.encode()
    hashes, starts, lengths, _, counts = word_runs(
        np.frombuffer(data, np.uint8), np.array([0, len(data)]), *letter_tables()
    )
    assert len(set(hashes.tolist())) == len(hashes)
    return {
        data[a : a + n].decode().lower(): int(c)
        for a, n, c in zip(starts, lengths, counts, strict=True)
    }


def test_a_word_is_a_run_of_two_letters_or_more_whatever_its_case():
    assert words("The cat, THE cat2dog; a b_c x") == {"the": 2, "cat": 2, "dog": 1}
    assert words("Ärger ÄRGER привет Привет") == {"ärger": 2, "привет": 2}
    assert words("e\u0301te\u0301 🙂 smile") == {"e\u0301te\u0301": 1, "smile": 1}
    assert words("x" * 25 + " " + "y" * 24) == {"y" * 24: 1}
    assert words("") == {} and words("1 2 3 !") == {}


def test_scripts_without_spaces_count_in_pairs():
    assert words("信息系统") == {"信息": 1, "息系": 1, "系统": 1}
    assert words("信息信息") == {"信息": 2, "息信": 1}
    assert words("git命令x") == {"git": 1, "命令": 1}


@given(st.text(max_size=80))
def test_counts_agree_with_a_plain_python_count(text):
    spaced = "".join(c if ord(c) < 0x300 else " " for c in text)
    kind, lower = letter_tables()
    split = "".join(chr(lower[ord(c)]) if kind[ord(c)] == 1 else " " for c in spaced).split()
    expected = [w for w in split if len(w) > 1 and len(w.encode()) <= 24]
    assert sum(words(spaced).values()) == len(expected)
    assert len(words(spaced)) == len(set(expected))


def test_the_words_that_set_a_cluster_apart_come_first():
    counts = TitleCounts()
    counts.add(
        of("ocean whale shared", "whale reef shared", "piano violin shared", "violin piano shared"),
        np.array([0, 0, 1, 1]),
    )
    sea, music = counts.titles(2)
    assert sea.startswith("whale") and "shared" not in music
    assert set(music.split(", ")) == {"piano", "violin"}


def test_the_weight_is_the_formula_of_the_paper():
    # cluster 0: apple 2, tree 1; cluster 1: tree 3, river 1. A = 7 / 2, f: apple 2, tree 4, river 1
    counts = TitleCounts()
    counts.add(of("apple tree", "apple", "tree river", "tree", "tree"), np.array([0, 0, 1, 1, 1]))
    assert 2 / 3 * np.log(1 + 3.5 / 2) > 1 / 3 * np.log(1 + 3.5 / 4)
    assert 3 / 4 * np.log(1 + 3.5 / 4) > 1 / 4 * np.log(1 + 3.5 / 1)
    assert counts.titles() == ["apple, tree", "tree, river"]


def test_one_document_counts_a_word_three_times_at_most():
    counts = TitleCounts()
    counts.add(of("spam " * 500, "garden bench", "garden", "garden", "garden"), np.zeros(5, int))
    assert counts.titles(1) == ["garden"]


def test_parts_give_the_titles_of_the_whole(monkeypatch):
    rng = np.random.default_rng(0)
    vocabulary = np.array([f"{a}{b}" for a in "klmnp" for b in ("ata", "obo", "iri", "ulu")])
    texts = [" ".join(rng.choice(vocabulary, 12)) for _ in range(200)]
    codes = rng.integers(-1, 6, 200)
    whole, parts = TitleCounts(), TitleCounts()
    whole.add(of(*texts), codes)
    monkeypatch.setattr(titles, "_BLOCK_BYTES", 300)
    padded = of("skipped", *texts)
    for start in range(0, 200, 37):
        parts.add(padded.slice(start + 1, min(37, 200 - start)), codes[start : start + 37])
    assert whole.titles() == parts.titles()


def test_no_two_titles_are_alike_and_every_cluster_has_one():
    counts = TitleCounts(4)
    counts.add(of("lion tiger", "lion tiger", "lion tiger bear", None), np.array([0, 1, 2, 3]))
    found = counts.titles(2)
    assert len(set(found)) == 4 and all(found)


def test_noise_numbers_and_stop_words_name_nothing():
    counts = TitleCounts()
    counts.add(of("the 2024 return of def", "harbour"), np.array([0, -1]))
    assert counts.titles() == ["untitled 0"]


def test_memory_is_bounded_and_frequent_words_survive(monkeypatch):
    monkeypatch.setattr(titles, "MAX_PAIRS", 50)
    counts = TitleCounts()
    rng = np.random.default_rng(1)
    for _ in range(30):
        rare = " ".join("".join(rng.choice(list("abcdefgh"), 9)) for _ in range(20))
        counts.add(of("lighthouse " + rare, "lighthouse"), np.array([0, 0]))
    assert counts.titles(1) == ["lighthouse"]
    assert len(counts._pairs[0]) <= 50


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_titles_are_short_plain_text_whatever_the_corpus_holds(texts):
    counts = TitleCounts()
    counts.add(of(*texts), np.arange(len(texts)))
    for title in counts.titles():
        assert 0 < len(title) <= 60
        assert all(unicodedata.category(one)[0] != "C" for one in title)


def test_text_and_codes_must_align():
    with pytest.raises(ValueError, match="must align, got 1 and 2"):
        TitleCounts().add(of("a"), np.array([0, 1]))
