"""Weigh and draw on a real workspace: budgets, composition, needs, recipes."""

import shutil

import numpy as np
import pytest

import selection
from selection.core.errors import BadSetting, ImpossibleBudget, MissingAxes, MissingSignal
from selection.workflow import draw, load, weigh

LENIENT = {  # of the filters that keep none of these lists of nouns, each line with a space at its end
    "rule_filter": {"rules": ["n_words>=5"]},
    "gopher_quality": {"min_stop_words": None},
    "fineweb": {"min_stop_lines": None},
    "fineweb2": {"min_stop_lines": None, "min_stop_words": None, "confident": False},
}


@pytest.mark.parametrize(
    "method", sorted(m["id"] for m in selection.list_methods() if "targets" not in m["needs"])
)
def test_every_method_draws_within_one_document_of_the_budget(scored, method):
    methods = [selection.method(method, LENIENT.get(method, {}))]
    result = selection.preview(scored, methods, selection.sampler(methods, None), 5_000, seed=3)
    longest = int(selection.tokens(scored).max())
    assert 5_000 - longest <= result.drawn.n_tokens <= 5_000
    copies = result.copies()
    assert int((copies * selection.tokens(scored)).sum()) == result.drawn.n_tokens


def test_a_filter_and_a_score_compose(scored):
    methods = [
        selection.method("rule_filter", {"rules": ["n_words>=50"]}),
        selection.method("top_signal"),
    ]
    result = selection.preview(scored, methods, selection.sampler(methods, None), 3_000)
    words = selection.signal_values(scored, "n_words")
    assert words[result.drawn.rows].min() >= 50


def test_two_scores_do_not_compose(scored):
    methods = [selection.method("longest"), selection.method("top_signal")]
    with pytest.raises(BadSetting, match="at most one method that ranks, got longest, top_signal"):
        selection.preview(scored, methods, selection.sampler(methods, None), 3_000)


def test_a_missing_signal_and_missing_axes_say_what_to_run(space):
    methods = [selection.method("top_signal")]
    with pytest.raises(MissingSignal, match="run `score --all`"):
        selection.preview(space, methods, selection.sampler(methods, None), 100)
    methods = [selection.method("odis")]
    with pytest.raises((MissingAxes, MissingSignal), match="run `"):
        selection.preview(space, methods, selection.sampler(methods, None), 100)


@pytest.mark.parametrize("budget", [0, -5, 10**9])
def test_an_impossible_budget_states_what_there_is(scored, budget):
    methods = [selection.method("random")]
    with pytest.raises(ImpossibleBudget, match="budget"):
        selection.preview(scored, methods, selection.sampler(methods, None), budget)


def test_the_recipe_pins_signals_axes_seed_and_budget(scored):
    methods = [selection.method("odis")]
    result = selection.preview(scored, methods, selection.sampler(methods, None), 4_000, seed=7)
    recipe = draw.make_recipe(scored, result, "pinned")
    assert (recipe.seed, recipe.budget_tokens, recipe.methods[0].id) == (7, 4_000, "odis")
    assert recipe.axes is not None and recipe.axes.artefact == load.axes_run(scored).artefact
    assert set(recipe.signals) >= {"grammar", "originality"}
    assert all(len(sha256) == 64 for sha256 in recipe.artefacts())


def test_documents_that_came_later_make_a_sidecar_incomplete(space, tmp_path):
    from tests.conftest import own_documents, write_jsonl

    selection.score(space, ["length"])
    more = [{**row, "id": f"late/{i}"} for i, row in enumerate(own_documents(10, seed=9))]
    selection.ingest(space, [write_jsonl(tmp_path / "late.jsonl", more)])
    methods = [selection.method("top_signal", {"signal": "n_words"})]
    with pytest.raises(MissingSignal, match="300 of 310 have it; run `score length` again"):
        selection.preview(space, methods, selection.sampler(methods, None), 1_000)
    selection.score(space, ["length"])
    assert (
        len(selection.preview(space, methods, selection.sampler(methods, None), 1_000).drawn.rows)
        > 0
    )


def test_saving_under_the_same_name_replaces_the_subset(space):
    methods = [selection.method("random")]
    selection.draw(space, methods, "pick", 500, seed=1)
    first = selection.subset_copies(space, "pick")
    selection.draw(space, methods, "pick", 500, seed=2)
    assert not np.array_equal(first, selection.subset_copies(space, "pick"))
    assert [facts["name"] for facts in selection.list_subsets(space)] == ["pick"]


def test_a_replacement_that_breaks_off_leaves_the_old_subset_whole(space, monkeypatch):
    from selection.store import files

    methods = [selection.method("random")]
    selection.draw(space, methods, "pick", 500, seed=1)
    before, recipe = selection.subset_copies(space, "pick"), selection.subset_recipe(space, "pick")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.pq, "write_table", full)
    with pytest.raises(selection.WinnowError, match="the disk must have room"):
        selection.draw(space, methods, "pick", 800, seed=2)
    assert np.array_equal(selection.subset_copies(space, "pick"), before)
    assert selection.subset_recipe(space, "pick") == recipe


def test_a_pinned_run_is_read_instead_of_the_current_one(scored, tmp_path):
    space = _copy(scored, tmp_path)
    first = load.axes_run(space)
    selection.axes(space, settings=selection.AxesSettings.build({"n_axes": 1}))
    odis = [selection.method("odis")]
    assert load.axes_run(space).key != first.key
    pinned = space.pinned(axes=first.key[:8], clusters=None)
    result = selection.preview(pinned, odis, selection.sampler(odis, None), 4_000)
    assert result.weighed.docs.axes.shape[1] == len(first.facts["axes"]) > 1
    assert draw.make_recipe(pinned, result, "pinned").axes.artefact == first.artefact


def test_a_recipe_names_the_embedding_that_its_clusters_were_made_from(scored, tmp_path):
    space = _copy(scored, tmp_path)
    made_from = load.embedding_run(space)
    later = np.random.default_rng(5).normal(size=(len(selection.tokens(space)), 8))
    np.save(tmp_path / "later.npy", later)
    selection.attach(space, tmp_path / "later.npy", "embedding")
    assert load.embedding_run(space).what != made_from.what
    balanced = [selection.method("cluster_balanced")]
    result = selection.preview(space, balanced, selection.sampler(balanced, None), 4_000)
    assert draw.make_recipe(space, result, "balanced").embedding.id == made_from.what


def test_signals_and_clusters_of_two_embeddings_make_no_recipe(scored, tmp_path):
    space = _copy(scored, tmp_path)
    later = np.random.default_rng(5).normal(size=(len(selection.tokens(space)), 8))
    np.save(tmp_path / "later.npy", later)
    selection.attach(space, tmp_path / "later.npy", "embedding")
    selection.cluster(space, settings={"n_clusters": 4})
    top = [selection.method("top_signal", {"signal": "prototypicality"})]
    quota = selection.sampler(top, "quota", {"stratum": "cluster"})
    result = selection.preview(space, top, quota, 4_000)
    with pytest.raises(BadSetting, match="one run of (clusters|embedding), and this draw on 2"):
        draw.make_recipe(space, result, "two")


def _copy(space, tmp_path):
    shutil.copytree(space.path, tmp_path / "copy")
    return selection.open_workspace(tmp_path / "copy")


def test_moving_the_budget_weighs_nothing_again_and_changes_nothing(scored):
    def drawn(budget, **settings):
        methods = [selection.method("odis", settings)]
        return selection.preview(scored, methods, selection.sampler(methods, None), budget)

    first, again = drawn(3_000), drawn(5_000)
    assert again.weighed.weights.log_weight is first.weighed.weights.log_weight
    other = drawn(5_000, gate=0.1)
    assert other.weighed.weights.log_weight is not again.weighed.weights.log_weight
    weigh._WEIGHED = type(weigh._WEIGHED)(2)  # as in a process that starts anew
    anew = drawn(5_000)
    assert anew.weighed.weights.log_weight is not again.weighed.weights.log_weight
    assert np.array_equal(anew.weighed.weights.log_weight, again.weighed.weights.log_weight)
    assert np.array_equal(anew.copies(), again.copies())


def test_signals_that_were_scored_anew_are_weighed_anew(scored, tmp_path):
    def drawn(scored):
        methods = [selection.method("top_signal", {"signal": "own"})]
        return selection.preview(scored, methods, selection.sampler(methods, None), 3_000).copies()

    ids = [
        row["uid"] for row in selection.read_documents(scored, range(len(selection.tokens(scored))))
    ]
    for name, values in (("up", np.arange(len(ids))), ("down", -np.arange(len(ids)))):
        file = tmp_path / f"{name}.csv"
        file.write_text(
            "id,own\n" + "".join(f"{i},{v}\n" for i, v in zip(ids, values, strict=True))
        )
        selection.attach(scored, file, "signals", "id")
        copies = drawn(scored)
        last = int(np.flatnonzero(copies)[-1 if name == "up" else 0])
        assert last == (len(ids) - 1 if name == "up" else 0) and copies.sum() < len(ids), name
