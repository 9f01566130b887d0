"""Why a document is in or out: the verdict, its standing, its twin, and changes that are drawn again to check them."""

import numpy as np
import pytest

import selection
from selection.core.errors import BadSetting
from selection.workflow import load
from selection.workflow.flips import nearest_flip


def drawn(space, method="odis", settings=None, budget=5_000, extra=()):
    methods = [*extra, selection.method(method, settings or {})]
    return selection.preview(space, methods, selection.sampler(methods, None), budget)


def test_a_kept_document_stands_above_the_cut_and_one_left_out_below(scored):
    result = drawn(scored)
    near = selection.near_cut(scored, result)
    kept, missed = (
        selection.why(scored, result, int(ids[0])) for ids in (near.just_in, near.just_out)
    )
    assert kept.copies == 1 and kept.margin >= 0 and kept.verdict.startswith("Kept")
    assert missed.copies == 0 and missed.margin <= 0 and missed.verdict.startswith("Left out")
    assert kept.between == 0 and missed.between == 0
    far = selection.why(scored, result, int(near.just_out[-1]))
    assert far.between >= missed.between and f"{far.between:,} document" in far.verdict


def test_the_rule_that_bound_is_named(scored):
    words = selection.signal_values(scored, "n_words")
    few = int(np.argmin(words))
    rule = selection.method("rule_filter", {"rules": [f"n_words>={int(words[few]) + 1}"]})
    told = selection.why(scored, drawn(scored, extra=[rule]), few)
    assert told.verdict.startswith("Never drawn: fails n_words") and told.margin == -np.inf


def test_a_document_longer_than_the_budget_says_so(scored):
    tokens = selection.tokens(scored)
    longest = int(np.argmax(tokens))
    result = drawn(scored, "longest", budget=int(tokens[longest]) - 1)
    assert "more than the whole budget" in selection.why(scored, result, longest).verdict


def test_a_standing_is_the_share_of_documents_below(scored):
    result = drawn(scored, "top_signal", {"signal": "n_words"})
    values = selection.signal_values(scored, "n_words")
    for doc_id in (0, 17, int(np.argmax(values))):
        (standing,) = selection.why(scored, result, doc_id).standings
        below = (values < values[doc_id]).mean() + (values == values[doc_id]).mean() / 2
        assert (
            standing.percentile == pytest.approx(100 * below) and standing.value == values[doc_id]
        )
    axes = [each.name for each in selection.why(scored, drawn(scored), 3).standings]
    assert "axis_1" in axes and "grammar" in axes


def test_the_twin_is_the_nearest_kept_document(scored):
    result = drawn(scored)
    vectors = np.concatenate(
        list(load.runs.read_vectors(scored, load.embedding_run(scored)))
    ).astype(float)
    kept = result.copies() > 0
    for doc_id in (3, int(result.drawn.rows[0])):
        cosine = np.where(kept & (np.arange(len(kept)) != doc_id), vectors @ vectors[doc_id], -2)
        found, near = selection.twin(scored, result, doc_id)
        assert found != doc_id and cosine[found] == pytest.approx(cosine.max(), abs=1e-3)
        assert near == pytest.approx(cosine.max(), abs=1e-3)


@pytest.mark.parametrize("side", ["just_in", "just_out"])
def test_a_flip_flips_and_a_smaller_budget_would_not(scored, side):
    result = drawn(scored)
    doc_id = int(getattr(selection.near_cut(scored, result), side)[5])
    kept = bool(result.copies()[doc_id])
    found = selection.flips(scored, result, doc_id)
    budget = next(flip for flip in found if flip.setting == "token budget")
    assert bool(drawn(scored, budget=int(budget.after)).copies()[doc_id]) != kept
    inward = int(budget.after) + (1 if kept else -1)
    assert bool(drawn(scored, budget=inward).copies()[doc_id]) == kept
    for flip in found:
        owner, _, name = flip.setting.partition(" ")
        if owner == "odis":
            assert bool(drawn(scored, settings={name: flip.after}).copies()[doc_id]) != kept
    changes = [abs(flip.after / flip.before - 1) for flip in found]
    assert changes == sorted(changes)


def test_the_nearest_flip_is_found_by_halving():
    digits = lambda value: float(f"{value:.3g}")  # noqa: E731
    assert nearest_flip(10, 1000, round, lambda value: value >= 137) == 137
    assert nearest_flip(0.5, 0.0, digits, lambda value: value < 0.25) == 0.249
    assert nearest_flip(10, 1000, round, lambda value: False) is None
    # above 400 nothing can be drawn at all, and the way there is halved all the same
    assert nearest_flip(10, 1000, round, lambda v: None if v > 400 else v >= 137) == 137
    assert nearest_flip(10, 1000, round, lambda v: None if v > 400 else v >= 399) == 399
    assert nearest_flip(10, 1000, round, lambda v: None if v > 400 else False) is None


def test_a_flip_is_found_where_the_far_end_of_a_setting_leaves_too_little(scored):
    """A gate of 0.99 leaves less than the budget, which is no reason not to try 0.6; and it is a step of the slider."""
    result = drawn(scored)
    strict = drawn(scored, settings={"gate": 0.9}, budget=300).weighed.weights.log_weight
    kept = np.flatnonzero((result.copies() > 0) & np.isneginf(strict))
    (gate,) = [f for f in selection.flips(scored, result, int(kept[0])) if f.name == "gate"]
    assert gate.after > gate.before and gate.after == round(gate.after, 2)
    for value, stays in ((gate.after, False), (gate.after - 0.01, True)):
        copies = drawn(scored, settings={"gate": value}).copies()
        assert bool(copies[kept[0]]) == stays


def test_where_copies_are_drawn_the_expected_number_and_its_chance_are_told(scored):
    result = drawn(scored, "quadmix", {"domain": "source"})
    for doc_id, copies in enumerate(result.copies()[:60].tolist()):
        verdict = selection.why(scored, result, doc_id).verdict
        assert verdict.startswith("Kept" if copies else ("Left out", "Never drawn"))
        assert "cut" not in verdict


def test_a_document_that_is_not_there_is_one_sentence(scored):
    with pytest.raises(BadSetting, match="a doc_id is 0 to 399, got 400"):
        selection.why(scored, drawn(scored), 400)
