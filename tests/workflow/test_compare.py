"""Compare: subsets whose answer is known."""

import numpy as np
import pytest

import selection
from selection.core.errors import BadSetting


def halves(space):
    n_docs = selection.status(space).n_docs
    first = (np.arange(n_docs) % 2 == 0).astype(np.int32)
    return first, 1 - first


def test_two_halves_share_nothing_and_a_half_is_itself(scored):
    even, odd = halves(scored)
    compared = selection.compare_copies(
        scored, ["even", "odd", "again"], [even, odd, even], [("a",), ("b",), ("a",)]
    )
    rows = {(row["first"], row["second"]): row for row in compared.pairs()}
    assert rows["even", "odd"]["shared_docs"] == 0 and rows["even", "odd"]["lift_docs"] == 0
    assert rows["even", "again"]["jaccard_tokens"] == 1
    assert rows["even", "odd"]["expected_jaccard_docs"] == pytest.approx(1 / 3)


def test_random_draws_overlap_as_chance_says(scored):
    lifts = []
    for seed in range(4):
        methods = [selection.method("random")]
        draws = [
            selection.preview(
                scored, methods, selection.sampler(methods, None), 15_000, seed=2 * seed + side
            ).copies()
            for side in (0, 1)
        ]
        compared = selection.compare_copies(scored, ["a", "b"], draws, [("random",)] * 2)
        lifts.append(compared.pairs()[0]["lift_docs"])
    assert 0.8 < np.mean(lifts) < 1.2


def test_different_methods_of_one_seed_do_not_share_their_noise(scored):
    draws = []
    for name in ("random", "cluster_balanced"):
        methods = [selection.method(name)]
        draws.append(
            selection.preview(
                scored, methods, selection.sampler(methods, None), 10_000, seed=0
            ).copies()
        )
    compared = selection.compare_copies(
        scored, ["a", "b"], draws, [("random",), ("cluster_balanced",)]
    )
    assert compared.pairs()[0]["lift_docs"] < 1.6


def test_four_directions_count_as_four_distinct_documents(tmp_path):
    from tests.conftest import own_documents, write_jsonl

    space = selection.create(tmp_path / "four")
    selection.ingest(space, [write_jsonl(tmp_path / "c.jsonl", own_documents(40))])
    np.save(tmp_path / "vectors.npy", np.eye(4, dtype=np.float32)[np.arange(40) % 4])
    selection.attach(space, tmp_path / "vectors.npy", "embedding")
    one = (np.arange(40) % 4 == 0).astype(np.int32)
    compared = selection.compare_copies(
        space, ["one", "all"], [one, np.ones(40, np.int32)], [("a",), ("b",)]
    )
    assert [row["distinct_documents"] for row in compared.table()] == pytest.approx(
        [1, 4], rel=1e-3
    )
    assert compared.corpus_vendi == pytest.approx(4, rel=1e-3)


def test_a_comparison_needs_two_different_subsets(scored):
    with pytest.raises(BadSetting, match="two or more different subsets, got best"):
        selection.compare(scored, ["best"])
