"""Sums over words and representative words, against dictionaries of Python words."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.text.lexicon import LISTS, stop_word_table, word_hash
from selection.text.measure import measure
from selection.text.unigrams import representative, word_bucket_counts, word_sums
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
    found = representative(measure(pa.array(texts)), stop_word_table(), share, 100.0, 5)
    for row, text in zip(found, texts, strict=True):
        assert row[0] == pytest.approx(expected(text, share, 100.0, 5)[0], rel=1e-9, abs=1e-9)


def test_a_word_of_the_document_alone_stands_out_by_hand() -> None:
    share = np.full(N, 1 / N)
    found = representative(
        measure(pa.array(["zebra zebra the end"])), stop_word_table(), share, 4.0, 1
    )
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
