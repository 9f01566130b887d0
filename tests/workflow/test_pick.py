"""Facts of draws: who stands near the cut, who is left out and why, what changed, what a picture says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.core.documents import Documents
from selection.core.sampler import Pool
from selection.core.weights import Weights
from selection.samplers.copies import Copies
from selection.samplers.gumbel import Gumbel
from selection.samplers.quota import Quota
from selection.samplers.top import Top
from selection.workflow import pick, picture
from selection.workflow.draw import Drawn
from selection.workflow.weigh import Weighed

LENGTHS = np.array([10, 20, 30, 40, 50, 60], np.int64)


def _drawn(
    sampler: Any,
    log_weight: list[float],
    budget: int,
    because: dict[str, np.ndarray] | None = None,
    stratum: np.ndarray | None = None,
) -> Drawn:
    n = len(log_weight)
    docs = Documents(np.arange(n), np.arange(n).astype(np.uint64) * 7919, LENGTHS[:n])
    weights = Weights(np.array(log_weight, float), because or {})
    method = SimpleNamespace(scale="nats", id=lambda: "made_by_hand")
    weighed = Weighed((method,), ({},), weights, docs)  # type: ignore[arg-type]
    pool = Pool(weights.log_weight, docs.n_tokens, docs.uid_hash, stratum, "nats")
    return Drawn(weighed, sampler, sampler.draw(pool, budget, 3), budget, 3)


def test_the_documents_nearest_to_the_cut_come_first() -> None:
    drawn = _drawn(Top(), [6.0, 5, 4, 3, 2, -np.inf], budget=75)
    near = pick.near_cut(None, drawn)  # type: ignore[arg-type]
    assert near.just_in.tolist() == [2, 1, 0]
    assert near.just_out.tolist() == [3, 4]
    assert near.barred.tolist() == [5]


@pytest.mark.parametrize("sampler", [Top(), Gumbel(temperature=2.0)])
def test_a_margin_is_at_least_zero_exactly_for_what_was_drawn(sampler: Any) -> None:
    drawn = _drawn(sampler, [1.0, 0.4, 0.3, 0.2, 0.1, 0.0], budget=120)
    margin = pick.margins(None, drawn)  # type: ignore[arg-type]
    assert ((margin >= 0) == (drawn.copies() > 0)).all()


def test_a_quota_measures_the_margin_inside_the_stratum(monkeypatch: pytest.MonkeyPatch) -> None:
    stratum = np.array([0, 0, 0, 1, 1, 1], np.int32)
    sampler = Quota(shares="equal")
    drawn = _drawn(sampler, [9.0, 8, 7, 3, 2, 1], budget=80, stratum=stratum)
    monkeypatch.setattr(
        pick, "pool", lambda *_: Pool(np.zeros(6), LENGTHS, np.zeros(6, np.uint64), stratum)
    )
    margin = pick.margins(None, drawn)  # type: ignore[arg-type]
    assert ((margin >= 0) == (drawn.copies() > 0)).all()
    assert drawn.copies()[stratum == 1].sum() > 0


def test_copies_stand_at_their_expected_number() -> None:
    drawn = _drawn(Copies(fit_budget="trim"), [np.log(3.0), np.log(0.25), -np.inf], budget=30)
    factor = float(drawn.drawn.cut["factor"][0])
    margin = pick.margins(None, drawn)  # type: ignore[arg-type]
    assert margin[:2] == pytest.approx([3 * factor - 0.5, 0.25 * factor - 0.5])
    assert np.isneginf(margin[2])


def test_what_is_left_out_is_told_by_reason_and_adds_up() -> None:
    because = {
        "rule": np.array(["", "", "", "", "n_words >= 5", ""], object),
        "excluded": np.array(["", "", "", "", "", "grammar is not rated"], object),
    }
    drawn = _drawn(Top(), [3.0, 2, 1, -np.inf, -np.inf, -np.inf], 31, because)
    rows = {row["reason"]: (row["n_docs"], row["n_tokens"]) for row in pick.left_out(drawn)}
    assert rows == {
        "not drawn within the budget": (1, 30),
        "never drawn by the method": (1, 40),
        "fails n_words >= 5": (1, 50),
        "grammar is not rated": (1, 60),
    }
    kept = drawn.copies() > 0
    assert sum(n for n, _ in rows.values()) == int((~kept).sum())


def test_a_document_longer_than_the_whole_budget_has_its_own_reason() -> None:
    rows = pick.left_out(_drawn(Top(), [1.0, 2, 3, 4], budget=30))
    assert {"reason": "longer than the whole budget", "n_docs": 1, "n_tokens": 40} in rows


def test_a_swap_lists_what_came_in_and_what_went_out() -> None:
    before, after = np.array([1, 1, 0, 0, 2]), np.array([1, 0, 1, 1, 3])
    moved = pick.swap(before, after, np.array([10, 20, 30, 40, 50]))
    assert moved.came_in.tolist() == [3, 2]  # the larger first
    assert moved.went_out.tolist() == [1]
    assert (moved.n_in, moved.n_out) == (2, 1)
    assert (moved.tokens_in, moved.tokens_out) == (30 + 40 + 50, 20)  # the third copy counts


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 99)), min_size=1))
def test_a_swap_explains_the_whole_change_of_tokens(rows: list[tuple[int, int, int]]) -> None:
    before, after, tokens = (np.array(column) for column in zip(*rows, strict=True))
    moved = pick.swap(before, after, tokens, most=3)
    assert moved.tokens_in - moved.tokens_out == int(
        (after * tokens).sum() - (before * tokens).sum()
    )
    assert moved.empty == bool((before == after).all())
    back = pick.swap(after, before, tokens, most=3)
    assert (back.n_in, back.tokens_in) == (moved.n_out, moved.tokens_out)
    assert len(moved.came_in) == min(3, moved.n_in)


def test_shares_by_axis_count_tokens_of_what_was_kept() -> None:
    because = {"axis": np.array([1, 2, 2, 1, 0, 0], np.int8)}
    drawn = _drawn(Top(), [6.0, 5, 4, 3, -np.inf, -np.inf], 60, because)
    shares = [(row["axis"], row["n_docs"], row["n_tokens"]) for row in pick.axis_shares(drawn)]
    assert shares == [(1, 1, 10), (2, 2, 50)]
    assert pick.axis_shares(_drawn(Top(), [1.0, 2], 20)) == []


def test_small_groups_are_folded_into_one_row() -> None:
    corpus = np.array([0.4, 0.1, 0.21, 0.05, 0.05, 0.19, 0.0])
    kept = np.array([0.1, 0.0, 0.1, 0.3, 0.0, 0.5, 0.0])
    groups = picture.fold(list("abcdef"), corpus, [kept], most=4)
    assert groups.names == ("a", "c", "f", "d", "2 smaller")  # d is large among the kept alone
    assert groups.corpus == pytest.approx([0.4, 0.21, 0.19, 0.05, 0.15])
    assert groups.kept[0] == pytest.approx([0.1, 0.1, 0.5, 0.3, 0.0])
    assert groups.n_groups == 6


def test_a_mean_is_weighted_by_tokens_and_copies() -> None:
    values = {"grammar": np.array([1.0, 2.0, np.nan, 5.0])}
    (row,) = picture.means(values, np.array([10, 30, 50, 10]), np.array([0, 1, 1, 3]))
    assert row.corpus == pytest.approx((10 + 60 + 50) / 50)
    assert row.kept == pytest.approx((30 * 2 + 3 * 10 * 5) / 60)
    assert row.n_missing == 1
    assert row.shift == pytest.approx((row.kept - row.corpus) / row.sd)


def test_a_constant_signal_does_not_shift() -> None:
    (row,) = picture.means({"flat": np.full(3, 0.1)}, np.array([1, 2, 3]), np.array([1, 0, 1]))
    assert row.shift == 0.0


def test_lengths_are_shares_on_bins_that_double() -> None:
    shape = picture.lengths(np.array([1, 2, 3, 8]), np.array([0, 2, 0, 1]))
    assert shape.low.tolist() == [1, 2, 4, 8]
    assert shape.corpus == pytest.approx([0.25, 0.5, 0, 0.25])
    assert shape.kept == pytest.approx([0, 2 / 3, 0, 1 / 3])
