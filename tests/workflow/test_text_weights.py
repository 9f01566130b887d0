"""Methods that read text: one pass kept as a run, gone on with after a kill, grown with the corpus, carried by a recipe."""

import json

import numpy as np
import pytest

import selection
from selection.core.errors import MissingWeights
from selection.shell.answers import learnt
from selection.store import documents, runs
from selection.workflow import text_weights, weigh
from tests.conftest import own_documents, write_jsonl


@pytest.fixture
def method(space, tmp_path):
    rows = [{"text": "Click here to subscribe! $$$ " * 20}] * 100
    key = selection.add_target(space, write_jsonl(tmp_path / "spam.jsonl", rows))
    return selection.method("dsir", {"targets": [key], "min_tokens": 0})


def late(n_docs):
    return [{**row, "id": f"late/{i}"} for i, row in enumerate(own_documents(n_docs, seed=3))]


def draw(space, method, seed=0):
    return selection.preview(space, [method], selection.sampler([method], None), 2000, seed)


def test_a_preview_asks_for_the_pass_and_then_only_reads_it(space, method):
    with pytest.raises(MissingWeights, match="0 of 300 documents have been read; run `weigh dsir`"):
        draw(space, method)
    assert [one.id() for one in selection.lacking_weights(space, [method])] == ["dsir"]
    run = selection.weigh(space, [method])
    assert not selection.lacking_weights(space, [method])
    before = {path: path.stat().st_mtime_ns for path in space.runs.rglob("*.parquet")}
    assert min(draw(space, method, seed).drawn.n_tokens for seed in (0, 1)) > 1500
    assert selection.weigh(space, [method], seed=5).key == run.key  # nor does a run have a seed
    assert {path: path.stat().st_mtime_ns for path in space.runs.rglob("*.parquet")} == before


def test_draw_makes_the_pass_itself_and_prefers_what_is_like_the_target(space, method):
    facts = selection.draw(space, [method], "spam", 2000)
    chosen = selection.read_subset(space, "spam")["doc_id"].to_pylist()
    texts = [row["text"] for row in selection.read_documents(space, chosen)]
    assert len(texts) == facts["n_docs"] and all("Click here" in text for text in texts)
    told = "\n".join(learnt(facts))  # what the shell says beside the draw, the warning too
    assert "kl_to_corpus_nats" in told and "warning: spam fills too few buckets" in told


def test_without_a_target_it_says_how_to_name_one(space):
    with pytest.raises(selection.WinnowError, match="dsir needs at least one target set.*--target"):
        selection.weigh(space, [selection.method("dsir")])
    with pytest.raises(selection.WinnowError, match="dsir needs at least one target set.*--target"):
        draw(space, selection.method("dsir"))


class Killed(BaseException):
    pass


def test_a_killed_pass_goes_on_where_it_stopped(space, method, tmp_path):
    for number in range(4):
        rows = late(200)[number * 50 : number * 50 + 50]
        selection.ingest(space, [write_jsonl(tmp_path / f"more{number}.jsonl", rows)])
    parts = documents.list_parts(space)
    assert len(parts) == 5

    def die(step):
        if step.label.startswith("weigh") and step.done > parts[1].first:
            raise Killed

    with pytest.raises(Killed):
        selection.weigh(space, [method], progress=die)
    run, fitted = text_weights.find(space, method)
    there = [part for part in parts if runs.part_path(space, run, part.number).exists()]
    assert fitted and 0 < len(there) < len(parts)
    stamps = [runs.part_path(space, run, part.number).stat().st_mtime_ns for part in there]
    done = selection.weigh(space, [method])
    assert done.key == run.key and done.artefact == run.artefact
    again = [runs.part_path(space, run, part.number).stat().st_mtime_ns for part in there]
    assert again == stamps


def test_new_documents_are_weighed_by_the_state_that_is_there(space, method, tmp_path):
    first = selection.weigh(space, [method])
    old = weigh.compute(space, [method]).weights.log_weight
    selection.ingest(space, [write_jsonl(tmp_path / "more.jsonl", late(40))])
    with pytest.raises(MissingWeights, match="300 of 340 documents"):
        draw(space, method)
    grown = selection.weigh(space, [method])
    assert (grown.key, grown.artefact, grown.n_docs) == (first.key, first.artefact, 340)
    assert np.array_equal(weigh.compute(space, [method]).weights.log_weight[:300], old)


def test_it_composes_with_filters_of_columns(space, method):
    selection.score(space, ["length"])
    rule = selection.method("rule_filter", {"rules": ["n_words>=100"]})
    selection.weigh(space, [rule, method])
    both = weigh.compute(space, [rule, method]).weights.log_weight
    alone = weigh.compute(space, [method]).weights.log_weight
    barred = np.isneginf(both)
    assert 0 < barred.sum() < 300 and np.array_equal(both[~barred], alone[~barred])


def test_a_recipe_pins_targets_and_an_export_carries_them(space, method, corpus_file, tmp_path):
    selection.draw(space, [method], "spam", 2000)
    recipe = selection.subset_recipe(space, "spam")
    key = method.targets[0]
    assert recipe["targets"] == {key: "spam"} and recipe["methods"][0]["settings"]["targets"] == [key]  # fmt: skip
    selection.export(space, "spam", tmp_path / "out", "parquet")
    assert (tmp_path / "out" / "targets" / key / "target.parquet").exists()
    report = selection.apply(tmp_path / "out", [corpus_file], tmp_path / "again")
    assert report["same_input"] and report["differing_docs"] == 0
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / "out")).read_bytes()  # fmt: skip
    other = write_jsonl(tmp_path / "other.jsonl", own_documents(100, 9))
    elsewhere = selection.apply(tmp_path / "out", [other], tmp_path / "elsewhere")
    assert not elsewhere["same_input"] and elsewhere["n_docs"] > 0


def test_the_weights_view_shows_the_pass(space, method):
    run = selection.weigh(space, [method])
    with selection.query(space, f"SELECT count(*) AS n FROM weights WHERE run = '{run.key}'") as rows:  # fmt: skip
        assert rows.read_all().to_pylist() == [{"n": 300}]
    assert json.loads(json.dumps(run.model_dump(mode="json")))["facts"]["n_drawable"] == 300
