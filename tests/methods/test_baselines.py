"""Facts of the baselines, on corpora small enough to check by hand."""

import numpy as np
import pytest

from selection.core.documents import Categories, Documents
from selection.core.noise import splitmix
from selection.core.sampler import Pool
from selection.methods.baseline.cluster_balanced import ClusterBalanced
from selection.methods.baseline.longest import Longest
from selection.methods.baseline.mean_of_signals import MeanOfSignals
from selection.methods.baseline.random import Random
from selection.methods.baseline.top_signal import TopSignal
from selection.samplers.gumbel import Gumbel


def corpus(
    n_docs: int = 4, tokens=None, cluster=None, names=(), polarity=None, **signals
) -> Documents:
    return Documents(
        doc_id=np.arange(n_docs),
        uid_hash=splitmix(np.arange(n_docs, dtype=np.uint64)),
        n_tokens=np.full(n_docs, 10) if tokens is None else np.array(tokens),
        cluster=None if cluster is None else Categories(np.array(cluster, np.int32), tuple(names)),
        signals={name: np.array(values, float) for name, values in signals.items()},
        polarity=polarity or {},
    )


def weights(method, docs):
    return method.weigh(docs, method.fit(docs))


def test_random_gives_every_document_the_same_chance():
    docs = corpus(8)
    pool = Pool(weights(Random(), docs).log_weight, docs.n_tokens, docs.uid_hash, scale="nats")
    drawn = np.zeros(8)
    for seed in range(2_000):
        drawn[Gumbel().draw(pool, 20, seed).rows] += 1
    np.testing.assert_allclose(drawn / 2_000, 0.25, atol=0.04)


def test_longest_ranks_by_tokens():
    docs = corpus(4, tokens=[5, 80, 1, 20])
    assert np.argsort(-weights(Longest(), docs).log_weight).tolist() == [1, 3, 0, 2]


def test_top_signal_follows_polarity_unless_told_otherwise():
    docs = corpus(3, noise=[0.1, 0.9, np.nan], polarity={"noise": -1})
    by_polarity = weights(TopSignal(signal="noise"), docs)
    np.testing.assert_array_equal(by_polarity.log_weight, [-0.1, -0.9, -np.inf])
    assert by_polarity.excluded == {"noise is not rated": 1}
    highest = weights(TopSignal(signal="noise", direction="highest"), docs).log_weight
    np.testing.assert_array_equal(highest, [0.1, 0.9, -np.inf])
    lowest = weights(TopSignal(signal="noise", direction="lowest"), docs).log_weight
    np.testing.assert_array_equal(lowest, [-0.1, -0.9, -np.inf])


def test_mean_of_signals_averages_signed_z_scores():
    docs = corpus(3, good=[1, 2, 3], bad=[30, 10, 20], flat=[4, 4, 4], polarity={"bad": -1})
    method = MeanOfSignals(signals=("good", "bad", "flat"))
    np.testing.assert_allclose(weights(method, docs).log_weight, [-2 / 3, 1 / 3, 1 / 3])


def test_mean_of_ranks_is_not_swayed_by_an_outlier():
    docs = corpus(3, a=[1, 2, 3_000], b=[2, 3, 1])
    by_rank = weights(MeanOfSignals(signals=("a", "b"), combine="rank"), docs).log_weight
    np.testing.assert_allclose(
        by_rank, [(1 / 6 + 1 / 2) / 2, (1 / 2 + 5 / 6) / 2, (5 / 6 + 1 / 6) / 2]
    )
    by_z = weights(MeanOfSignals(signals=("a", "b")), docs).log_weight
    assert by_rank.argmax() == by_z.argmax() == 1 and by_rank[2] < by_rank[1]


@pytest.mark.parametrize(("exponent", "ratio"), [(0.0, [1, 1]), (1.0, [0.5 / 0.9, 0.5 / 0.1])])
def test_cluster_balanced_is_the_log_of_wanted_over_present(exponent, ratio):
    docs = corpus(3, tokens=[40, 50, 10], cluster=[0, 0, 1], names="ab")
    found = weights(ClusterBalanced(exponent=exponent), docs).log_weight
    np.testing.assert_allclose(np.exp(found), [ratio[0], ratio[0], ratio[1]])


def test_cluster_balanced_keeps_clusters_even_when_a_signal_decides_inside():
    rng = np.random.default_rng(0)
    cluster = rng.choice(3, 5_000, p=[0.7, 0.2, 0.1])
    quality = rng.normal(size=5_000) + cluster  # clusters differ in quality
    docs = corpus(5_000, cluster=cluster, names="abc", quality=quality)
    found = np.exp(weights(ClusterBalanced(by="quality", tau=0.5), docs).log_weight)
    np.testing.assert_allclose(np.bincount(cluster, found) / found.sum(), 1 / 3)
    inside = cluster == 1
    assert np.corrcoef(np.log(found[inside]), quality[inside])[0, 1] == pytest.approx(1)


def test_documents_without_a_cluster_form_one():
    docs = corpus(4, cluster=[-1, -1, -1, 0], names="a")
    np.testing.assert_allclose(
        np.exp(weights(ClusterBalanced(), docs).log_weight), [2 / 3, 2 / 3, 2 / 3, 2]
    )
