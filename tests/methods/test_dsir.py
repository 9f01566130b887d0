"""DSIR against the authors' package, by hand, and under controls that must find nothing."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import spearmanr

import selection
from selection.core.documents import Documents
from selection.core.errors import BadSetting
from selection.core.targets import Target
from selection.methods.target.dsir import Dsir
from selection.primitives.importance import effective_n, kl_nats, kl_reduction, probabilities
from selection.workflow import weigh
from tests.conftest import DATASETS, write_jsonl


def docs(texts: list[str]) -> Documents:
    n = len(texts)
    whole = pa.array(texts, pa.large_string())
    return Documents(np.arange(n), np.arange(n).astype(np.uint64), np.ones(n, np.int64), text=whole)


class Corpus:
    def __init__(self, texts: list[str]) -> None:
        self.docs = docs(texts)

    def stream(self, needs):
        return self.docs.batches(2)


def weights(method: Dsir, texts: list[str], *targets: list[str]):
    sets = [Target(f"{i}", f"t{i}", pa.array(each, pa.large_string())) for i, each in enumerate(targets)]  # fmt: skip
    state = method.fit(Corpus(texts), sets)
    return method.weigh(docs(texts), state), state


def test_a_log_ratio_by_hand():
    method = Dsir(ngrams=1, smoothing=0, min_tokens=0, n_buckets=1 << 20)
    found, _ = weights(method, ["a b", "b b b a", "a"], ["a a a b"])
    # the corpus has 3 a and 4 b, the target 3 a and 1 b
    a, b = math.log(3 / 4) - math.log(3 / 7), math.log(1 / 4) - math.log(4 / 7)
    np.testing.assert_allclose(found.log_weight, [a + b, a + 3 * b, a], atol=1e-6)
    mean, _ = weights(method.model_copy(update={"length": "mean"}), ["a b", "b b b a", "a"], ["a a a b"])  # fmt: skip
    np.testing.assert_allclose(mean.log_weight, [(a + b) / 2, (a + 3 * b) / 4, a], atol=1e-6)
    chunk = method.model_copy(update={"length": "chunk", "chunk_tokens": 8})
    found, _ = weights(chunk, ["a b", "b b b a", "a"], ["a a a b"])
    np.testing.assert_allclose(found.log_weight, 8 * mean.log_weight, atol=1e-6)


def test_separate_targets_mix_by_their_proportions():
    method = Dsir(ngrams=1, smoothing=0, min_tokens=0, n_buckets=1 << 20, separate=True)
    texts, one, other = ["a", "b"], ["a a a b"], ["b b"]
    found, _ = weights(method, texts, one, other)
    # by default as many n-grams as each has, 4 to 2; the ratio of `b` is 1/2 and 2, of `a` 3/2 and nearly 0
    np.testing.assert_allclose(
        found.log_weight, np.log([2 / 3 * 3 / 2, 2 / 3 * 1 / 2 + 1 / 3 * 2]), atol=1e-6
    )
    assert found.because["target"].tolist() == ["t0", "t1"]
    even = method.model_copy(update={"proportions": (1.0, 0.0)})
    np.testing.assert_allclose(weights(even, texts, one, other)[0].log_weight, np.log([3 / 2, 1 / 2]), atol=1e-6)  # fmt: skip
    with pytest.raises(
        BadSetting, match="one share of at least 0 for each of the 2 targets, got 1.0"
    ):
        weights(method.model_copy(update={"proportions": (1.0,)}), texts, one, other)


def test_short_documents_are_never_drawn_and_say_so():
    found, _ = weights(Dsir(min_tokens=3), ["a b", "a b c", "a , b ."], ["a b"])
    assert np.isneginf(found.log_weight).tolist() == [True, False, False]
    assert found.because["rule"].tolist() == ["at least 3 words and marks", "", ""]


def test_a_target_that_fills_few_buckets_is_warned_of():
    _, state = weights(Dsir(min_tokens=0), [f"word{i} and so on" for i in range(500)], ["a word"])
    facts = Dsir().facts(state)
    assert "t0 fills too few buckets" in facts["warning"]
    assert facts["learnt"][0]["n_grams"] == 3 and 0.5 < facts["learnt"][0]["corpus_in_empty_buckets"] <= 1  # fmt: skip


def test_effective_n_and_kl_reduction_by_hand():
    assert effective_n(np.zeros(7)) == pytest.approx(7)
    assert effective_n(np.array([0.0, -np.inf, -1000.0])) == pytest.approx(1)
    assert effective_n(np.log([1.0, 2.0])) == pytest.approx(9 / 5)
    p, raw = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    assert kl_nats(p, raw) == pytest.approx(0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(5), abs=1e-6)
    assert kl_reduction(p, raw, p) == pytest.approx(kl_nats(p, raw), abs=1e-6)
    assert kl_reduction(p, raw, raw) == pytest.approx(0)
    assert probabilities(np.array([1, 0]), 1).tolist() == [2 / 3, 1 / 3]


@pytest.fixture(scope="module")
def pile(tmp_path_factory):
    """A workspace of the Pile sample, two targets, and the package's own weights for both of its modes."""
    if not DATASETS.exists():
        pytest.skip("the shared data sets are not beside the repository")
    dsir = pytest.importorskip("data_selection")
    home = tmp_path_factory.mktemp("pile")
    space = selection.create(home / "pile")
    selection.ingest(space, [DATASETS / "web" / "pile.jsonl"])
    sets = [DATASETS / "targets" / f"{name}.jsonl" for name in ("gsm8k_test", "arc_easy")]
    keys = [selection.add_target(space, file) for file in sets]
    files = []
    for key in keys:
        texts = selection.read_target(space, key)["text"].to_pylist()
        files.append(write_jsonl(home / f"{key}.jsonl", [{"text": text} for text in texts]))
    theirs = {}
    for separate in (False, True):
        run = dsir.HashedNgramDSIR(
            [str(DATASETS / "web" / "pile.jsonl")], [str(file) for file in files], str(home / f"cache{separate}"),
            raw_parse_example_fn=_contents, num_proc=1, separate_targets=separate,
        )  # fmt: skip
        run.fit_importance_estimator()
        run.compute_importance_weights()
        log_weight = np.load(home / f"cache{separate}" / "log_importance_weights" / "0.npy")
        length = np.load(home / f"cache{separate}" / "perexample_metadata" / "0.npy")
        theirs[separate] = (log_weight, length, run.target_proportions)
    return space, keys, theirs


def _contents(row: dict) -> str:
    return row["contents"]


def ours(space, **settings) -> np.ndarray:
    method = selection.method("dsir", settings)
    selection.weigh(space, [method])
    return weigh.compute(space, [method]).weights.log_weight


def test_weights_are_those_of_the_authors_package(pile):
    space, keys, theirs = pile
    log_weight, length, _ = theirs[False]
    found = ours(space, targets=keys, smoothing=0, min_tokens=0)
    np.testing.assert_allclose(found, log_weight, rtol=0, atol=1e-6)
    kept = ours(space, targets=keys, smoothing=0)
    assert np.array_equal(np.isfinite(kept), length >= 100)


def test_separate_weights_are_the_mixture_of_the_packages(pile):
    space, keys, theirs = pile
    each, _, proportions = theirs[True]
    found = ours(space, targets=keys, smoothing=0, min_tokens=0, separate=True)
    mixed = np.logaddexp.reduce(each + np.log(proportions), axis=1)
    np.testing.assert_allclose(found, mixed, rtol=0, atol=1e-6)


def test_the_fast_hash_ranks_as_sha256_does_where_n_grams_do_not_share_a_bucket(pile):
    space, keys, _ = pile

    def agreement(**chosen) -> float:
        both = ({"hashing": name, "min_tokens": 0, **chosen} for name in ("fast", "sha256"))
        return spearmanr(*(ours(space, targets=keys, **each) for each in both)).statistic

    assert (
        agreement() > 0.94
    )  # no less than sha256 with itself after a salt: `tests.benchmarks.text_dsir_hash`
    assert agreement(n_buckets=1_000_000) >= 0.98


@pytest.fixture(scope="module")
def mix(tmp_path_factory, mix_small):
    space = selection.create(tmp_path_factory.mktemp("mix") / "mix")
    selection.ingest(space, [mix_small])
    return space


def test_a_target_of_math_problems_draws_math_problems_and_is_nearer_to_them(mix):
    key = selection.add_target(mix, DATASETS / "targets" / "gsm8k_test.jsonl")
    method = selection.method("dsir", {"targets": [key], "min_tokens": 20})
    selection.draw(mix, [method], "math", 20_000)
    selection.draw(mix, [selection.method("random")], "chance", 20_000)
    sources = selection.sources(mix)
    drawn = selection.subset_copies(mix, "math") > 0
    assert (np.array(sources.names)[sources.codes[drawn]] == "gsm8k").mean() > 0.95
    rows = selection.resemblance(mix, ["math", "chance"], [key])
    gained = {row["subset"]: row["kl_reduction"] for row in rows if row["target"] == "mean"}
    assert gained["math"] > 0.3 and -0.1 < gained["chance"] < 0.02


def test_a_target_that_is_the_corpus_shuffled_prefers_nothing(mix, tmp_path):
    order = np.random.default_rng(0).permutation(3000)
    rows = selection.read_documents(mix, order, chars=10**9)
    file = write_jsonl(tmp_path / "shuffled.jsonl", [{"text": row["text"]} for row in rows])
    key = selection.add_target(mix, file)
    method = selection.method("dsir", {"targets": [key], "min_tokens": 0, "smoothing": 0})
    run = selection.weigh(mix, [method])
    assert np.abs(weigh.compute(mix, [method]).weights.log_weight).max() < 1e-6
    assert run.facts["effective_n"] == pytest.approx(3000)
    assert run.facts["learnt"][0]["kl_to_corpus_nats"] == pytest.approx(0, abs=1e-9)


def test_a_target_of_documents_picked_at_random_prefers_no_source(mix, tmp_path):
    seen = np.random.default_rng(1).random(3000) < 0.5
    rows = selection.read_documents(mix, np.flatnonzero(seen), chars=10**9)
    half = write_jsonl(tmp_path / "half.jsonl", [{"text": row["text"]} for row in rows])
    spans = []
    for file in (half, DATASETS / "targets" / "gsm8k_test.jsonl"):
        keys = [selection.add_target(mix, file)]
        log_weight = ours(mix, targets=keys, min_tokens=0, length="chunk")
        source = selection.sources(mix).codes
        common = [code for code in np.unique(source) if (source[~seen] == code).sum() > 50]
        spans.append(np.ptp([log_weight[~seen & (source == code)].mean() for code in common]))
    assert spans[0] < 0.05 * spans[1]
