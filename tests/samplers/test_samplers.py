"""Samplers: budgets, chance, and cuts that re-create a draw row by row."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.core.errors import BadSetting, ImpossibleBudget
from selection.core.noise import splitmix
from selection.core.sampler import Pool
from selection.primitives import parallel
from selection.samplers import copies
from selection.samplers.copies import Copies
from selection.samplers.gumbel import Gumbel
from selection.samplers.quota import Quota
from selection.samplers.top import Top

KINDS = {
    "top": Top(),
    "gumbel": Gumbel(),
    "gumbel cold": Gumbel(temperature=0),
    "gumbel hot": Gumbel(temperature=3),
    "quota corpus": Quota(),
    "quota equal": Quota(shares="equal", inside="gumbel"),
    "quota given": Quota(shares="given", given=(1, 0, 2.5)),
    "copies": Copies(),
    "single copies": Copies(max_copies=1),
}


def hashes(n_docs: int, start: int = 0) -> np.ndarray:
    return splitmix(np.arange(start, start + n_docs, dtype=np.uint64))


def pool_of(log_weight, n_tokens=None, stratum=None, scale="nats", start=0) -> Pool:
    log_weight = np.asarray(log_weight, np.float64)
    n = len(log_weight)
    tokens = np.ones(n, np.int64) if n_tokens is None else np.asarray(n_tokens, np.int64)
    strata = None if stratum is None else np.asarray(stratum, np.int32)
    return Pool(log_weight, tokens, hashes(n, start), strata, scale)


@st.composite
def pools(draw) -> Pool:
    n = draw(st.integers(1, 60))
    weight = st.one_of(st.sampled_from([0.0, -1.0, -np.inf]), st.floats(-20, 3))
    return pool_of(
        draw(st.lists(weight, min_size=n, max_size=n)),
        draw(st.lists(st.integers(0, 50), min_size=n, max_size=n)),
        draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)),
        draw(st.sampled_from(["none", "ordinal", "nats"])),
        start=draw(st.integers(0, 10_000)),
    )


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=60, deadline=None)
@given(pool=pools(), budget=st.integers(1, 600), seed=st.integers(0, 2**64 - 1))
def test_a_draw_keeps_its_promises(name, pool, budget, seed):
    """Never above the budget, within one document of it, indifferent to row order, and re-created by its cut."""
    sampler = KINDS[name]
    if pool.scale not in sampler.scales or (name == "quota given" and pool.stratum.max() != 2):
        return
    try:
        draw = sampler.draw(pool, budget, seed)
    except ImpossibleBudget as error:
        assert str(budget) in str(error) or "at least 1" in str(error)
        return
    assert draw.n_tokens <= budget
    assert draw.n_tokens == int((pool.n_tokens[draw.rows] * draw.copies).sum())
    assert (np.diff(draw.rows) > 0).all() and (draw.copies >= 1).all()
    assert np.isfinite(pool.log_weight[draw.rows]).all()
    left_over = np.isfinite(pool.log_weight) & (pool.n_tokens <= budget)
    if sampler.id() != "copies":
        left_over[draw.rows] = False
    if name == "quota given":
        left_over &= pool.stratum != 1
    if pool.scale != "none" and draw.n_tokens < budget:
        assert budget - draw.n_tokens < pool.n_tokens[left_over].max()

    kept = sampler.keep(pool, draw.cut, seed)
    assert np.array_equal(kept.rows, draw.rows) and np.array_equal(kept.copies, draw.copies)
    assert kept.n_tokens == draw.n_tokens

    order = np.random.default_rng(seed % 2**32).permutation(len(pool.n_tokens))
    turned = Pool(
        pool.log_weight[order],
        pool.n_tokens[order],
        pool.uid_hash[order],
        pool.stratum[order],
        pool.scale,
    )
    again = sampler.draw(turned, budget, seed)
    assert np.array_equal(np.sort(order[again.rows]), draw.rows)


@pytest.mark.parametrize("name", KINDS)
def test_a_cut_works_shard_by_shard(name):
    rng = np.random.default_rng(0)
    pool = pool_of(rng.normal(size=500), rng.integers(1, 90, 500), rng.integers(0, 3, 500))
    sampler = KINDS[name]
    draw = sampler.draw(pool, 5_000, 11)
    found = []
    for part in np.array_split(np.arange(500), 7):
        shard = Pool(
            pool.log_weight[part],
            pool.n_tokens[part],
            pool.uid_hash[part],
            pool.stratum[part],
            pool.scale,
        )
        found.append(part[sampler.keep(shard, draw.cut, 11).rows])
    assert np.array_equal(np.concatenate(found), draw.rows)


@pytest.mark.parametrize("name", ["top", "gumbel", "quota corpus", "quota equal", "gumbel hot"])
def test_a_larger_budget_contains_the_smaller_one(name):
    rng = np.random.default_rng(1)
    pool = pool_of(rng.normal(size=400), rng.integers(1, 90, 400), rng.integers(0, 3, 400))
    draws = [set(KINDS[name].draw(pool, budget, 5).rows) for budget in (500, 2_000, 9_000)]
    assert draws[0] < draws[1] < draws[2]


@pytest.mark.parametrize("name", ["gumbel", "quota equal", "copies"])
def test_seeds_differ(name):
    pool = pool_of(np.zeros(200), np.full(200, 10), np.zeros(200))
    one, two = (KINDS[name].draw(pool, 500, seed).rows for seed in (0, 1))
    assert not np.array_equal(one, two)


def plackett_luce(weights: np.ndarray, n_drawn: int) -> np.ndarray:
    """Exact inclusion rates of drawing one after the other without replacement."""
    rates = np.zeros(len(weights))
    for sequence in itertools.permutations(range(len(weights)), n_drawn):
        chance, left = 1.0, weights.sum()
        for item in sequence:
            chance *= weights[item] / left
            left -= weights[item]
        rates[list(sequence)] += chance
    return rates


@pytest.mark.parametrize("n_drawn", [1, 2, 3])
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_gumbel_includes_five_documents_at_the_rates_of_plackett_luce(n_drawn, temperature):
    weights = np.array([5.0, 3.0, 1.0, 0.7, 0.3])
    sampler, pool = Gumbel(temperature=temperature), pool_of(np.log(weights))
    counts = np.zeros(5)
    n_draws = 2_000
    for seed in range(n_draws):
        counts[sampler.draw(pool, n_drawn, seed).rows] += 1
    expected = plackett_luce(weights ** (1 / temperature), n_drawn)
    np.testing.assert_allclose(counts / n_draws, expected, atol=4 * 0.5 / n_draws**0.5)


def test_gumbel_on_an_ordinal_weight_sees_only_the_order():
    weights = np.array([3.0, 1.0, 2.0, 0.5, 0.1])
    one = pool_of(weights, scale="ordinal")
    two = pool_of(np.exp(5 * weights), scale="ordinal")
    for seed in range(20):
        assert np.array_equal(Gumbel().draw(one, 2, seed).rows, Gumbel().draw(two, 2, seed).rows)


def test_temperature_zero_is_top():
    pool = pool_of([0.3, 2.0, -1.0, 5.0, 4.0])
    assert Gumbel(temperature=0).draw(pool, 3, 0).rows.tolist() == [1, 3, 4]
    assert Top().draw(pool, 3, 0).rows.tolist() == [1, 3, 4]


def test_top_breaks_ties_by_noise_and_evenly():
    pool = pool_of(np.zeros(10))
    counts = np.zeros(10)
    for seed in range(1_500):
        counts[Top().draw(pool, 3, seed).rows] += 1
    np.testing.assert_allclose(counts / 1_500, 0.3, atol=0.05)


def test_a_filter_fills_the_budget_with_all_it_keeps_and_others_refuse():
    pool = pool_of([0, -np.inf, 0, 0], [10, 10, 20, 5], scale="none")
    draw = Top().draw(pool, 1_000, 0)
    assert draw.rows.tolist() == [0, 2, 3] and draw.n_tokens == 35
    sentence = r"must not exceed the tokens on offer, got 1,000 for 35 tokens in 3 documents"
    for sampler in (Top(), Gumbel()):
        with pytest.raises(ImpossibleBudget, match=sentence):
            sampler.draw(pool_of([0, -np.inf, 0, 0], [10, 10, 20, 5]), 1_000, 0)
    with pytest.raises(ImpossibleBudget, match="at least 1, got 0"):
        Top().draw(pool, 0, 0)


def test_a_document_longer_than_the_budget_is_passed_over():
    pool = pool_of([9, 2, 1], [100, 6, 6])
    draw = Top().draw(pool, 10, 0)
    assert draw.rows.tolist() == [1] and draw.n_tokens == 6
    with pytest.raises(ImpossibleBudget, match="not counting 1 longer than the budget"):
        Top().draw(pool, 50, 0)


def test_a_full_pool_is_drawn_exactly():
    pool = pool_of([1.0, 0.5, -3.0], [7, 8, 9])
    for sampler in (Top(), Gumbel(), Copies(max_copies=1)):
        assert sampler.draw(pool, 24, 0).rows.tolist() == [0, 1, 2]


def test_copies_are_expected_copies_on_average():
    expected = np.array([2.3, 1.0, 0.4, 0.05, 0.0])
    with np.errstate(divide="ignore"):
        pool = pool_of(np.log(expected))
    cut = {"factor": np.array([1.0]), "longest": np.array([10**9])}
    total = np.zeros(5)
    for seed in range(2_000):
        draw = Copies().keep(pool, cut, seed)
        assert set(draw.copies[draw.rows == 0]) <= {2, 3}
        total[draw.rows] += draw.copies
    np.testing.assert_allclose(total / 2_000, expected, atol=4 * 0.5 / 2_000**0.5)
    assert total[1] == 2_000  # a whole number of copies is certain


@pytest.mark.parametrize("share", [0.001, 0.2, 0.9, 3.0])
@pytest.mark.parametrize("skew", [0.3, 3.0])
def test_a_sample_that_says_where_to_look_changes_no_copy(monkeypatch, share, skew):
    rng = np.random.default_rng(int(10 * skew))
    n_tokens = rng.lognormal(3, skew, 5_000).astype(int) + 1
    pool = pool_of(rng.normal(size=5_000) * skew, n_tokens)
    budget = max(int(n_tokens.sum() * share), int(n_tokens.max()))
    plain = Copies().draw(pool, budget, 1)
    monkeypatch.setattr(copies, "_SAMPLE", 64)
    monkeypatch.setattr(parallel, "_BLOCK", 300)
    sampled = Copies().draw(pool, budget, 1)
    assert sampled.cut["factor"] == plain.cut["factor"]
    np.testing.assert_array_equal(sampled.rows, plain.rows)
    np.testing.assert_array_equal(sampled.copies, plain.copies)


def test_copies_scale_up_or_refuse_as_asked():
    pool = pool_of(np.log(np.full(100, 0.5)), np.full(100, 10))
    up = Copies().draw(pool, 1_500, 0)
    assert up.n_tokens == 1_500 and set(up.copies) == {1, 2}
    down = Copies(fit_budget="trim").draw(pool, 100, 0)
    assert down.n_tokens == 100
    with pytest.raises(ImpossibleBudget, match=r"got 1,500 for .* fit_budget=scale"):
        Copies(fit_budget="trim").draw(pool, 1_500, 0)
    with pytest.raises(ImpossibleBudget, match="got 1,500 for 1,000 tokens of 100 documents"):
        Copies(max_copies=1).draw(pool, 1_500, 0)


def test_quota_shares_hold_and_short_strata_hand_their_rest_on():
    stratum = np.repeat([0, 1, 2], [1_000, 1_000, 30])
    pool = pool_of(np.random.default_rng(0).normal(size=2_030), np.full(2_030, 10), stratum)
    equal = Quota(shares="equal").draw(pool, 900, 0)
    assert np.bincount(stratum[equal.rows]).tolist() == [30, 30, 30]
    more = Quota(shares="equal").draw(pool, 3_300, 0)
    assert np.bincount(stratum[more.rows]).tolist() == [150, 150, 30]
    corpus = Quota().draw(pool, 2_030, 0)
    assert np.bincount(stratum[corpus.rows]).tolist() == [100, 100, 3]
    given_shares = Quota(shares="given", given=(3, 1, 0)).draw(pool, 4_000, 0)
    assert np.bincount(stratum[given_shares.rows], minlength=3).tolist() == [300, 100, 0]


def test_quota_takes_the_best_of_each_stratum():
    pool = pool_of([1, 2, 3, 10, 20, 30], np.ones(6), [0, 0, 0, 1, 1, 1])
    assert Quota(shares="equal").draw(pool, 2, 0).rows.tolist() == [2, 5]
    assert Quota(shares="equal").draw(pool, 4, 0).rows.tolist() == [1, 2, 4, 5]


def test_quota_says_what_it_lacks():
    with pytest.raises(BadSetting, match="needs a stratum"):
        Quota().draw(pool_of([1.0, 2.0]), 1, 0)
    with pytest.raises(BadSetting, match=r"each of the 2 strata, got \(1.0,\)"):
        Quota(shares="given", given=(1,)).draw(pool_of([1, 2], None, [0, 1]), 1, 0)
