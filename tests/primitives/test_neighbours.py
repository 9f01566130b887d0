"""Nearest neighbours: exact against brute force, the inverted file against the exact search."""

import numpy as np
import pytest

from selection.primitives import neighbours, vector_blocks
from selection.primitives.neighbours import Neighbours, nearest
from selection.primitives.vector_blocks import Shards


def rows(n: int, dim: int = 16, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float16)


def brute(vectors: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    unit = [
        one.astype(np.float64) / np.linalg.norm(one.astype(np.float64), axis=1)[:, None]
        for one in (vectors, queries)
    ]
    return np.argsort(-(unit[1] @ unit[0].T), axis=1, kind="stable")[:, :k]


def test_it_agrees_with_brute_force_across_blocks(monkeypatch, tmp_path):
    np.save(tmp_path / "v.npy", rows(500))
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    monkeypatch.setattr(vector_blocks.unit_blocks, "__defaults__", (64,))
    ids, cosine = nearest(mapped, rows(40, seed=1), 7)
    assert np.array_equal(ids, brute(mapped, rows(40, seed=1), 7))
    assert (np.diff(cosine, axis=1) <= 0).all() and (np.abs(cosine) <= 1.00001).all()


def test_shards_are_read_as_if_they_were_one_array():
    whole = rows(50)
    shards = Shards([whole[:7], whole[7:7], whole[7:30], whole[30:]])
    assert len(shards) == 50 and shards.shape == (50, 16)
    assert np.array_equal(shards[5:35], whole[5:35]) and shards[60:70].shape == (0, 16)
    some = np.array([0, 6, 7, 29, 30, 49])
    assert np.array_equal(shards[some], whole[some])
    for found, wanted in zip(
        nearest(shards, whole[:9], 5), nearest(whole, whole[:9], 5), strict=True
    ):
        assert np.array_equal(found, wanted)


def test_a_vector_is_its_own_nearest_neighbour_at_cosine_one():
    vectors = rows(300) * np.float16(3)  # length does not matter
    ids, cosine = nearest(vectors, vectors, 1)
    assert np.array_equal(ids[:, 0], np.arange(300))
    assert np.allclose(cosine, 1, atol=1e-6)


def test_equal_vectors_come_lowest_id_first():
    vectors = np.repeat(rows(3), 5, axis=0)
    ids, _ = nearest(vectors, vectors[7:8], 5)
    assert ids.tolist() == [[5, 6, 7, 8, 9]]


def test_never_more_neighbours_than_vectors():
    ids, cosine = nearest(rows(3), rows(2, seed=4), 10)
    assert ids.shape == cosine.shape == (2, 3)


def test_the_inverted_file_finds_nearly_all_and_says_how_many():
    vectors = rows(4000, 12)
    exact, inverted = Neighbours(vectors), Neighbours(vectors, exact_to=1000)
    assert exact.exact and exact.recall().low == 1
    assert not inverted.exact
    recall = inverted.recall(k=10)
    found, cosine = inverted.search(vectors[:50], 1)
    assert 0.8 < recall.low < recall.estimate < recall.high <= 1
    every = inverted.recall(k=10, n_queries=4000).estimate
    assert recall.low - 0.02 < every < recall.high + 0.02
    assert np.array_equal(found[:, 0], np.arange(50)) and np.allclose(cosine, 1, atol=1e-3)


def test_a_million_is_the_bound_of_exact_search():
    assert neighbours.EXACT_TO == 1_000_000


@pytest.mark.parametrize("n", [1, 5, 100])
def test_a_sample_is_ascending_unique_and_the_same_for_a_seed(n):
    picked = vector_blocks.sample_rows(100, n, 3)
    assert len(picked) == n and (np.diff(picked) > 0).all()
    assert np.array_equal(picked, vector_blocks.sample_rows(100, n, 3))


def test_a_row_of_zeros_stays_finite():
    assert np.array_equal(vector_blocks.unit_rows(np.zeros((1, 4), np.float16)), np.zeros((1, 4)))
