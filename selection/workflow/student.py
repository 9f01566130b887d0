"""Student: train a rater on ratings of a sample and let it rate every document; it always says how well it does.

Some documents are held out by a hash of their uid, near-duplicates together where they have been looked for. The figures
are those of a student that has not seen them; the one that rates the corpus has learnt from all ratings.
"""

from __future__ import annotations

import re
import time
from typing import Any

import numpy as np

from selection.core.dimensions import BETTER_WHEN_HIGHER, DIMENSIONS
from selection.core.documents import Documents
from selection.core.errors import BadInput, BadSetting, UnknownName
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Noun, Run, run_key
from selection.core.recipe import LeafRef
from selection.core.registry import find
from selection.core.student import Lesson, Ratings, Student, Votes
from selection.primitives import held_out
from selection.store import artefacts, columns, documents, ratings, runs, views
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow import axis_students, kept_fits, lesson, load, teaching
from selection.workflow.lesson import Rated

PACKAGE = "selection.signals.students"
FEWEST = 30  # ratings that there is any use in learning from
HELD_OUT = 0.2
_N_FOLDS = 5
_DUPLICATES = "near_duplicate_cluster"


def student(
    space: Workspace,
    name: str,
    source: str | None = None,
    column: str | None = None,
    kind: str = "ridge",
    settings: dict[str, Any] | None = None,
    dimension: str | None = None,
    id_field: str | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Run:
    """Train a student called `name` and rate every document; without `source` the one that is there rates new documents.

    A column that is one of the quality dimensions, or is said to be by `dimension`, becomes `<dimension>__<name>`.
    """
    documents.require_parts(space)
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or len(name) > 32:
        raise BadSetting(
            f"a student's name is at most 32 lower-case letters, digits and single underscores, got {name!r}"
        )
    if source is None:
        return rate(space, _known(space, name), progress)
    leaf = find(PACKAGE, Student, kind).build(settings or {})
    rated = (
        lesson.votes(space, source, column)
        if leaf.learns_from == "pairs"
        else lesson.ratings(space, source, column, id_field)
    )
    if rated.axes is not None and dimension:
        raise BadSetting(f"axes are no dimension, got {dimension!r}; leave --dimension out")
    described = rated.columns if rated.axes else _described(space, rated, name, dimension)
    run = _new(space, leaf, rated, described, name, seed)
    known = runs.find(space, run.key)
    if known is None:
        progress(Step(f"teach {name}", 0, 1, "students"))
        known = _taught(space, leaf, rated, run, seed, progress)
    return rate(space, known, progress)


def rate(space: Workspace, run: Run, progress: Progress = silent) -> Run:
    """Rate the documents that a trained student has not rated yet."""
    leaf = find(PACKAGE, Student, run.what).build(_settings(run))
    names = [described["name"] for described in run.columns]
    state = axis_students.unpacked(artefacts.load(space.artefacts, run.artefact or ""))
    with exclusive(space, f"run-{run.key}", "rate documents by this student"):
        if runs.covers(space, run):
            return run
        started, missing = time.monotonic(), runs.missing_parts(space, run)
        stream = load.stream(space, leaf.required(), missing, run.inputs.get("embedding"))
        for part, docs in zip(missing, stream, strict=True):
            scores = leaf.predict(docs, state)
            runs.write_part(space, run, part, {n: scores[:, c] for c, n in enumerate(names)})
            progress(
                Step(f"rate by {run.what}", part.first + part.n_docs, documents.n_documents(space))
            )
        facts = _apart(space, run) if run.noun == "axes" else {}
        return runs.finish(space, run, time.monotonic() - started, **facts)  # fmt: skip


def _apart(space: Workspace, run: Run) -> dict[str, Any]:
    projected = runs.find(space, run.facts.get("projected", {}).get("key", ""))
    if projected is None:
        return axis_students.still_apart(space, run)
    names = [described["name"] for described in run.columns]
    scores = np.column_stack([columns.number(space, projected, name) for name in names])
    return axis_students.still_apart(space, run, scores[np.isfinite(scores).all(axis=1)])


def install(space: Workspace, ref: LeafRef, noun: Noun = "signals") -> Run:
    """A student as a recipe carries it, begun in another workspace: its weights are what it is."""
    kind = find(PACKAGE, Student, ref.id)
    if kind.version != ref.version:
        raise BadSetting(
            f"the recipe wants student {ref.id} version {ref.version}, and here it has version {kind.version}"
        )
    inputs: dict[str, Any] = {"weights": ref.artefact}
    if kind.needs.embedding:
        inputs["embedding"] = load.embedding_run(space).key
    return runs.begin(
        space,
        Run(
            key=run_key("student", ref.id, ref.version, ref.settings, inputs),
            verb="student",
            what=ref.id,
            noun=noun,
            version=ref.version,
            settings=ref.settings,
            inputs=inputs,
            columns=ref.columns,
            facts={key: ref.facts[key] for key in ("signals", "axes") if key in ref.facts},
            artefact=ref.artefact,
        ),
    )


def _settings(run: Run) -> dict[str, Any]:
    return {key: value for key, value in run.settings.items() if key != "name"}


def _known(space: Workspace, name: str) -> Run:
    found = [
        run for run in runs.list_runs(space, complete=False)
        if run.verb == "student" and run.settings.get("name") == name
    ]  # fmt: skip
    if not found:
        raise UnknownName(f"there is no student {name!r} yet; train one with --from and --column")
    return found[-1]


def _described(
    space: Workspace, rated: Rated, name: str, dimension: str | None
) -> list[dict[str, Any]]:
    """Facts of the one column that a student of signals yields."""
    given = rated.columns[0]
    named = dimension or given["name"].partition("__")[0]
    if dimension and dimension not in DIMENSIONS:
        raise UnknownName(f"dimension is one of {', '.join(DIMENSIONS)}, got {dimension!r}")
    is_dimension = named in DIMENSIONS
    own = f"{named}__{name}" if is_dimension else name
    run, _ = views.signal_columns(space).get(own, (None, ""))
    if run is not None and run.verb != "student":
        raise BadSetting(f"column {own!r} is there already, from {run.what}; choose another --name")
    if own in (c["name"] for record in ratings.list_ratings(space) for c in record["columns"]):
        raise BadSetting(
            f"column {own!r} holds what {name} said of a sample; a student needs another --name"
        )
    polarity = int(named in BETTER_WHEN_HIGHER) if is_dimension else int(given.get("polarity", 0))
    title = named.replace("_", " ").capitalize() if is_dimension else name
    definition = f"what a student learnt from {given['name']} of {rated.origin}"
    return [
        {"name": own, "title": f"{title} ({name})" if is_dimension else title, "definition": definition,
         "unit": given.get("unit", ""), "polarity": polarity, "source": "a student trained here",
         "dimension": is_dimension, "kind": "number"}
    ]  # fmt: skip


def _new(
    space: Workspace, leaf: Student, rated: Rated, described: list[dict[str, Any]], name: str, seed: int,
) -> Run:  # fmt: skip
    inputs: dict[str, Any] = {"ratings": rated.sha256(), "columns": [c["name"] for c in described]}
    if leaf.needs.embedding:
        inputs["embedding"] = load.embedding_run(space).key
    if model := leaf.fingerprint():
        inputs["model"] = model
    names = leaf.required().signals
    if names:
        inputs["signals"] = {n: load.number_run(space, n)[0].key for n in names}
    duplicates = _duplicates(space)
    if duplicates is not None:
        inputs["duplicates"] = duplicates.key
    settings = {**leaf.model_dump(mode="json"), "name": name}
    return Run(
        key=run_key("student", leaf.id(), leaf.version, settings, inputs, seed),
        verb="student",
        what=leaf.id(),
        noun="axes" if rated.axes else "signals",
        version=leaf.version,
        settings=settings,
        inputs=inputs,
        seed=seed,
        columns=described,
    )


def _duplicates(space: Workspace) -> Run | None:
    run, _ = views.signal_columns(space).get(_DUPLICATES, (None, ""))
    return run if run is not None and runs.covers(space, run) else None


def _taught(
    space: Workspace, leaf: Student, rated: Rated, run: Run, seed: int, progress: Progress
) -> Run:
    """Fit, measure, keep the weights, and begin the run."""
    rows, places = np.unique(rated.rows, return_inverse=True)
    if len(rated.rows) < FEWEST:
        raise BadInput(
            f"a student needs at least {FEWEST} ratings, got {len(rated.rows)} of {rated.origin}; rate more documents"
        )
    docs = load.take(space, rows, leaf.required(), run.inputs.get("embedding"))
    group = _groups(space, docs)
    teach = _lesson(rated, places.reshape(rated.rows.shape), held_out.folds(group, _N_FOLDS))
    held = held_out.split(group, HELD_OUT, seed)
    fit = kept_fits.fits(space, leaf, run.key, progress)
    facts = {
        "from": rated.origin,
        "ratings": rated.key,
        "rated": ", ".join(described["name"] for described in rated.columns),
        "n_rated": len(teach),
        "split": f"{HELD_OUT:.0%} of documents by uid hash"
        + (", near-duplicates together" if "duplicates" in run.inputs else ""),
        **teaching.measure(leaf, docs, teach, held, [c["name"] for c in run.columns], seed, fit),
    }
    state = fit(docs, teach, "whole")
    if rated.axes is not None:
        facts = {**axis_students.facts_of(rated.axes), **facts}
        state = axis_students.packed(space, rated.axes, state)
    artefact = artefacts.save(space, state)
    begun = runs.begin(space, run.model_copy(update={"artefact": artefact, "facts": facts}))
    kept_fits.forget(space, run.key)
    return begun


def _groups(space: Workspace, docs: Documents) -> np.ndarray:
    run = _duplicates(space)
    labels = columns.number(space, run, _DUPLICATES)[docs.doc_id] if run is not None else None
    return held_out.groups_by(labels, docs.uid_hash)


def _lesson(rated: Rated, places: np.ndarray, folds: np.ndarray) -> Lesson:
    if places.ndim == 2:
        return Votes(places, rated.values)
    return Ratings(places, rated.values, folds[places])
