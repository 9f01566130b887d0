"""Hashed n-grams against a pattern, tuples and sha256, on any Unicode."""

from __future__ import annotations

import hashlib
import unicodedata
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import regex  # comes with transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.text import sha_buckets
from selection.text.ngrams import MAX_BUCKETS, NGrams
from selection.text.sha_buckets import sha_of
from selection.text.spelling import wordpunct

MANY = 1 << 24  # buckets: two of some hundred n-grams hardly ever share one
pieces = st.sampled_from(
    ["a", "b", "Ab", "don't", "é", "É", "世界", "İ", "ẞ", "Kelvin K", "Ⱥ", "a_b", "1", "²", "...", ".", "-->",
     "Σ", "ς", "\u00ad", "ʰ", "\n", " ", "\x1d", "\u3000", "e\u0301", "🙂", "\u200d", "ʻ", "word" * 5, "12345678", "123456789"]
)  # fmt: skip
odd = st.characters(exclude_categories=["Cs", "Cn", "Co"])
texts = st.lists(st.lists(st.one_of(pieces, odd), max_size=40).map("".join), min_size=1, max_size=6)


def tokens(text: str) -> list[str]:
    return regex.findall(r"\w+|[^\w\s]+", text.lower())


def grams(text: str, longest: int) -> list[tuple[str, ...]]:
    found = tokens(text)
    return [
        tuple(found[i : i + n]) for n in range(1, longest + 1) for i in range(len(found) - n + 1)
    ]


def partition(keys) -> list[list[int]]:
    """Which positions hold equal keys."""
    places: dict = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return sorted(places.values())


@given(texts, st.integers(1, 4))
@settings(deadline=None, max_examples=150)
def test_two_n_grams_share_a_bucket_exactly_when_their_tokens_are_equal(documents, longest):
    ids, bounds = NGrams(longest, MANY).buckets(pa.array(documents))
    wanted = [gram for text in documents for gram in grams(text, longest)]
    assert np.diff(bounds).tolist() == [len(grams(text, longest)) for text in documents]
    assert partition(ids.tolist()) == partition(wanted)


@given(texts, st.integers(1, 3), st.sampled_from([1, 7, 10_000]), st.sampled_from(["fast", "sha256"]))  # fmt: skip
@settings(deadline=None, max_examples=150)
def test_counts_and_sums_are_those_of_the_buckets(documents, longest, n_buckets, hashing):
    features, text = NGrams(longest, n_buckets, hashing), pa.array(documents)
    ids, bounds = features.buckets(text)
    assert np.array_equal(features.counts(text), np.bincount(ids, minlength=n_buckets))
    table = np.random.default_rng(0).normal(size=(n_buckets, 3))
    for columns in (table, table[:, :1]):
        sums, n_tokens = features.sums(text, columns)
        wanted = [columns[ids[a:b]].sum(axis=0) for a, b in pairwise(bounds.tolist())]
        np.testing.assert_allclose(sums, wanted, atol=1e-9)
    assert n_tokens.tolist() == [len(tokens(text)) for text in documents]
    assert features.number(n_tokens).tolist() == np.diff(bounds).tolist()


def check_sha256(documents, longest, n_buckets):
    ids, bounds = NGrams(longest, n_buckets, "sha256").buckets(pa.array(documents))
    for d, text in enumerate(documents):
        digests = (hashlib.sha256(" ".join(gram).encode()) for gram in grams(text, longest))
        wanted = [int(digest.hexdigest(), 16) % n_buckets for digest in digests]
        assert ids[bounds[d] : bounds[d + 1]].tolist() == wanted


@given(texts, st.integers(1, 3), st.sampled_from([97, 10_000, MAX_BUCKETS]))
@settings(deadline=None, max_examples=100)
def test_sha256_buckets_are_the_definition(documents, longest, n_buckets):
    check_sha256(documents, longest, n_buckets)


def test_sha256_buckets_of_long_tokens_and_of_more_n_grams_than_are_remembered(monkeypatch):
    check_sha256([f"{'x' * n} {'é' * n}" for n in range(140)], 3, 10_000)
    sha_of.cache_clear()
    monkeypatch.setattr(sha_buckets, "_MEMO_SIZE", 8)
    check_sha256([f"word {i % 9} of {i}, again of {i % 40}" for i in range(400)], 2, 10_000)
    sha_of.cache_clear()


def test_word_characters_are_those_of_the_standard():
    classes = wordpunct().classes
    for code in range(0x110000):
        if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co"):
            wanted = 1 if regex.match(r"\w", chr(code)) else 2 * bool(regex.match(r"\S", chr(code)))
            assert classes[code] == wanted, hex(code)


def test_order_matters_from_pairs_on_and_case_never():
    one, other = (NGrams(1).counts(pa.array([text])) for text in ("a b", "B A"))
    assert np.array_equal(one, other)
    one, other = (NGrams(2).counts(pa.array([text])) for text in ("a b", "b a"))
    assert not np.array_equal(one, other)


def test_a_document_counts_the_same_alone_and_among_a_thousand_in_any_slice():
    documents = [
        f"Document {i}, and {'é' if i % 3 else 'e'}nough words " * (i % 9) for i in range(2000)
    ]
    text, table = pa.array(documents), np.random.default_rng(1).normal(size=(5000, 1))
    features = NGrams(3, 5000)
    whole, n_tokens = features.sums(text, table)
    for row in (0, 7, 1999):
        alone, n = features.sums(text.slice(row, 1), table)
        assert alone[0, 0] == whole[row, 0] and n[0] == n_tokens[row]
    parts = features.counts(text.slice(0, 700)) + features.counts(text.slice(700))
    assert np.array_equal(parts, features.counts(text))


def test_buckets_are_filled_evenly():
    text = pa.array([" ".join(f"w{i}" for i in range(200_000))])
    counts = NGrams(1, 1000).counts(text)
    assert counts.sum() == 200_000
    chi2 = ((counts - 200) ** 2 / 200).sum()  # 999 degrees of freedom: sd 45
    assert 800 < chi2 < 1200


def test_no_documents_and_empty_documents_have_no_n_grams():
    assert NGrams(2, 10).counts(pa.array([], pa.string())).tolist() == [0] * 10
    assert NGrams(2, 10).counts(pa.array(["", " \n"])).tolist() == [0] * 10


@pytest.mark.parametrize(("longest", "n_buckets"), [(0, 10), (1, 0), (1, 1 << 27)])
def test_impossible_features_are_refused(longest, n_buckets):
    with pytest.raises(ValueError, match="n-grams need"):
        NGrams(longest, n_buckets)
