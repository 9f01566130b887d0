"""A corpus that grows: fitted verbs place new documents without refitting, and only refit when asked."""

import numpy as np
import pytest

import selection
from selection.store import documents, runs
from selection.workflow import load
from tests.conftest import own_documents, write_jsonl


@pytest.fixture
def grown(space, tmp_path):
    """Scored, embedded, clustered, mapped and with axes; then 40 documents more."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(340, 8)).astype(np.float32)
    np.save(tmp_path / "vectors.npy", vectors[:300])
    selection.attach(space, tmp_path / "vectors.npy", "embedding")
    selection.cluster(space, settings={"n_clusters": 3})
    selection.map(space, "pca")
    selection.score(space)
    selection.axes(space)
    before = {noun: runs.current(space, noun) for noun in ("clusters", "map", "axes")}
    more = [{**row, "id": f"late/{i}"} for i, row in enumerate(own_documents(40, seed=3))]
    selection.ingest(space, [write_jsonl(tmp_path / "late.jsonl", more)])
    return space, before, vectors, tmp_path


def test_signals_fill_only_the_new_part(grown):
    space, *_ = grown
    first = {p: p.stat().st_mtime_ns for p in space.runs.rglob("part-00000.parquet")}
    selection.score(space, ["length", "statistics"])
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in first.items())
    assert np.isfinite(selection.signal_values(space, "grammar")).sum() == 340


def test_axes_project_new_documents_with_the_axes_that_are_there(grown):
    space, before, *_ = grown
    selection.score(space, ["statistics"])
    run = selection.axes(space)
    assert run.key == before["axes"].key and run.artefact == before["axes"].artefact
    scores = load.axis_scores(space)
    assert scores.shape[0] == 340 and np.isfinite(scores).all()


def test_a_refit_is_another_run_and_reports_how_far_the_axes_turned(grown):
    space, before, *_ = grown
    selection.score(space, ["statistics"])
    run = selection.axes(space, refit=True)
    assert run.key != before["axes"].key
    drift = run.facts["drift"]
    assert len(drift) == len(before["axes"].columns)
    assert all(abs(match["cosine"]) > 0.7 for match in drift[:1])


def test_new_documents_join_the_clusters_and_the_map(grown):
    space, before, vectors, tmp_path = grown
    old = before["clusters"]
    codes = np.asarray(runs.read_column(space, old, "cluster").to_pylist()[:300])
    np.save(tmp_path / "all.npy", vectors)
    part = documents.list_parts(space)[1]
    embedding = runs.current(space, "embedding")
    runs.write_vectors(
        space, embedding, part, vectors[300:] / np.linalg.norm(vectors[300:], axis=1, keepdims=True)
    )
    runs.finish(space, embedding, 0.0)
    first = runs.part_path(space, old, 0)
    stamp = first.stat().st_mtime_ns
    assert selection.cluster(space, settings={"n_clusters": 3}).key == old.key
    assert first.stat().st_mtime_ns == stamp, "a finished part was written again"
    assert selection.map(space, "pca").key == before["map"].key
    labels = selection.clusters(space)
    assert len(labels.codes) == 340 and np.array_equal(labels.codes[:300], codes)
    assert np.isfinite(selection.points(space)).all()


def test_flipping_an_axis_turns_its_scores_round(scored, tmp_path):
    import shutil

    shutil.copytree(scored.path, tmp_path / "copy")
    space = selection.open_workspace(tmp_path / "copy")
    before = load.axis_scores(space)
    selection.axes(space, flipped=[1])
    after = load.axis_scores(space)
    np.testing.assert_allclose(after[:, 0], -before[:, 0])
    np.testing.assert_allclose(after[:, 1:], before[:, 1:])
