"""Map: every document as a point; PCA at once, UMAP when it is ready."""

from __future__ import annotations

import time
from typing import Any

from selection.core.model import Projection
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Run
from selection.core.registry import catalogue, find
from selection.store import artefacts, documents, runs
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow import extend, load

PACKAGE = "selection.projections"
_FIT_DOCS = 50_000

_COLUMNS = [
    {"name": "x", "title": "x", "definition": "horizontal place on the map", "polarity": 0},
    {"name": "y", "title": "y", "definition": "vertical place on the map", "polarity": 0},
]


def project(
    space: Workspace,
    projection: str = "umap",
    settings: dict[str, Any] | None = None,
    seed: int = 0,
    embedding: str | None = None,
    refit: bool = False,
    progress: Progress = silent,
) -> Run:
    """Fit on at most 50,000 documents, place the rest among them; becomes the current map."""
    leaf = find(PACKAGE, Projection, projection).build(settings or {})
    source = load.embedding_run(space, embedding)
    run, fitted = extend.on_vectors("map", "map", leaf, space, source, seed, refit)
    if fitted and runs.covers(space, run):
        runs.point(space, "map", run.key)
        return run
    with exclusive(space, f"run-{run.key}", "make this map"):
        started = time.monotonic()
        total = documents.n_documents(space)
        progress(Step(f"map {leaf.id()}: fit", 0, total))
        if fitted and run.artefact:
            state = artefacts.load(space.artefacts, run.artefact)
        else:
            state = leaf.fit(load.vector_sample(space, source, _FIT_DOCS)[1], seed)
            artefact = artefacts.save(space, state)
            run = runs.begin(
                space, run.model_copy(update={"artefact": artefact, "columns": _COLUMNS})
            )
        done = 0
        for part, shard in zip(
            documents.list_parts(space), runs.read_vectors(space, source), strict=True
        ):
            if not runs.part_path(space, run, part.number).exists():
                points = leaf.place(shard, state)
                runs.write_part(space, run, part, {"x": points[:, 0], "y": points[:, 1]})
            done += part.n_docs
            progress(Step(f"map {leaf.id()}", done, total))
        return runs.finish(space, run, time.monotonic() - started)


def learnt_from(run: Run) -> int:
    """How many documents at most a map was laid out by; the others were placed among them."""
    kinds = catalogue(PACKAGE, Projection)
    if run.what not in kinds:  # attached
        return run.n_docs
    return kinds[run.what].build(run.settings).sees(min(run.n_docs, _FIT_DOCS))
