"""The n-gram classifier as a signal: it tells real kinds of text apart, says so, and says when it does not."""

import numpy as np
import pytest

import selection
from tests.conftest import DATASETS, own_documents, write_jsonl


@pytest.fixture(scope="module")
def mix(tmp_path_factory, mix_small):
    space = selection.create(tmp_path_factory.mktemp("classifier") / "mix")
    selection.ingest(space, [mix_small])
    return space


def classified(space, **settings):
    (run,) = selection.score(space, ["ngram_classifier"], settings)
    return run, selection.signal_values(space, "ngram_classifier_log_odds")


def test_math_problems_are_told_from_the_rest_of_a_corpus(mix):
    key = selection.add_target(mix, DATASETS / "targets" / "gsm8k_test.jsonl")
    run, log_odds = classified(mix, targets=[key])
    sources = selection.sources(mix)
    math = np.array(sources.names)[sources.codes] == "gsm8k"
    found = run.facts["learnt"][0]
    assert found["auc"] > 0.9 and "warning" not in run.facts  # some of the corpus are problems
    share = (log_odds[math][:, None] > log_odds[~math][None, ::7]).mean()
    assert share > 0.99
    probability = selection.signal_values(mix, "ngram_classifier")
    np.testing.assert_allclose(probability, 1 / (1 + np.exp(-log_odds)), atol=1e-6)
    again = selection.score(mix, ["ngram_classifier"], {"targets": [key]})[0]
    assert again.key == run.key and again.artefact == run.artefact


def test_it_warns_where_two_sets_are_halves_of_one(mix, tmp_path):
    rows = [{"text": row["text"]} for row in selection.read_documents(mix, range(400), chars=10**9)]
    files = [write_jsonl(tmp_path / f"half{i}.jsonl", rows[i::2]) for i in (0, 1)]
    halves = [selection.add_target(mix, file) for file in files]
    run, _ = classified(mix, targets=halves[:1], negatives=halves[1:])
    assert "cannot be told apart" in run.facts["warning"]


def test_without_positives_it_says_how_to_give_some(space):
    with pytest.raises(
        selection.WinnowError, match="at least one target set of positives.*--target"
    ):
        selection.score(space, ["ngram_classifier"])
    everything = selection.score(space)  # leaves it out
    assert "ngram_classifier" not in {run.what for run in everything}


def test_new_documents_get_values_from_the_trained_weights_and_recipes_carry_them(space, tmp_path, corpus_file):  # fmt: skip
    spam = [{"text": "Click here to subscribe! $$$ " * n} for n in range(1, 60)]
    key = selection.add_target(space, write_jsonl(tmp_path / "spam.jsonl", spam))
    run, before = classified(space, targets=[key])
    method = selection.method("top_signal", {"signal": "ngram_classifier_log_odds"})
    selection.draw(space, [method], "spam", 500)
    assert selection.subset_recipe(space, "spam")["targets"] == {key: "spam"}
    selection.export(space, "spam", tmp_path / "out", "parquet")
    report = selection.apply(tmp_path / "out", [corpus_file], tmp_path / "again")
    assert report["differing_docs"] == 0
    late = [{**row, "id": f"late/{i}"} for i, row in enumerate(own_documents(30, seed=8))]
    selection.ingest(space, [write_jsonl(tmp_path / "late.jsonl", late)])
    grown, after = classified(space, targets=[key])
    assert grown.artefact == run.artefact and np.array_equal(after[:300], before)
    assert after[300::11].min() > np.delete(after[300:], slice(None, None, 11)).max()
