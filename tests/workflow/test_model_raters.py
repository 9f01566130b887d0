"""Raters whose weights lie in a folder, from the verb to the columns that axes and audits read."""

import json

import numpy as np
import pytest

import selection
from selection.__main__ import main
from selection.core.errors import BackendUnavailable, BadSetting
from selection.engine import local
from selection.store import columns, runs
from tests import tiny_models
from tests.conftest import own_documents, write_jsonl
from tests.text import slow_fasttext


@pytest.fixture
def few(tmp_path):
    made = selection.create(tmp_path / "few")
    selection.ingest(made, [write_jsonl(tmp_path / "few.jsonl", own_documents(150))])
    return made


def values(space, run, name):
    return columns.number(space, run, name)


def test_a_classifier_gives_a_share_for_each_label_and_the_likeliest(few, tmp_path):
    labels = {0: "Bad!", 1: "So so", 2: "Good"}
    folder = tiny_models.classifier(tmp_path / "My-Rater", 3, id2label=labels)
    run = selection.score(few, ["hugging_face"], {"model": str(folder), "max_tokens": 64})[0]
    names = [c["name"] for c in run.columns]
    assert names == ["my_rater_bad", "my_rater_so_so", "my_rater_good", "my_rater_label"]
    shares = np.column_stack([values(few, run, name) for name in names[:3]])
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    said = columns.label(few, run, "my_rater_label")
    wanted = [list(labels.values())[k] for k in shares.argmax(axis=1)]
    assert [said.names[code] for code in said.codes] == wanted
    assert run.inputs["weights"] and run.n_docs == 150
    assert (
        selection.score(few, ["hugging_face"], {"model": str(folder), "max_tokens": 64})[0] == run
    )


def test_a_regression_stands_for_a_dimension_beside_other_raters(few, tmp_path):
    folder = tiny_models.classifier(tmp_path / "edu", 1)
    settings = {
        "model": str(folder),
        "dimensions": "educational_value",
        "name": "mine",
        "low": "-2",
        "high": "2",
    }
    selection.score(few, ["statistics", "hugging_face"][:1])
    run = selection.score(few, ["hugging_face"], settings)[0]
    assert [c["name"] for c in run.columns] == ["educational_value__mine"]
    found = values(few, run, "educational_value__mine")
    assert found.min() >= 0 and found.max() <= 5 and len(np.unique(found)) > 5
    assert selection.prefer(few, "educational_value", "mine") == {"educational_value": "mine"}
    axes = selection.axes(few)
    assert axes.inputs["educational_value"] == run.key


def test_levels_are_read_as_one_scale(few, tmp_path):
    folder = tiny_models.classifier(tmp_path / "six", 6)
    settings = {"model": str(folder), "outputs": "level", "dimensions": "cleanliness"}
    run = selection.score(few, ["hugging_face"], settings)[0]
    shares = selection.score(few, ["hugging_face"], {"model": str(folder)})[0]
    each = [values(few, shares, f"six_label_{k}") for k in range(6)]
    wanted = sum(k * share for k, share in enumerate(each))
    np.testing.assert_allclose(values(few, run, "cleanliness__six"), wanted, atol=1e-5)


def test_the_published_raters_read_their_own_kind_of_model(few, tmp_path):
    one = tiny_models.classifier(tmp_path / "one", 1)
    four = tiny_models.classifier(tmp_path / "four", 4, "llama")
    six = str(tiny_models.classifier(tmp_path / "six", 6, "modernbert"))
    edu = selection.score(few, ["fineweb_edu"], {"model": str(one)})[0]
    raw = values(few, edu, "fineweb_edu_score")
    bounded = values(few, edu, "educational_value__fineweb_edu")
    np.testing.assert_allclose(bounded, np.clip(raw, 0, 5))
    np.testing.assert_array_equal(values(few, edu, "fineweb_edu_level"), np.round(bounded))
    qurater = selection.score(few, ["qurater"], {"model": str(four)})[0]
    nats = values(few, qurater, "qurater_facts_and_trivia")
    assert np.ptp(nats) > 0.01
    np.testing.assert_allclose(
        values(few, qurater, "factuality__qurater"), 5 / (1 + np.exp(-nats)), rtol=1e-5
    )
    four_times = dict.fromkeys(["professionalism", "readability", "reasoning", "cleanliness"], six)
    prrc = selection.score(few, ["meta_rater"], four_times)[0]
    level = values(few, prrc, "meta_rater_cleanliness")
    assert set(level) <= set(range(6))
    assert np.abs(values(few, prrc, "cleanliness__meta_rater") - level).max() < 5
    with pytest.raises(BackendUnavailable, match="has 4 outputs, and the model .* has 1"):
        selection.score(few, ["qurater"], {"model": str(one)})


def test_a_kill_loses_one_short_step(few, tmp_path, monkeypatch):
    folder = tiny_models.classifier(tmp_path / "m", 1)
    settings = {"model": str(folder), "name": "mine"}
    kept = local._step
    calls = []

    def dies(*given):
        calls.append(given[2].start)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return kept(*given)

    monkeypatch.setattr(local, "_step", dies)
    with pytest.raises(KeyboardInterrupt):
        selection.score(few, ["hugging_face"], settings)
    started = [
        r for r in runs.list_runs(few, "signals", complete=False) if r.what == "hugging_face"
    ]
    assert local.n_steps_kept(few, started[0].key) == 128
    monkeypatch.setattr(local, "_step", kept)
    run = selection.score(few, ["hugging_face"], settings)[0]
    again = selection.create(tmp_path / "again")
    selection.ingest(again, [tmp_path / "few.jsonl"])
    other = selection.score(again, ["hugging_face"], settings)[0]
    np.testing.assert_array_equal(values(few, run, "mine"), values(again, other, "mine"))


def test_score_all_leaves_raters_with_weights_alone(few):
    assert not {run.what for run in selection.score(few)} & {
        "hugging_face",
        "fineweb_edu",
        "fasttext",
    }


def test_mistakes_are_one_sentence(few, tmp_path, capsys):
    with pytest.raises(BadSetting, match="needs a model, got none"):
        selection.score(few, ["hugging_face"])
    assert main(["score", str(few.path), "hugging_face", "--set", f"model={tmp_path}/nothing"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    folder = tiny_models.classifier(tmp_path / "m", 1)
    with pytest.raises(BadSetting, match="dimension 'grammer' is none; did you mean grammar"):
        selection.score(few, ["hugging_face"], {"model": str(folder), "dimensions": "grammer"})


def test_the_shell_scores_with_a_folder(few, tmp_path, capsys):
    folder = tiny_models.classifier(tmp_path / "m", 1)
    code = main(
        [
            "score",
            str(few.path),
            "hugging_face",
            "--set",
            f"model={folder}",
            "--set",
            "name=mine",
            "--json",
        ]
    )
    assert code in (0, None)
    assert json.loads(capsys.readouterr().out)["columns"] == ["mine"]


def test_a_recipe_that_stands_on_a_rater_is_applied_with_the_same_weights(few, tmp_path):
    folder = tiny_models.classifier(tmp_path / "m", 1)
    settings = {"model": str(folder), "name": "mine"}
    selection.score(few, ["hugging_face"], settings)
    method = selection.method("top_signal", {"signal": "mine"})
    selection.draw(few, [method], "best", budget_tokens=2000)
    selection.export(few, "best", tmp_path / "out", "jsonl.zst")
    report = selection.apply(
        tmp_path / "out" / "recipe.json", [tmp_path / "few.jsonl"], tmp_path / "again"
    )
    assert report["same_input"] and report["differing_docs"] == 0
    tiny_models.classifier(folder, 1, seed=7)
    with pytest.raises(selection.WinnowError, match="other weights"):
        selection.apply(
            tmp_path / "out" / "recipe.json", [tmp_path / "few.jsonl"], tmp_path / "third"
        )


def test_a_fasttext_file_gives_the_quality_label_and_its_log_odds(few, tmp_path):
    words = [b"</s>", b"river", b"stone", b"Click"]
    model = slow_fasttext.Model(words, ["cc", "hq"], [5, 4])
    path = slow_fasttext.write(model, tmp_path / "dclm.bin")
    run = selection.score(few, ["fasttext"], {"model": str(path), "name": "dclm"})[0]
    share, odds = values(few, run, "dclm"), values(few, run, "dclm_log_odds")
    text = own_documents(150)[7]["text"]
    assert share[7] == pytest.approx(slow_fasttext.predict(model, text)[1], abs=1e-5)
    np.testing.assert_allclose(1 / (1 + np.exp(-odds)), share, atol=1e-6)
    with pytest.raises(BadSetting, match="no label 'hqq'; did you mean hq"):
        selection.score(few, ["fasttext"], {"model": str(path), "label": "hqq"})
    with pytest.raises(BackendUnavailable, match="is one .bin or .ftz on this machine"):
        selection.score(few, ["fasttext"], {"model": str(tmp_path / "none.bin")})


def test_without_a_quality_label_the_likeliest_is_told(few, tmp_path):
    model = slow_fasttext.Model([b"</s>", b"river"], ["en", "de", "fr"], [5, 4, 1], minn=2, maxn=3)
    path = slow_fasttext.write(model, tmp_path / "lid.bin")
    run = selection.score(few, ["fasttext"], {"model": str(path), "name": "lid"})[0]
    said = columns.label(few, run, "lid_label")
    each = [slow_fasttext.predict(model, row["text"]) for row in own_documents(150)[:20]]
    assert [said.names[k] for k in said.codes[:20]] == [
        model.labels[int(np.argmax(p))] for p in each
    ]
    np.testing.assert_allclose(
        values(few, run, "lid_confidence")[:20], np.max(each, axis=1), atol=1e-5
    )
