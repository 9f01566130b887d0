"""The local engine: fixed steps, kept until the part is whole."""

import threading

import numpy as np
import pytest

from selection.core.method import Needs
from selection.core.progress import silent
from selection.core.provenance import Run
from selection.engine import local
from selection.store import runs
from selection.workflow import load


def test_a_step_that_fails_costs_only_itself(space):
    run = runs.begin(
        space,
        Run(
            key="k", verb="embed", what="test", noun="embedding", version=1, settings={}, inputs={}
        ),
    )
    calls = []

    def compute(docs):
        calls.append((int(docs.doc_id[0]), len(docs)))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return {"vector": np.tile(docs.doc_id[:, None].astype(np.float32), 3)}

    def read(part):
        return next(load.stream(space, Needs(text=True), [part]))

    with pytest.raises(KeyboardInterrupt):
        local.fill(space, run, read, compute, silent, step_docs=50)
    assert calls == [(0, 50), (50, 50), (100, 50), (150, 50)]
    assert local.n_steps_kept(space, "k") == 150
    calls[:] = [(-1, 0)] * 10
    local.fill(space, run, read, compute, silent, step_docs=50)
    assert calls[10:] == [(150, 50), (200, 50), (250, 50)]
    vectors = np.concatenate(runs.read_vectors(space, run))
    assert vectors.dtype == np.float16 and np.array_equal(vectors[:, 0], np.arange(300))
    assert not (runs.folder(space, "k") / "steps").exists()


def test_steps_side_by_side_are_written_in_order_and_a_failure_costs_only_itself(space):
    what = {"verb": "embed", "what": "test", "noun": "embedding", "version": 1}
    run = runs.begin(space, Run(key="k", settings={}, inputs={}, **what))
    failing, together = {150}, threading.Barrier(2, timeout=30)

    def compute(docs):
        first = int(docs.doc_id[0])
        if first in failing:
            raise RuntimeError("this step only")
        if first < 100:
            together.wait()  # only two at a time can pass
        return {"vector": np.tile(docs.doc_id[:, None].astype(np.float32), 3)}

    def read(part):
        return next(load.stream(space, Needs(text=True), [part]))

    with pytest.raises(RuntimeError, match="this step only"):
        local.fill(space, run, read, compute, silent, step_docs=50, at_once=2)
    assert local.n_steps_kept(space, "k") >= 150
    failing.clear()
    local.fill(space, run, read, compute, silent, step_docs=50, at_once=2)
    vectors = np.concatenate(runs.read_vectors(space, run))
    assert np.array_equal(vectors[:, 0], np.arange(300))
    assert not (runs.folder(space, "k") / "steps").exists()
