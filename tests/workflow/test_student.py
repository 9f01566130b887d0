"""Students: a planted quality is found again, noise is not, and a recipe carries what was learnt."""

import json

import numpy as np
import pytest

import selection
from selection.core.errors import BadInput, BadSetting, UnknownName
from selection.store import runs
from tests.conftest import own_documents, write_jsonl

N = 600


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A workspace with vectors, and files: a linear quality of half of the documents, the same shuffled, the same on all."""
    folder = tmp_path_factory.mktemp("planted")
    space = selection.create(folder / "planted")
    rows = own_documents(N)
    selection.ingest(space, [write_jsonl(folder / "corpus.jsonl", rows)])
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(N, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    np.save(folder / "vectors.npy", vectors.astype(np.float32))
    selection.attach(space, folder / "vectors.npy", "embedding")
    quality = 2.5 + 2 * vectors @ rng.normal(size=16) + 0.02 * rng.normal(size=N)
    ids = [row["id"] for row in rows]
    half = np.arange(0, N, 2)
    for name, values in (("true", quality), ("shuffled", rng.permutation(quality))):
        lines = [{"id": ids[i], "grammar": float(values[i])} for i in half]
        write_jsonl(folder / f"{name}.jsonl", lines)
    return space, folder, quality


def test_a_planted_linear_quality_is_recovered(planted):
    space, folder, quality = planted
    run = selection.student(space, "mine", str(folder / "true.jsonl"), "grammar")
    (figures,) = run.facts["learnt"]
    assert figures["column"] == "grammar__mine" and figures["spearman"] >= 0.95
    assert figures["low"] < figures["spearman"] < figures["high"] and figures["r2"] > 0.9
    assert figures["precision_top"] > 0.6 and "warning" not in run.facts
    rated = selection.signal_values(space, "grammar__mine")
    unseen = np.arange(1, N, 2)
    assert np.corrcoef(rated[unseen], quality[unseen])[0, 1] > 0.97
    curve = [point["spearman"] for point in run.facts["curve"]]
    assert len(curve) == 4 and curve[-1] >= curve[0]
    bins = run.facts["calibration"]["grammar__mine"]
    assert len(bins) == 10 and sum(each["n"] for each in bins) == figures["n"]
    assert all(each["low"] < each["rated"] < each["high"] for each in bins)
    for point in run.facts["curve"]:
        assert point["low"] < point["spearman"] < point["high"]
        assert point["held_out"] == figures["n"]
    assert (
        [point["n"] for point in run.facts["curve"]][-1] == figures["n_train"] == 300 - figures["n"]
    )


def test_shuffled_ratings_are_not_learnt_and_it_says_so(planted):
    space, folder, _ = planted
    run = selection.student(space, "noise", str(folder / "shuffled.jsonl"), "grammar")
    (figures,) = run.facts["learnt"]
    assert abs(figures["spearman"]) < 0.3 and figures["low"] < 0 < figures["high"]
    assert figures["r2"] < 0.1
    assert "guesses" in run.facts["warning"]


def test_rare_labels_are_judged_by_their_area_not_by_a_correlation_they_cannot_reach(
    planted, tmp_path
):
    space, _, quality = planted
    high = quality > np.quantile(quality, 0.9)
    lines = [{"id": f"own/{k:05d}", "keep": int(high[k])} for k in range(N)]
    run = selection.student(space, "rare", str(write_jsonl(tmp_path / "k.jsonl", lines)), "keep")
    (figures,) = run.facts["learnt"]
    assert figures["spearman"] < 0.53 and figures["auc"] > 0.9 and "warning" not in run.facts


def test_the_same_lesson_is_looked_up_and_dimensions_are_dimensions(planted):
    space, folder, _ = planted
    first = selection.student(space, "mine", str(folder / "true.jsonl"), "grammar")
    assert selection.student(space, "mine", str(folder / "true.jsonl"), "grammar").key == first.key
    facts = selection.signal_facts(space, "grammar__mine")
    assert facts["dimension"] and facts["polarity"] == 1
    assert "grammar" in selection.signal_names(space)


def test_a_student_of_a_signal_of_the_workspace(planted):
    space, _, _ = planted
    selection.score(space, ["length"])
    run = selection.student(space, "short", "length", "n_words")
    assert run.columns[0]["name"] == "short" and not run.columns[0]["dimension"]
    assert "warning" in run.facts  # these vectors know nothing of length


def test_near_duplicates_do_not_straddle_the_split(tmp_path):
    """Every text comes four times with a rating of its own and a vector of its own: only a leak can guess the rating."""
    rng = np.random.default_rng(5)
    base = own_documents(60, seed=9)
    rows = [{"id": f"{c}/{k}", "text": base[k]["text"]} for k in range(60) for c in range(4)]
    space = selection.create(tmp_path / "twins")
    selection.ingest(space, [write_jsonl(tmp_path / "c.jsonl", rows)])
    vectors = np.repeat(rng.normal(size=(60, 64)), 4, axis=0).astype(np.float32)
    np.save(tmp_path / "v.npy", vectors)
    selection.attach(space, tmp_path / "v.npy", "embedding")
    rating = np.repeat(rng.normal(size=60), 4)
    lines = [{"id": r["id"], "q": float(v)} for r, v in zip(rows, rating, strict=True)]
    file = write_jsonl(tmp_path / "r.jsonl", lines)
    leaky = selection.student(space, "leaky", str(file), "q")
    assert leaky.facts["learnt"][0]["spearman"] > 0.8
    selection.score(space, ["near_duplicates"])
    clean = selection.student(space, "clean", str(file), "q")
    assert "near-duplicates together" in clean.facts["split"]
    assert abs(clean.facts["learnt"][0]["spearman"]) < 0.5


def test_new_documents_are_rated_by_the_student_that_is_there(tmp_path):
    space = selection.create(tmp_path / "grows")
    rows = own_documents(50)
    selection.ingest(space, [write_jsonl(tmp_path / "a.jsonl", rows)])
    selection.embed(space)
    file = write_jsonl(tmp_path / "r.jsonl", [{"id": r["id"], "q": len(r["text"])} for r in rows])
    first = selection.student(space, "long", str(file), "q")
    selection.ingest(
        space, [write_jsonl(tmp_path / "b.jsonl", [{"id": "new", "text": "One more."}])]
    )
    selection.embed(space)
    with pytest.raises(selection.WinnowError, match="student --name long"):
        selection.signal_values(space, "long")
    again = selection.student(space, "long")
    assert again.key == first.key and again.n_docs == 51
    assert np.isfinite(selection.signal_values(space, "long")).all()


def test_a_recipe_carries_the_student(tmp_path):
    """Drawn by two students, exported, and re-created elsewhere byte for byte from the raw input alone."""
    corpus = write_jsonl(tmp_path / "a.jsonl", own_documents(80))
    space = selection.create(tmp_path / "space")
    selection.ingest(space, [corpus])
    selection.embed(space)
    selection.score(space, ["length"])
    for name, column in (("long", "n_words"), ("other", "mean_word_length")):
        source = "length" if column == "n_words" else "words"
        selection.score(space, [source])
        selection.student(space, name, source, column)
    both = selection.method("mean_of_signals", {"signals": ["long", "other"]})
    selection.draw(space, [both], "best", budget_tokens=2000)
    made = selection.export(space, "best", tmp_path / "out", "jsonl.zst")
    report = selection.apply(tmp_path / "out", [corpus], tmp_path / "again")
    assert report["same_input"] and report["differing_docs"] == 0
    for file in (tmp_path / "out").glob("part-*"):
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()
    assert made["n_docs"] == report["n_docs"]
    recipe = json.loads((tmp_path / "out/recipe.json").read_text())
    assert recipe["signals"]["long"]["artefact"] != recipe["signals"]["other"]["artefact"]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"column": "gramar"}, UnknownName, "did you mean grammar"),
        ({"source": "nothing"}, UnknownName, "a run of signals"),
        ({"name": "Bad Name"}, BadSetting, "lower-case"),
        ({"kind": "rigde"}, UnknownName, "did you mean ridge"),
        ({"dimension": "beauty"}, UnknownName, "dimension is one of"),
        ({"source": None}, UnknownName, "no student 'fresh'"),
    ],
)
def test_mistakes_are_one_sentence(planted, change, error, says):
    space, folder, _ = planted
    asked = {"name": "fresh", "source": str(folder / "true.jsonl"), "column": "grammar", **change}
    with pytest.raises(error, match=says):
        selection.student(space, **asked)


def test_too_few_ratings_are_refused(planted, tmp_path):
    space, _, _ = planted
    rows = [{"id": f"own/{k:05d}", "q": k} for k in range(12)]
    with pytest.raises(BadInput, match="at least 30 ratings, got 12"):
        selection.student(space, "few", str(write_jsonl(tmp_path / "few.jsonl", rows)), "q")
    assert not [r for r in runs.list_runs(space, complete=False) if r.settings.get("name") == "few"]


def test_axes_of_a_sample_are_predicted_for_all_and_a_recipe_needs_no_rating(tmp_path):
    """Ratings of a third of the documents; axes on them; students of the axes; ODiS; the same again from raw input."""
    rows = own_documents(90)
    corpus = write_jsonl(tmp_path / "a.jsonl", rows)
    space = selection.create(tmp_path / "space")
    selection.ingest(space, [corpus])
    rng = np.random.default_rng(6)
    long = np.array([len(row["text"]) for row in rows]) / 300
    loud = np.array([row["text"].count("!") for row in rows])
    lines = [
        {"id": r["id"], "a": long[k] + 0.1 * rng.normal(), "b": loud[k] + 0.1 * rng.normal(), "c": rng.normal()}
        for k, r in enumerate(rows) if k % 3 != 2
    ]  # fmt: skip
    selection.attach(space, write_jsonl(tmp_path / "ratings.jsonl", lines), "signals")
    projected = selection.axes(space, ["a", "b", "c"], selection.AxesSettings(n_axes=2))
    unrated = np.arange(90) % 3 == 2
    assert np.isnan(selection.axis_scores(space)[unrated]).all()
    selection.embed(space)
    run = selection.student(space, "axes_student", "axes")
    assert run.noun == "axes" and run.facts["projected"]["key"] == projected.key
    assert np.isfinite(selection.axis_scores(space)).all()
    assert [row["column"] for row in run.facts["learnt"]] == ["axis_1", "axis_2"]
    assert "correlation" in run.facts["learnt"][0]
    (pair,) = run.facts["found"]
    assert abs(pair["correlation_projected"]) < 1e-6 and pair["by_chance"] < pair["overlap"] + 1
    assert selection.axes_model(space).names == ("a", "b", "c")
    selection.draw(space, [selection.method("odis", {"gate": 0})], "best", budget_tokens=2500)
    selection.export(space, "best", tmp_path / "out", "jsonl.zst")
    report = selection.apply(tmp_path / "out", [corpus], tmp_path / "again")
    assert report["same_input"] and report["differing_docs"] == 0
    for file in (tmp_path / "out").glob("part-*"):
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_votes_on_pairs_teach_a_score(planted, tmp_path):
    space, _, quality = planted
    rng = np.random.default_rng(3)
    pairs = rng.choice(N, (2000, 2))
    odds = 3 * (quality[pairs[:, 1]] - quality[pairs[:, 0]])
    wins = rng.random(2000) < 1 / (1 + np.exp(-odds))
    lines = [
        {"first": f"own/{a:05d}", "second": f"own/{b:05d}", "vote": float(w)}
        for (a, b), w in zip(pairs, wins, strict=True)
    ]
    file = str(write_jsonl(tmp_path / "votes.jsonl", lines))
    run = selection.student(space, "preferred", file, "vote", "pairs")
    assert run.facts["learnt"][0]["spearman"] > 0.5
    rated = selection.signal_values(space, "preferred")
    assert np.corrcoef(rated, quality)[0, 1] > 0.95
    with pytest.raises(BadInput, match="no document's"):
        lines[0]["first"] = "nobody"
        write_jsonl(tmp_path / "votes.jsonl", lines)
        selection.student(space, "preferred", file, "vote", "pairs")


def test_a_student_of_statistics_travels_with_the_signals_it_reads(tmp_path):
    corpus = write_jsonl(tmp_path / "a.jsonl", own_documents(200))
    space = selection.create(tmp_path / "space")
    selection.ingest(space, [corpus])
    selection.score(space, ["length", "words", "sentences"])
    settings = {"signals": ["mean_word_length", "mean_sentence_length"]}
    run = selection.student(space, "mine", "words", "mean_word_length", "signals", settings)
    assert run.facts["learnt"][0]["spearman"] > 0.85
    selection.draw(space, [selection.method("top_signal", {"signal": "mine"})], "best", 3000)
    selection.export(space, "best", tmp_path / "out", "jsonl.zst")
    report = selection.apply(tmp_path / "out", [corpus], tmp_path / "again")
    assert report["same_input"] and report["differing_docs"] == 0
    for file in (tmp_path / "out").glob("part-*"):
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()
