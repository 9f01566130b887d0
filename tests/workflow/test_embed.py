"""Embed: killed at any moment it goes on where it was, and `auto` chooses by size and hardware and says why."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import selection
from selection.backend.device import Device
from selection.engine.local import n_steps_kept
from selection.store import runs
from selection.workflow import embed
from tests.conftest import own_documents, write_jsonl

ROOT = Path(__file__).parents[2]
N_DOCS = 2_600  # of one part: five steps of 512 and a rest


def ingested(folder: Path, rows: list[dict]) -> selection.Workspace:
    space = selection.create(folder / "space")
    selection.ingest(space, [write_jsonl(folder / "rows.jsonl", rows)])
    return space


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_again_and_again_it_loses_at_most_a_step_and_ends_the_same(tmp_path):
    rows = own_documents(N_DOCS)
    for name in ("killed", "whole"):
        (tmp_path / name).mkdir()
    space, other = (ingested(tmp_path / name, rows) for name in ("killed", "whole"))
    command = [
        sys.executable,
        "-m",
        "selection",
        "embed",
        str(space.path),
        "--set",
        "max_tokens=16",
    ]
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}  # a GPU would be done in one step
    kept, n_kills = [], 0
    while True:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=env)
        had = kept[-1] if kept else 0
        while process.poll() is None and n_kills < 3:
            found = {path.parent.parent.name for path in space.path.rglob("steps/*.npz")}
            if found and n_steps_kept(space, key := found.pop()) > had:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kept.append(n_steps_kept(space, key))
                n_kills += 1
            time.sleep(0.002)
        if process.wait() != -signal.SIGKILL:
            break
        assert not selection.status(space).ready["embedding"]
    assert process.returncode == 0
    assert len(kept) == 3 and kept == sorted(set(kept)) and kept[0] >= 512  # each went on
    command[4] = str(other.path)
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=env, check=True)
    run, undisturbed = (selection.status(each).embedding for each in (space, other))
    assert run is not None and undisturbed is not None and run.n_docs == N_DOCS
    first, second = (
        np.concatenate(runs.read_vectors(where, one))
        for where, one in ((space, run), (other, undisturbed))
    )
    assert first.shape == (N_DOCS, 384) and np.array_equal(first, second)
    assert not list(space.path.rglob("*.npz"))


def test_a_model_that_breaks_on_the_way_leaves_what_was_done(space, monkeypatch):
    """The folder of the model is corrupt at the second start; mended, the verb goes on with the steps that are there."""
    from selection.core.errors import BackendUnavailable
    from selection.embedders.minilm import MiniLM

    load, calls = MiniLM.load, []

    def stopping(self, state):
        inner = load(self, state)

        def embed(text):
            calls.append(len(text))
            if len(calls) == 3:
                raise BackendUnavailable("a model must give finite numbers")
            return inner(text)

        return embed

    monkeypatch.setattr(MiniLM, "load", stopping)
    monkeypatch.setattr(embed, "steps", lambda: (100, 1))
    with pytest.raises(BackendUnavailable, match="finite"):
        selection.embed(space, settings={"max_tokens": 16})
    assert len(list(space.path.rglob("steps/*.npz"))) == 2
    run = selection.embed(space, settings={"max_tokens": 16})
    assert calls[:4] == [100] * 4  # three, of which one failed, and the one that was missing
    assert run.n_docs == 300 and run.facts["dim"] == 384


@pytest.mark.parametrize(
    ("n_docs", "on", "chosen", "said"),
    [
        (3_000, [Device("cpu", "bf16")], "minilm", "3,000 documents take MiniLM about"),
        (
            5_000_000,
            [Device("cpu", "bf16")],
            "static",
            "on 2 cores, and static under a tenth of it",
        ),
        (5_000_000, [Device("cuda:0", "bf16")] * 8, "minilm", "min on 8 GPUs"),
    ],
)
def test_auto_chooses_by_size_and_hardware_and_says_why(
    space, monkeypatch, n_docs, on, chosen, said
):
    monkeypatch.setattr(embed, "devices", lambda: on)
    monkeypatch.setattr(embed, "n_cores", lambda: 2)
    monkeypatch.setattr(embed.documents, "n_documents", lambda space: n_docs)
    name, why = embed.choose(space, "auto")
    assert name == chosen and said in why and why.startswith(f"auto chose {chosen}, since")
    assert embed.choose(space, "static") == ("static", "")


def test_what_auto_did_and_what_static_is_worth_is_kept_with_the_embedding(space, monkeypatch):
    monkeypatch.setattr(embed, "_PATIENCE_S", 0.0)
    run = selection.embed(space, "auto")
    why, trust = selection.embedding_notes(run)
    assert run.what == "static" and why.startswith("auto chose static, since 300 documents")
    assert "of MiniLM's ten nearest neighbours among 300 documents (chance 3.3%)" in trust
    assert selection.embedding_notes(selection.status(space).embedding) == [why, trust]


def test_gpus_take_whole_parts_and_two_calls_each(monkeypatch):
    monkeypatch.setattr(
        embed, "devices", lambda: [Device("cuda:0", "bf16"), Device("cuda:1", "bf16")]
    )
    assert embed.steps() == (4096, 4)
    monkeypatch.setattr(embed, "devices", lambda: [Device("cpu", "bf16")])
    assert embed.steps() == (512, 1)
