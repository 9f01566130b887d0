"""Attach: your own columns join by id, and what does not match is listed."""

import json

import numpy as np
import pytest

import selection
from selection.core.errors import BadInput, BadSetting
from selection.store import runs
from tests.conftest import write_jsonl

IDS = [f"own/{number:05d}" for number in range(300)]


def test_scores_join_by_id_whatever_their_order_and_a_missing_one_is_not_rated(space, tmp_path):
    rows = [{"id": IDS[n], "helpful": float(n)} for n in (299, 3, 17)]
    selection.attach(space, write_jsonl(tmp_path / "scores.jsonl", rows), "signals")
    values = selection.signal_values(space, "helpful")
    assert {n: values[n] for n in (299, 3, 17)} == {299: 299.0, 3: 3.0, 17: 17.0}
    assert np.isnan(values).sum() == 297


def test_documents_without_a_score_are_excluded_counted_and_never_drawn(space, tmp_path):
    rows = [{"id": id, "helpful": n % 7} for n, id in enumerate(IDS) if n % 2]
    selection.attach(space, write_jsonl(tmp_path / "scores.jsonl", rows), "signals")
    methods = [selection.method("top_signal", {"signal": "helpful"})]
    result = selection.preview(space, methods, selection.sampler(methods, None), 2_000)
    assert (result.drawn.rows % 2 == 1).all()
    assert dict(result.weighed.weights.excluded) == {"helpful is not rated": 150}


def test_vectors_in_order_become_an_embedding_of_unit_rows(space, tmp_path):
    vectors = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    np.save(tmp_path / "vectors.npy", vectors)
    run = selection.attach(space, tmp_path / "vectors.npy", "embedding")
    kept = np.concatenate(runs.read_vectors(space, run)).astype(np.float32)
    np.testing.assert_allclose(np.linalg.norm(kept, axis=1), 1, atol=2e-3)
    np.testing.assert_allclose(
        kept, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), atol=1e-3
    )


def test_labels_become_clusters_and_coordinates_a_map(space, tmp_path):
    rows = [{"id": id, "cluster": ("b", "a")[n % 2], "x": n, "y": -n} for n, id in enumerate(IDS)]
    file = write_jsonl(tmp_path / "mine.jsonl", rows)
    selection.attach(space, file, "clusters")
    selection.attach(space, file, "map")
    labels = selection.clusters(space)
    assert labels.names == ("a", "b") and labels.codes[:2].tolist() == [1, 0]
    assert selection.points(space)[5].tolist() == [5.0, -5.0]


@pytest.mark.parametrize(
    ("rows", "noun", "says"),
    [
        (
            [{"id": "nobody", "x": 1.0}],
            "signals",
            "1 of the file's 1 ids are no document's .nobody.",
        ),
        ([{"id": IDS[0], "x": 1.0, "y": 2.0}], "map", "299 of 300 documents are not in the file"),
        ([{"id": IDS[0], "x": 1.0}, {"id": IDS[0], "x": 2.0}], "signals", "come once"),
        ([{"id": IDS[0], "word": "good"}], "signals", "must be columns of numbers"),
        ([{"id": IDS[0], "bad name!": 1.0}], "signals", "letters, digits and underscores"),
    ],
)
def test_what_does_not_match_is_one_sentence_and_leaves_no_run(space, tmp_path, rows, noun, says):
    with pytest.raises(BadInput, match=says):
        selection.attach(space, write_jsonl(tmp_path / "mine.jsonl", rows), noun)
    assert runs.list_runs(space, complete=False) == []


def test_an_unknown_noun_says_which_there_are(space, tmp_path):
    with pytest.raises(BadSetting, match="one of signals, embedding, map, clusters, got 'weights'"):
        selection.attach(space, tmp_path / "x.jsonl", "weights")


def test_a_recipe_on_attached_scores_refuses_other_input_in_one_sentence(
    space, corpus_file, tmp_path
):
    rows = [{"id": id, "helpful": n % 7} for n, id in enumerate(IDS)]
    selection.attach(space, write_jsonl(tmp_path / "scores.jsonl", rows), "signals")
    selection.draw(space, [selection.method("top_signal", {"signal": "helpful"})], "mine", 2_000)
    selection.export(space, "mine", tmp_path / "out")
    assert (
        json.loads((tmp_path / "out" / "recipe.json").read_text())["signals"]["helpful"]["id"]
        == "attached scores"
    )
    with pytest.raises(selection.WinnowError, match="helpful was attached from a file"):
        selection.apply(tmp_path / "out", [corpus_file], tmp_path / "again")
