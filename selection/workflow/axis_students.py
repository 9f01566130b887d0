"""Axis students: axis scores for every document of a corpus of which only a sample was rated (ODiS, arXiv:2510.18909).

Axes are fitted on the documents that have every dimension; a student then predicts the projected scores of all. Predicted
axes are no longer exactly uncorrelated, so their correlation and the overlap of their tops are measured again, beside
chance. The axes' own model stays with them: it says what each axis means.

Differs from the paper: a student on embeddings or n-grams in place of a fine-tuned RoBERTa.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from selection.core.documents import State
from selection.core.provenance import Run
from selection.primitives.axis_tops import overlap_of_tops
from selection.store import artefacts, columns
from selection.store.workspace import Workspace

_MARK = "student/"
TOP_SHARE = 0.1  # of the tokens, in each axis's top


def packed(space: Workspace, axes: Run, state: State) -> dict[str, np.ndarray]:
    """The axes' model and the student's weights as one state."""
    model = artefacts.load(space.artefacts, axes.artefact or "")
    own = {name: values for name, values in model.items() if not name.startswith(_MARK)}
    return {**own, **{_MARK + name: np.asarray(values) for name, values in state.items()}}


def unpacked(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The student's weights of a state, which may hold axes beside them."""
    marked = {k.removeprefix(_MARK): v for k, v in state.items() if k.startswith(_MARK)}
    return marked or dict(state)


def facts_of(axes: Run) -> dict[str, Any]:
    """What predicted axes keep of the facts of the projected ones."""
    kept = ("signals", "axes", "dropped", "n_rows_used", "n_rows_missing", "n_kaiser", "n_parallel")
    facts = {name: axes.facts[name] for name in kept if name in axes.facts}
    before = {"key": axes.key, "settings": axes.settings, "inputs": axes.inputs, "seed": axes.seed}
    return {**facts, "drift": [], "projected": axes.facts.get("projected", before)}


def still_apart(space: Workspace, run: Run, projected: np.ndarray | None = None) -> dict[str, Any]:
    """Per pair of axes: correlation as projected and as predicted, overlap of the tops, and what chance gives.

    projected: (n_rated, n_axes) scores of the documents that were rated
    """
    names = [described["name"] for described in run.columns]
    predicted = np.column_stack([columns.number(space, run, name) for name in names])
    tops = overlap_of_tops(predicted, columns.identity(space)[2], TOP_SHARE)
    now = np.corrcoef(predicted.T)
    before = np.corrcoef(projected.T) if projected is not None else None
    rows = [
        {
            "axes": f"{i + 1} and {j + 1}",
            "correlation_projected": _short(before[i, j]) if before is not None else None,
            "correlation_predicted": _short(now[i, j]),
            "overlap": float(tops.pairwise[i, j]),
            "by_chance": float(tops.expected_pairwise[i, j]),
        }
        for i, j in combinations(range(len(names)), 2)
    ]
    return {
        "found": rows,
        "redundancy": tops.redundancy,
        "expected_redundancy": tops.expected_redundancy,
    }


def _short(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None
