"""Cluster: fitted on a sample of vectors, assigned part by part, titled by the words that set each cluster apart."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from selection.core.documents import State
from selection.core.method import Needs
from selection.core.model import Clusterer
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Run
from selection.core.registry import catalogue, find
from selection.primitives.titles import TitleCounts
from selection.store import artefacts, documents, runs
from selection.store.documents import Part
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow import extend, load

PACKAGE = "selection.clusterers"
_FIT_DOCS = 200_000  # vectors a fit sees at most: 300 MB as float32 at 384 dimensions


def cluster(
    space: Workspace,
    clusterer: str = "kmeans",
    settings: dict[str, Any] | None = None,
    seed: int = 0,
    embedding: str | None = None,
    refit: bool = False,
    progress: Progress = silent,
) -> Run:
    """Cluster the current embedding; with the same settings new documents join the clusters that are there."""
    leaf = find(PACKAGE, Clusterer, clusterer).build(settings or {})
    source = load.embedding_run(space, embedding)
    run, fitted = extend.on_vectors("cluster", "clusters", leaf, space, source, seed, refit)
    if fitted and runs.covers(space, run):
        runs.point(space, "clusters", run.key)
        return run
    with exclusive(space, f"run-{run.key}", "cluster with these settings"):
        started = time.monotonic()
        total = documents.n_documents(space)
        progress(Step(f"cluster {leaf.id()}: fit", 0, total))
        if fitted and run.artefact:
            state: State = artefacts.load(space.artefacts, run.artefact)
        else:
            state = leaf.sized(total).fit(load.vector_sample(space, source, _FIT_DOCS)[1], seed)
        lacking = {part.number for part in runs.missing_parts(space, run)}
        shards = zip(documents.list_parts(space), runs.read_vectors(space, source), strict=True)
        codes = {
            part: leaf.assign(shard, state) for part, shard in shards if part.number in lacking
        }
        if not run.artefact:
            titles = _titles(space, codes, progress)
            update = {"columns": _COLUMNS, "facts": {"titles": titles}}
            artefact = artefacts.save(space, state)
            run = runs.begin(space, run.model_copy(update={"artefact": artefact, **update}))
        names = np.array([*run.facts["titles"], "noise"], dtype=object)  # code -1 picks the last
        for part, labels in codes.items():
            runs.write_part(space, run, part, {"cluster": labels, "title": names[labels]})
        n_noise = int((runs.read_column(space, run, "cluster").to_numpy() < 0).sum())
        elapsed_s = time.monotonic() - started
        return runs.finish(space, run, elapsed_s, n_clusters=len(names) - 1, n_noise=n_noise)


def learnt_from(run: Run) -> int:
    """How many documents at most the clusters of a run were found among; the others joined them."""
    kinds = catalogue(PACKAGE, Clusterer)
    if run.what not in kinds:  # attached
        return run.n_docs
    leaf = kinds[run.what].build(run.settings).sized(run.n_docs)
    return leaf.sees(min(run.n_docs, _FIT_DOCS))


_COLUMNS = [
    {
        "name": "cluster",
        "title": "Cluster",
        "definition": "number of the cluster, -1 is noise",
        "polarity": 0,
    },
    {
        "name": "title",
        "title": "Title",
        "definition": "words that set the cluster apart (class TF-IDF)",
        "polarity": 0,
    },
]


def _titles(space: Workspace, codes: dict[Part, np.ndarray], progress: Progress) -> list[str]:
    counts = TitleCounts()
    total, done = documents.n_documents(space), 0
    for labels, docs in zip(
        codes.values(), load.stream(space, Needs(text=True), list(codes)), strict=True
    ):
        if docs.text is not None:
            counts.add(docs.text, labels)
        done += len(docs)
        progress(Step("cluster: titles", done, total))
    return counts.titles()
