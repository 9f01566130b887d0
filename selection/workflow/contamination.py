"""Contamination: which documents hold items of which benchmark, as passes of `decontaminate` have found."""

from __future__ import annotations

import numpy as np

from selection.core.documents import Categories
from selection.core.provenance import Run
from selection.store import runs
from selection.store.workspace import Workspace
from selection.workflow import text_weights

_METHOD = "decontaminate"


def list_contamination(space: Workspace) -> list[Run]:
    """The passes that have read every document, the newest first."""
    made = [run for run in runs.list_runs(space, "weights") if run.what == _METHOD]
    return [run for run in reversed(made) if runs.covers(space, run)]


def contamination_labels(space: Workspace, key: str) -> Categories:
    """The benchmark whose item each document holds, by one of these passes; no label where it holds none."""
    run = runs.find(space, key)
    names = np.full(0, "", object)
    if run is not None:
        names = text_weights.as_numpy(runs.read_column(space, run, "target"))
    known, codes = np.unique(names.astype(str), return_inverse=True)
    clean = len(known) > 0 and known[0] == ""
    return Categories(codes.astype(np.int32) - clean, tuple(known[clean:].tolist()))
