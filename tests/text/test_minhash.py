"""MinHash against true Jaccard similarity, against the formula of its bands, and against a slow minimum."""

from __future__ import annotations

from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import binom

from selection.text import minhash
from selection.text.shingles import jaccard, shingle_hashes


def edited_pairs(similarity: float, n_pairs: int, n_words: int = 120) -> tuple[list[str], float]:
    """Pairs of texts that share their beginning, with exactly the similarity returned, nearest to the one asked for."""
    shared = round(2 * (n_words - 4) * similarity / (1 + similarity))
    known = np.array(["".join(letters) for letters in product("abcdefghijklmno", repeat=4)], object)
    rng = np.random.default_rng(int(similarity * 1000))
    texts = []
    for _ in range(n_pairs):
        words = known[rng.integers(0, len(known), 2 * n_words)]
        kept = words[: shared + 4]
        texts.append(" ".join(words[:n_words]))
        texts.append(" ".join([*kept, *words[n_words : 2 * n_words - len(kept)]]))
    return texts, shared / (2 * (n_words - 4) - shared)


@pytest.mark.parametrize("wanted", [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])
def test_the_match_rate_is_inside_the_99_percent_interval_of_the_s_curve(wanted: float) -> None:
    n_pairs = 10_000
    texts, similarity = edited_pairs(wanted, n_pairs)
    _, first = shingle_hashes(pa.array(texts[:2]), 5)
    halves = np.split(first, 2)
    assert jaccard(*halves) == pytest.approx(similarity) == pytest.approx(wanted, abs=0.01)
    keys = minhash.band_keys(minhash.signatures(pa.array(texts), 112), 14)
    matches = int((keys[::2] == keys[1::2]).any(axis=1).sum())
    expected = minhash.match_probability(np.array(similarity), 14, 8)
    low, high = binom.interval(0.99, n_pairs, expected)
    assert low <= matches <= high


def test_agreement_of_signatures_estimates_jaccard_on_real_text(mix_small) -> None:
    texts = pq.read_table(mix_small, columns=["text"]).column(0).to_pylist()
    rng, pairs = np.random.default_rng(5), []
    for text in texts[:400]:
        words = text.split()
        if len(words) >= 40:
            for place in rng.choice(len(words), rng.integers(0, len(words) // 8), replace=False):
                words[place] = f"edit{place}"
            pairs += [text, " ".join(words)]
    n_hashes = 512
    signed = minhash.signatures(pa.array(pairs), n_hashes)
    starts, hashes = shingle_hashes(pa.array(pairs), 5)
    sets = np.split(hashes, starts[1:-1])
    true = np.array([jaccard(a, b) for a, b in zip(sets[::2], sets[1::2], strict=True)])
    agree = (signed[::2] == signed[1::2]).mean(axis=1)
    assert len(true) > 200 and true.min() < 0.3 and true.max() > 0.9
    sd = np.sqrt(np.maximum(true * (1 - true), 1e-9) / n_hashes)
    assert (np.abs(agree - true) <= 5 * sd).all()
    assert abs(((agree - true) / sd).mean()) < 2.6 / np.sqrt(len(true))


def test_a_signature_is_the_minimum_under_each_permutation() -> None:
    texts = pa.array(["one two three four five six seven", "too short", "a b c d e " * 3_000])
    a, b = minhash.permutations(24, 9)
    starts, hashes = shingle_hashes(texts, 3)
    signed = minhash.signatures(texts, 24, 3, 9)
    for d, shingles in enumerate(np.split(hashes, starts[1:-1])):
        wide = (a[:, None].astype(np.uint64) * shingles + b[:, None]) % 2**32
        wanted = wide.min(axis=1) if len(shingles) else np.full(24, minhash.EMPTY)
        assert signed[d].tolist() == wanted.tolist()
    assert np.array_equal(minhash.sign_shingles(starts, hashes, 24, 9), signed)


def test_short_documents_have_no_key_and_a_slice_has_those_of_the_whole() -> None:
    texts = pa.array(["", "one two three four", "one two three four five", "一二三四五", None])[:4]
    keys = minhash.band_keys(minhash.signatures(texts, 112), 14)
    assert (keys[:2] == 0).all() and (keys[2:] != 0).all()
    again = minhash.band_keys(minhash.signatures(texts[2:], 112), 14)
    assert np.array_equal(again, keys[2:])


def test_seeds_are_independent() -> None:
    texts, similarity = edited_pairs(0.7, 200)
    one, other = (minhash.signatures(pa.array(texts), 112, seed=seed) for seed in (1, 2))
    assert (one == other).mean() < 0.01
    rates = [(signed[::2] == signed[1::2]).mean(axis=1) for signed in (one, other)]
    assert abs(np.corrcoef(rates)[0, 1]) < 0.25 and np.mean(rates) == pytest.approx(
        similarity, abs=0.01
    )
