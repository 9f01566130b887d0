"""Axes: correlated signals in, orthogonal axes out; fitted once, stored, and applied to new documents without refitting."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from selection.core.dimensions import DIMENSIONS
from selection.core.method import Needs
from selection.core.noise import splitmix
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Run
from selection.core.registry import catalogue
from selection.core.signal import Signal
from selection.primitives import axis_drift, axis_stability, axis_tops, principal_axes, resampling
from selection.primitives.axes_settings import AxesSettings
from selection.primitives.axis_stability import AxisStability
from selection.primitives.principal_axes import AxesModel
from selection.store import artefacts, columns, runs
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow import extend, judged, load

VERSION = 1
_FIT_DOCS = 200_000


def dimensions() -> list[str]:
    """The quality dimensions that any rater in the catalogue declares, those of Winnow first, in their order."""
    named = {name: None for name in DIMENSIONS}
    for kind in catalogue("selection.signals", Signal).values():
        named.update({c.name.partition("__")[0]: None for c in kind.columns if c.dimension})
    return list(named)


def axes(
    space: Workspace,
    signals: Sequence[str] | None = None,
    settings: AxesSettings | None = None,
    flipped: Sequence[int] = (),
    seed: int = 0,
    refit: bool = False,
    progress: Progress = silent,
) -> Run:
    """Fit axes on the named signals (default: the quality dimensions) and project every document.

    Columns of a judge or a reader who has seen a sample may be named too: documents they have not rated have no axes then,
    until a student predicts them. With the same settings and signals new documents are projected by the axes that are
    there; `refit` fits again and reports drift. `flipped` names axes (from 1) that point the other way.
    """
    settings = settings or AxesSettings.build({})
    names = sorted(signals or dimensions())
    matrix, polarity, inputs = _read(space, names)
    inputs |= {"flipped": sorted(flipped)} if flipped else {}
    values = settings.model_dump(mode="json")
    run, fitted = extend.fitted(
        "axes", "axes", "principal_axes", VERSION, values, space, inputs, seed, refit
    )
    if fitted and runs.covers(space, run):
        runs.point(space, "axes", run.key)
        return run
    with exclusive(space, f"run-{run.key}", "fit these axes"):
        started = time.monotonic()
        progress(Step("axes: fit", 0, len(matrix)))
        if fitted:
            model = model_of(space, run)
            used = matrix[:, [names.index(name) for name in model.names]]
        else:
            uid_hash = columns.identity(space)[1]
            model = _fit(matrix, names, polarity, uid_hash, settings, flipped, seed)
            used = matrix[:, [names.index(name) for name in model.names]]
            run = _begin(space, run, model, polarity, _steady(model, used, uid_hash))
        del matrix  # as large as all its signals
        _project(space, run, model, used, progress)
        return runs.finish(space, run, time.monotonic() - started)


def _read(
    space: Workspace, names: Sequence[str]
) -> tuple[np.ndarray, dict[str, int], dict[str, Any]]:
    """Values (n_docs, n_signals), NaN where not rated; polarity of each; and what a run says it was made from."""
    sampled = judged.sampled(space, names)
    whole = [name for name in names if name not in sampled]
    docs = load.load(space, Needs(signals=tuple(whole)))
    inputs: dict[str, Any] = {name: load.signal_run(space, name)[0].key for name in whole}
    inputs |= {name: each.mark for name, each in sampled.items()}
    polarity = {**docs.polarity, **{name: each.polarity for name, each in sampled.items()}}
    values = [sampled[n].values if n in sampled else docs.signals[n] for n in names]
    return np.column_stack(values), polarity, inputs


def _project(
    space: Workspace, run: Run, model: AxesModel, matrix: np.ndarray, progress: Progress
) -> None:
    """Write the axes of the parts that lack them. matrix: (n_docs, n_signals used)"""
    scores = principal_axes.project(model, matrix)
    for part in runs.missing_parts(space, run):
        rows = slice(part.first, part.first + part.n_docs)
        named = {f"axis_{k + 1}": scores[rows, k] for k in range(model.n_axes)}
        runs.write_part(space, run, part, named)
        progress(Step("axes: project", rows.stop, len(matrix)))


def _fit(
    matrix: np.ndarray,
    names: list[str],
    polarity: Any,
    uid_hash: np.ndarray,
    settings: AxesSettings,
    flipped: Sequence[int],
    seed: int,
) -> AxesModel:
    rows = _rows(matrix, uid_hash)
    rng = np.random.default_rng(int(splitmix(np.array([seed], np.uint64))[0]))
    model = principal_axes.fit_axes(
        matrix[rows], [polarity[n] for n in names], names, settings, rng
    )
    for axis in flipped:
        model = principal_axes.flip(model, axis)
    return model


def _rows(matrix: np.ndarray, uid_hash: np.ndarray) -> np.ndarray:
    """The documents that axes are fitted on, ascending."""
    rated = np.flatnonzero(np.isfinite(matrix).any(axis=1))
    return rated[load.sample_rows(uid_hash[rated], _FIT_DOCS)]


def _steady(
    model: AxesModel, matrix: np.ndarray, uid_hash: np.ndarray
) -> tuple[AxisStability, ...]:
    """Stability of each axis over the documents it was fitted on. matrix: (n_docs, n_signals used)"""
    rows = _rows(matrix, uid_hash)
    codes = resampling.groups_of(uid_hash[rows])
    return axis_stability.stability(model, matrix[rows], codes)


def stability(space: Workspace) -> tuple[AxisStability, ...]:
    """Of the axes in use: as told when they were fitted, else worked out from the signals they were made from."""
    run = load.axes_run(space)
    told = [axis.get("stability") for axis in run.facts["axes"]]
    if all(told):
        return tuple(AxisStability(**each) for each in told)
    model = model_of(space, run)
    return _steady(model, made_from(space, model), columns.identity(space)[1])


def _begin(
    space: Workspace,
    run: Run,
    model: AxesModel,
    polarity: Any,
    steady: tuple[AxisStability, ...],
) -> Run:
    previous = runs.current(space, "axes")
    facts = {
        "signals": [{"name": name, "polarity": int(polarity[name])} for name in model.names],
        "axes": [
            {
                "name": f"axis_{k + 1}",
                "explained": float(model.explained[k]),
                "leaning": leaning(model, k),
                "stability": asdict(steady[k]),
            }
            for k in range(model.n_axes)
        ],
        "dropped": dict(model.dropped),
        "n_rows_used": model.n_rows_used,
        "n_rows_missing": model.n_rows_missing,
        "n_kaiser": model.n_kaiser,
        "n_parallel": model.n_parallel,
        "drift": _drift(space, previous, model) if previous else [],
    }
    described = [
        {
            "name": f"axis_{k + 1}",
            "title": f"Axis {k + 1}",
            "definition": f"whitened principal axis: {meaning(model, k, steady[k])}",
            "polarity": 0,
        }
        for k in range(model.n_axes)
    ]
    artefact = artefacts.save(space, model.to_state())
    return runs.begin(
        space, run.model_copy(update={"artefact": artefact, "columns": described, "facts": facts})
    )


def leaning(model: AxesModel, axis: int) -> str:
    """The strongest loadings of an axis (from 0) in plain words: what its high end has more of, and less of."""
    loadings, names = model.loadings[:, axis], short_names(model.names)
    strong = [i for i in np.argsort(-np.abs(loadings))[:4] if abs(loadings[i]) >= 0.3]
    more = [names[i] for i in strong if loadings[i] > 0]
    less = [names[i] for i in strong if loadings[i] < 0]
    words = [f"more {', '.join(more)}"] if more else []
    words += [f"less {', '.join(less)}"] if less else []
    return "; ".join(words) or "no strong loading"


def meaning(model: AxesModel, axis: int, steady: AxisStability) -> str:
    """An axis (from 0) in plain words, or that it has no name: other documents would turn it."""
    if steady.stable:
        return leaning(model, axis)
    return "no name: on other documents this axis would be another one"


def short_names(names: Sequence[str]) -> list[str]:
    """As they stand in figures: `knowledge depth`; the rater is named where there are several."""
    raters = {name.partition("__")[2] for name in names}
    kept = [
        name.partition("__")[0] if len(raters) == 1 else name.replace("__", " by ")
        for name in names
    ]
    return [name.replace("_", " ") for name in kept]


def _drift(space: Workspace, previous: Run, model: AxesModel) -> list[dict[str, float]]:
    matches = axis_drift.drift(model_of(space, previous), model)
    return [{"old": match.old, "new": match.new, "cosine": match.cosine} for match in matches]


def model_of(space: Workspace, run: Run) -> AxesModel:
    """The fitted model behind an axes run."""
    return AxesModel.from_state(artefacts.load(space.artefacts, run.artefact or ""))


def made_from(space: Workspace, model: AxesModel) -> np.ndarray:
    """(n_docs, n_signals) of the signals of a model, NaN where a document has none."""
    return _read(space, model.names)[0]


def list_axes(space: Workspace) -> list[Run]:
    """The axes of every document that there are, newest first: fitted ones, and those that students predict."""
    return [run for run in reversed(runs.list_runs(space, "axes")) if runs.covers(space, run)]


def use_axes(space: Workspace, key: str) -> Run:
    """Make these the axes that methods and pages mean."""
    run = load.axes_run(space, key)
    runs.point(space, "axes", run.key)
    return run


def tops_overlap(space: Workspace, share: float, key: str | None = None) -> axis_tops.TopsOverlap:
    """How much the tops of the axes overlap when each takes `share` of the tokens, beside chance."""
    _, _, n_tokens = columns.identity(space)
    return axis_tops.overlap_of_tops(load.axis_scores(space, key), n_tokens, share)
