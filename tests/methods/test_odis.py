"""ODiS: the best of every axis, shares by tokens, the gate, and the axis that chose each document."""

import numpy as np
import pytest

from selection.core.documents import Documents
from selection.core.errors import BadSetting, MissingAxes
from selection.core.noise import splitmix
from selection.core.sampler import Pool
from selection.methods.quality.odis import ODiS
from selection.samplers.top import Top


def corpus(axes, tokens=None, **signals) -> Documents:
    axes = np.array(axes, float)
    n = len(axes)
    return Documents(
        doc_id=np.arange(n),
        uid_hash=splitmix(np.arange(n, dtype=np.uint64)),
        n_tokens=np.full(n, 10) if tokens is None else np.array(tokens),
        signals={name: np.array(values, float) for name, values in signals.items()},
        axes=axes,
    )


def drawn(method, docs, share):
    weights = method.weigh(docs, method.fit(docs))
    pool = Pool(weights.log_weight, docs.n_tokens, docs.uid_hash, scale="ordinal")
    return Top().draw(pool, int(share * docs.n_tokens.sum()), 0), weights


def spread(n_docs=6_000, n_axes=3, seed=0) -> Documents:
    rng = np.random.default_rng(seed)
    return corpus(rng.normal(size=(n_docs, n_axes)), rng.integers(1, 200, n_docs))


@pytest.mark.parametrize("mode", ["union", "draft"])
def test_odis_keeps_the_best_of_every_axis(mode):
    docs = corpus([[9, 0], [8, 1], [0, 9], [1, 8], [3, 3], [2, 2]])
    draw, weights = drawn(ODiS(gate=0, mode=mode), docs, 4 / 6)
    assert draw.rows.tolist() == [0, 1, 2, 3]
    assert weights.because["axis"][:4].tolist() == [1, 1, 2, 2]


def test_odis_union_is_the_join_of_tops_with_equal_quotas():
    docs = spread()
    draw, weights = drawn(ODiS(gate=0), docs, 0.3)
    depth = -weights.log_weight[draw.rows].min()
    ranks = np.empty(docs.axes.shape)
    for k, column in enumerate(docs.axes.T):
        order = np.argsort(-column)
        tokens = docs.n_tokens[order]
        ranks[order, k] = (np.cumsum(tokens) - tokens / 2) / tokens.sum()
    assert np.array_equal(np.flatnonzero((3 * ranks <= depth + 1e-12).any(axis=1)), draw.rows)
    before_joining = [(docs.n_tokens * (3 * ranks[:, k] <= depth)).sum() for k in range(3)]
    assert max(before_joining) - min(before_joining) <= 400


def test_odis_draft_alternates_in_proportion_to_the_shares():
    docs = spread()
    method = ODiS(gate=0, mode="draft", shares=(3, 2, 1))
    for share in (0.05, 0.2, 0.6):
        draw, weights = drawn(method, docs, share)
        chose = weights.because["axis"][draw.rows]
        tokens = np.bincount(chose, docs.n_tokens[draw.rows])[1:] / draw.n_tokens
        np.testing.assert_allclose(tokens, [3 / 6, 2 / 6, 1 / 6], atol=200 / draw.n_tokens)


def test_odis_draft_equals_taking_turns_by_hand():
    docs = spread(300, 3, seed=4)
    draw, weights = drawn(ODiS(gate=0, mode="draft"), docs, 0.4)
    orders = [list(np.argsort(-column)) for column in docs.axes.T]
    got, taken = np.zeros(3), {}
    while len(taken) < len(draw.rows):
        k = int(got.argmin())
        best = next(row for row in orders[k] if row not in taken)
        taken[best] = k + 1
        got[k] += docs.n_tokens[best]
    assert sorted(taken) == draw.rows.tolist()
    assert all(weights.because["axis"][row] == axis for row, axis in taken.items())


def test_odis_gate_drops_the_lowest_joint_scores():
    rng = np.random.default_rng(0)
    n = 1_000
    quality, noise = rng.normal(size=n), rng.normal(size=n)
    docs = corpus(rng.normal(size=(n, 2)), None, quality=quality, noise=noise)
    docs.polarity.update({"noise": -1})
    method = ODiS(gate=0.3, signals=("quality", "noise"))
    weights = method.weigh(docs, method.fit(docs))
    dropped = np.isneginf(weights.log_weight)
    z = (quality - quality.mean()) / quality.std() - (noise - noise.mean()) / noise.std()
    assert dropped.sum() == 300 and np.array_equal(dropped, z < np.sort(z)[300])
    assert (weights.because["axis"][dropped] == 0).all()
    assert set(weights.because["excluded"][dropped]) == {"joint score below the gate"}
    assert weights.excluded == {}


def test_odis_lists_every_axis_that_wanted_the_document():
    docs = corpus([[9, 9], [8, 0], [0, 8], *[[-k, -k] for k in range(1, 18)]])
    method = ODiS(gate=0, wanted_depth=0.2)
    weights = method.weigh(docs, method.fit(docs))
    assert weights.because["wanted_by"][:4].tolist() == ["1+2", "1", "2", ""]


def test_odis_two_sided_takes_both_ends():
    docs = corpus([[k, (k * 7) % 20] for k in range(20)])
    draw, weights = drawn(ODiS(gate=0, two_sided=True, shares=(1, 0)), docs, 0.2)
    assert draw.rows.tolist() == [0, 1, 18, 19]
    assert weights.because["end"][draw.rows].tolist() == ["low", "low", "high", "high"]


@pytest.mark.parametrize("mode", ["union", "draft"])
def test_odis_weighs_new_documents_by_the_curves_it_fitted(mode):
    docs = spread()
    method = ODiS(gate=0, mode=mode)
    state = method.fit(docs.take(slice(0, 5_000)))
    weights = method.weigh(docs, state).log_weight
    best = docs.axes[5_000:].max(axis=1)
    order = np.argsort(-weights[5_000:])
    assert best[order[:100]].min() > np.quantile(best, 0.85)


def test_odis_says_what_is_wrong_with_shares_and_axes():
    with pytest.raises(BadSetting, match=r"each of the 2 axes, got \(1.0, 2.0, 3.0\)"):
        ODiS(gate=0, shares=(1, 2, 3)).fit(corpus([[1, 2], [3, 4]]))
    state = ODiS(gate=0).fit(corpus([[1, 2], [3, 4]]))
    with pytest.raises(MissingAxes, match=r"fitted on 2 axes .* got 3"):
        ODiS(gate=0).weigh(corpus([[1, 2, 3]]), state)
