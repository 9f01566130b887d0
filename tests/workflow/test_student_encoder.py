"""An encoder that is taught: from the verb to the weights, killed on the way, and read by others."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

import selection
from selection.backend import fine_tune
from selection.backend.device import Device
from selection.store import artefacts, columns
from selection.workflow import apply as apply_verb
from tests import tiny_models
from tests.conftest import WORDS, write_jsonl

N = 240


def rated(tmp_path, name="space"):
    """A workspace whose quality is how many of six words a text holds, and the file of ratings."""
    rng = np.random.default_rng(3)
    texts = [" ".join(rng.choice(WORDS, 24)) for _ in range(N)]
    quality = [sum(text.split().count(word) for word in WORDS[:6]) for text in texts]
    space = selection.create(tmp_path / name)
    rows = [{"id": f"d{k}", "text": text} for k, text in enumerate(texts)]
    selection.ingest(space, [write_jsonl(tmp_path / "texts.jsonl", rows)])
    labels = [{"id": f"d{k}", "quality": value} for k, value in enumerate(quality)]
    return space, str(write_jsonl(tmp_path / "labels.jsonl", labels)), np.array(quality, float)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tiny_models.encoder(tmp_path_factory.mktemp("m") / "m", initializer_range=0.1)
    return {"model": str(folder), "n_epochs": 2, "max_tokens": 40, "rate": 3e-4}


def test_it_learns_reports_and_rates_every_document(tmp_path, settings):
    space, file, quality = rated(tmp_path)
    run = selection.student(space, "mine", file, "quality", "encoder", settings)
    learnt = run.facts["learnt"][0]
    assert {"r2", "spearman", "low", "high", "mae", "precision_top", "chance_top"} <= set(learnt)
    assert len(run.facts["curve"]) == 2 and run.facts["calibration"]["mine"]
    assert learnt["spearman"] > 0.5 and "warning" not in run.facts
    found = columns.number(space, run, "mine")
    assert np.isfinite(found).all() and np.corrcoef(found, quality)[0, 1] > 0.6
    assert run.inputs["model"] and run.n_docs == N
    assert not (space.path / "teaching" / run.key).exists()
    assert selection.student(space, "mine", file, "quality", "encoder", settings) == run


def test_killed_anywhere_it_ends_in_the_same_weights(tmp_path, settings, monkeypatch):
    """To the bit on a CPU, so it is taught there also where there is a GPU."""
    space, file, _ = rated(tmp_path)
    monkeypatch.setattr(fine_tune, "best_device", lambda: Device("cpu"))
    monkeypatch.setattr(fine_tune, "KEEP_STEPS", 3)
    step, done = fine_tune.Tuner._step, []

    def dies(self, *given):
        done.append(given[-2])
        if len(done) in (5, 12, 40):
            raise KeyboardInterrupt
        step(self, *given)

    monkeypatch.setattr(fine_tune.Tuner, "_step", dies)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            selection.student(space, "mine", file, "quality", "encoder", settings)
    run = selection.student(space, "mine", file, "quality", "encoder", settings)
    assert len(done) < 75  # starting over each time would take more steps
    monkeypatch.setattr(fine_tune.Tuner, "_step", step)
    other, file, _ = rated(tmp_path, "other")
    assert (
        selection.student(other, "mine", file, "quality", "encoder", settings).artefact
        == run.artefact
    )


def test_memory_that_runs_out_while_teaching_halves_the_pieces(settings, monkeypatch):
    course = fine_tune.Course(40, 1, 16, 3e-4, 1e-3, 0.01, True, 0)
    rng = np.random.default_rng(0)
    ids = [rng.integers(5, 50, 30) for _ in range(48)]
    values, head = rng.normal(size=(48, 1)), {"weights": np.ones((32, 1)), "intercept": np.zeros(1)}
    gradients, tried = fine_tune.Tuner._gradients_at_once, []

    def cramped(self, ids, rows, *rest):
        tried.append(len(rows))
        if len(rows) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return gradients(self, ids, rows, *rest)

    found = []
    for at_once in (gradients, cramped):
        monkeypatch.setattr(fine_tune.Tuner, "_gradients_at_once", at_once)
        tuner = fine_tune.Tuner(Path(settings["model"]), course, Device("cpu"))
        assert [step for step, _, _ in tuner.run(ids, values, head, None)] == [3]
        found.append(tuner.head()["weights"])
    np.testing.assert_allclose(found[1], found[0], rtol=1e-4)
    assert tried.count(16) == 1 and max(tried[-12:]) <= 3, "only the first batch meets the limit"


def test_what_is_kept_is_safetensors_and_json_that_sentence_transformers_reads(tmp_path, settings):
    from sentence_transformers import SentenceTransformer

    space, file, _ = rated(tmp_path)
    run = selection.student(space, "mine", file, "quality", "encoder", settings)
    state = artefacts.load(space.artefacts, run.artefact)
    folder = tmp_path / "taught"
    for name in set(state) - {"weights", "intercept"}:
        assert name.endswith((".json", ".safetensors"))
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(state[name].tobytes())
    texts = ["river stone theory", "a garden of light"]
    theirs = SentenceTransformer(str(folder), device="cpu").encode(texts, normalize_embeddings=True)
    from selection.backend.tuned import rate

    ours = rate(pa.array(texts, pa.large_string()), state)
    np.testing.assert_allclose(
        ours, theirs @ state["weights"] + state["intercept"], rtol=0.02, atol=0.1
    )


def test_a_recipe_carries_the_taught_encoder(tmp_path, settings):
    space, file, _ = rated(tmp_path)
    selection.student(space, "mine", file, "quality", "encoder", settings)
    selection.draw(
        space, [selection.method("top_signal", {"signal": "mine"})], "best", budget_tokens=1500
    )
    selection.export(space, "best", tmp_path / "out", "jsonl.zst")
    report = apply_verb.apply(
        tmp_path / "out" / "recipe.json", [tmp_path / "texts.jsonl"], tmp_path / "again"
    )
    assert report["same_input"] and report["differing_docs"] == 0


def test_ratings_that_mean_nothing_get_a_warning(tmp_path, settings):
    space, _, quality = rated(tmp_path)
    shuffled = np.random.default_rng(0).permutation(quality)
    rows = [{"id": f"d{k}", "noise": value} for k, value in enumerate(shuffled)]
    file = str(write_jsonl(tmp_path / "noise.jsonl", rows))
    run = selection.student(space, "noise", file, "noise", "encoder", settings)
    learnt = run.facts["learnt"][0]
    assert "warning" in run.facts and abs(learnt["spearman"]) < 0.3
    assert learnt["low"] < 0 < learnt["high"]
