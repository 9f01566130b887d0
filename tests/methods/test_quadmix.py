"""QuaDMix: rank in the domain to copies, parameters per domain, and the tokens out before drawing."""

import numpy as np
import pytest

from selection.core.documents import Categories, Documents
from selection.core.errors import BadSetting
from selection.core.noise import splitmix
from selection.core.sampler import Pool
from selection.methods.mixture.quadmix import QuaDMix
from selection.samplers.copies import Copies

SIGNALS = ("a", "b")


def corpus(n_docs=9_000, seed=0) -> Documents:
    rng = np.random.default_rng(seed)
    domain = rng.choice(3, n_docs, p=[0.6, 0.39, 0.01])
    quality = rng.normal(size=n_docs) + domain  # domains differ in level
    return Documents(
        doc_id=np.arange(n_docs),
        uid_hash=splitmix(np.arange(n_docs, dtype=np.uint64)),
        n_tokens=rng.integers(1, 100, n_docs),
        source=Categories(domain.astype(np.int32), ("web", "books", "tiny")),
        signals={"a": quality, "b": quality + rng.normal(size=n_docs)},
    )


def weights(method, docs):
    return method.weigh(docs, method.fit(docs))


def test_quadmix_draws_the_best_of_each_domain_about_once_and_the_rest_eps_times():
    docs = corpus()
    found = weights(QuaDMix(signals=("a",), omega=0.1, eta=0, eps=0.001, min_docs=10), docs)
    copies = np.exp(found.log_weight)
    np.testing.assert_allclose(np.unique(copies.round(9)), [0.001, 1.001])
    for domain in range(3):
        inside = docs.source.codes == domain
        order = np.argsort(-docs.signals["a"][inside])
        tokens = docs.n_tokens[inside][order]
        rank = (np.cumsum(tokens) - tokens / 2) / tokens.sum()
        assert np.array_equal(copies[inside][order] > 1, rank <= 0.1)


def test_quadmix_ranks_in_tokens():
    docs = Documents(
        np.arange(3),
        np.arange(3, dtype=np.uint64),
        np.array([10, 70, 20]),
        signals={"a": np.array([5.0, 1.0, 3.0])},
    )
    found = weights(QuaDMix(signals=("a",), domain="none"), docs)
    np.testing.assert_allclose(found.because["domain_rank"], [0.05, 0.65, 0.20], rtol=1e-6)


@pytest.mark.parametrize("sigma", ["rank", "z", "minmax"])
def test_quadmix_merges_criteria_by_alpha(sigma):
    docs = corpus(2_000)
    only_a = weights(QuaDMix(signals=SIGNALS, alpha=(1, 0), sigma=sigma), docs)
    just_a = weights(QuaDMix(signals=("a",), sigma=sigma), docs)
    np.testing.assert_allclose(only_a.log_weight, just_a.log_weight)
    both = weights(QuaDMix(signals=SIGNALS, sigma=sigma), docs)
    assert not np.allclose(both.because["domain_rank"], just_a.because["domain_rank"])


def test_quadmix_knows_the_tokens_out_before_drawing():
    docs, method = corpus(), QuaDMix(signals=SIGNALS, omega=0.3, lambda_=20, eta=1, min_docs=10)
    state = method.fit(docs)
    copies = np.exp(method.weigh(docs, state).log_weight)
    out = method.tokens_out(state)
    for number, name in enumerate(("web", "books")):
        inside = docs.source.codes == number
        assert out[name][0] == docs.n_tokens[inside].sum()
        np.testing.assert_allclose(out[name][1], (docs.n_tokens * copies)[inside].sum(), rtol=0.004)


def test_quadmix_sets_parameters_of_single_domains():
    docs = corpus()
    own = [{"domain": "books", "omega": 0.5, "eps": 0.0, "alpha": [0, 1]}]
    method = QuaDMix.build({"signals": SIGNALS, "domains": own, "min_docs": 10})
    copies = np.exp(weights(method, docs).log_weight)
    books, web = docs.source.codes == 1, docs.source.codes == 0
    assert (copies[books] == 0).mean() == pytest.approx(0.5, abs=0.03)
    assert copies[web].min() == pytest.approx(0.0005)
    best = np.argmax(np.where(books, docs.signals["b"], -np.inf))
    assert copies[best] == copies[books].max()


def test_quadmix_pools_small_domains_and_labels_it_has_not_seen():
    docs = corpus()
    method = QuaDMix(signals=("a",))
    state = method.fit(docs)  # tiny has about 90 documents, below 200
    assert set(method.tokens_out(state)) == {"", "web", "books"}
    tiny = docs.take(docs.source.codes == 2)
    renamed = Documents(
        tiny.doc_id,
        tiny.uid_hash,
        tiny.n_tokens,
        Categories(np.zeros(len(tiny), np.int32), ("new",)),
        signals=tiny.signals,
    )
    one, two = method.weigh(tiny, state), method.weigh(renamed, state)
    assert np.array_equal(one.log_weight, two.log_weight)


def test_quadmix_meets_a_budget_by_stretching_omega():
    docs = corpus()
    for share in (0.05, 0.4, 1.1):
        method = QuaDMix(signals=SIGNALS, min_docs=10).for_budget(share)
        found, budget = weights(method, docs), int(share * docs.n_tokens.sum())
        expected = (docs.n_tokens * np.exp(found.log_weight)).sum()
        np.testing.assert_allclose(expected, budget, rtol=0.02)
        pool = Pool(found.log_weight, docs.n_tokens, docs.uid_hash, scale="nats")
        draw = Copies().draw(pool, budget, 0)
        assert 0 <= budget - draw.n_tokens < 100
        assert draw.cut["factor"][0] == pytest.approx(1, abs=0.05)
    fixed = QuaDMix(fit_omega=False)
    assert fixed.for_budget(0.4) is fixed


def test_quadmix_refuses_weights_that_do_not_match_the_signals():
    with pytest.raises(BadSetting, match=r"each of the 2 signals, got \(1.0,\)"):
        QuaDMix(signals=SIGNALS, alpha=(1,)).fit(corpus(300))
