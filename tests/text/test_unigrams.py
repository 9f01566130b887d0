"""Sums over words and representative words, against dictionaries of Python words."""

from __future__ import annotations

import math
from collections import Counter
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from selection.text.hashing import table_of
from selection.text.key_words import joined, words_of
from selection.text.lexicon import LISTS, stop_word_table, word_hash
from selection.text.measure import measure
from selection.text.unigrams import listed_types, representative, word_bucket_counts, word_sums
from tests.text import slow_reference as slow
from tests.text.made_up import made_up

N = 1 << 10
STOPS = {*LISTS["english"], *LISTS["other"]}


def bucket(word: str) -> int:
    return int(word_hash(word)) >> 8 & (N - 1)


@given(st.lists(made_up, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_every_word_counts_in_its_bucket(texts: list[str]) -> None:
    measures = measure(pa.array(texts, pa.large_string()))
    table = np.random.default_rng(0).random((N, 2))
    buckets = [[bucket(word) for word in slow.words(text)] for text in texts]
    wanted = [table[each].sum(axis=0) for each in buckets]
    np.testing.assert_allclose(word_sums(measures, table), wanted, atol=1e-9)
    counts = np.bincount([b for each in buckets for b in each], minlength=N)
    np.testing.assert_array_equal(word_bucket_counts(measures, N), counts)


def expected(text: str, share: np.ndarray, mu: float, kept: int) -> tuple[float, float]:
    words = slow.words(text)
    gains = []
    for word, count in Counter(words).items():
        p = share[bucket(word)]
        bits = math.log2((count + mu * p) / (len(words) + mu))
        if word not in STOPS and bits - math.log2(p) > 0:
            gains.append((bits - math.log2(p), bits))
    best = sorted(gains, reverse=True)[:kept]
    return tuple(np.mean(best, axis=0)) if best else (0.0, 0.0)


@given(st.lists(made_up, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_representative_words_agree_with_a_dictionary(texts: list[str]) -> None:
    weights = np.random.default_rng(1).random(N) ** 4 + 1e-6
    share = weights / weights.sum()
    found, _ = representative(measure(pa.array(texts)), stop_word_table(), share, 100.0, 5)
    for row, text in zip(found, texts, strict=True):
        assert row[0] == pytest.approx(expected(text, share, 100.0, 5)[0], rel=1e-9, abs=1e-9)


def test_a_word_of_the_document_alone_stands_out_by_hand() -> None:
    share = np.full(N, 1 / N)
    measures = measure(pa.array(["zebra zebra the end"]))
    found, chosen = representative(measures, stop_word_table(), share, 4.0, 1)
    assert measures.type_hashes[chosen].tolist() == [[word_hash("zebra")]]
    bits = math.log2((2 + 4 / N) / 8)
    np.testing.assert_allclose(found[0], [bits + 10, bits])


def test_words_of_many_documents_stay_in_order_on_all_threads() -> None:
    texts = [f"number {i} " * (i % 50) for i in range(4000)]
    measures = measure(pa.array(texts))
    offsets = measures.type_offsets
    assert measures.type_counts.sum() == sum(2 * (i % 50) for i in range(4000))
    for i in (1, 777, 2049, 3999):
        words = measures.type_hashes[offsets[i] : offsets[i + 1]]
        assert words.tolist() == [word_hash("number"), word_hash(str(i))]
        assert measures.type_counts[offsets[i] : offsets[i + 1]].tolist() == [i % 50, i % 50]


@given(st.lists(made_up, min_size=1, max_size=4), st.randoms())
@example(["İstanbul ΣΑΣ ẞ", "İ"], Random(0))
@settings(max_examples=60, deadline=None)
def test_words_are_read_back_where_they_stand(texts: list[str], rng) -> None:
    text = pa.array(texts, pa.large_string())
    measures = measure(text)
    offsets = measures.type_offsets
    types = [[*range(offsets[d], offsets[d + 1])] for d in range(len(texts))]
    chosen = np.array([[*rng.sample(own, min(3, len(own))), -1, -1, -1][:3] for own in types])
    found = words_of(text, measures, chosen).to_pylist()
    for d, (given_text, words) in enumerate(zip(texts, found, strict=True)):
        hashes = measures.type_hashes[chosen[d][chosen[d] >= 0]]
        there = dict.fromkeys(slow.words(given_text))
        assert [int(word_hash(word)) for word in words] == hashes.tolist()
        assert {int(word_hash(word)) for word in there} >= {*hashes.tolist()}


def test_the_words_that_stand_out_are_given_as_text_the_first_most() -> None:
    share = np.full(N, 1 / N)
    text = pa.array(["Zebra zebra, the l’OURS; fin!", "the of", ""], pa.large_string())
    measures = measure(text)
    _, chosen = representative(measures, stop_word_table(), share, 4.0, 5)
    assert joined(words_of(text, measures, chosen)).tolist() == ["zebra l’ours fin", None, None]


def test_documents_are_asked_for_the_words_of_their_own_list() -> None:
    lists = np.stack(
        [table_of([word_hash(w) for w in words], 2) for words in (["the"], ["le", "la"])]
    )
    measures = measure(pa.array(["the the le", "La le", "la la", "the"]))
    assert listed_types(measures, lists, np.array([0, 1, 1, -1])).tolist() == [1, 2, 1, 0]
