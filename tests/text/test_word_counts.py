"""Hashed n-grams against counting tuples of words."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.text.word_counts import bucket_counts, bucket_sums
from tests.text import slow_reference as slow

N = 1 << 16
texts = st.lists(
    st.lists(
        st.sampled_from(["a", "b", "c", "ab", "Ab", "é", "世界", "don't", ".", "\n"]), max_size=30
    ).map(" ".join),
    min_size=1,
    max_size=5,
)


def grams(text: str, longest: int) -> list[tuple[str, ...]]:
    words = slow.words(text)
    return [
        tuple(words[i : i + n]) for n in range(1, longest + 1) for i in range(len(words) - n + 1)
    ]


@given(texts, st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_counts_are_those_of_tuples(documents: list[str], longest: int) -> None:
    counted = bucket_counts(pa.array(documents), N, longest)
    wanted = Counter(gram for text in documents for gram in grams(text, longest))
    assert sorted(counted[counted > 0]) == sorted(
        wanted.values()
    )  # 65,536 buckets, some 50 n-grams


@given(texts, st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_sums_over_documents_are_counts_times_table(documents: list[str], longest: int) -> None:
    table = np.random.default_rng(0).normal(size=N)
    sums, n_grams = bucket_sums(pa.array(documents), table, longest)
    assert n_grams.tolist() == [len(grams(text, longest)) for text in documents]
    assert sums.sum() == pytest.approx(bucket_counts(pa.array(documents), N, longest) @ table)
    for row, text in enumerate(documents):
        assert sums[row] == pytest.approx(bucket_counts(pa.array([text]), N, longest) @ table)


def test_order_of_words_matters_from_pairs_on() -> None:
    one, other = bucket_counts(pa.array(["a b"]), N, 2), bucket_counts(pa.array(["b a"]), N, 2)
    assert (bucket_counts(pa.array(["a b"]), N) == bucket_counts(pa.array(["B A"]), N)).all()
    assert (one != other).any()


def test_many_documents_are_counted_once_each_on_all_threads() -> None:
    documents = ["one two three " * 20] * 3000
    counts = bucket_counts(pa.array(documents), N)
    assert sorted(counts[counts > 0].tolist()) == [60_000] * 3


def test_buckets_must_be_a_power_of_two() -> None:
    with pytest.raises(ValueError, match="power of two, got 1000"):
        bucket_counts(pa.array(["a"]), 1000)
