"""Embed: one float16 vector per document, in memory-mapped shards, resumable."""

from __future__ import annotations

from typing import Any

from selection.core.documents import Documents
from selection.core.method import Needs
from selection.core.model import Embedder
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Run
from selection.core.registry import catalogue, find
from selection.engine.local import fill
from selection.store import documents, runs
from selection.store.documents import Part
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow import extend, load

PACKAGE = "selection.embedders"


def named(name: str, settings: dict[str, Any]) -> Embedder:
    """An embedder by id; any other name is a sentence-transformers model name or folder."""
    if name in catalogue(PACKAGE, Embedder):
        return find(PACKAGE, Embedder, name).build(settings)
    return find(PACKAGE, Embedder, "sentence_transformer").build({"model": name, **settings})


def embed(
    space: Workspace,
    embedder: str = "minilm",
    settings: dict[str, Any] | None = None,
    progress: Progress = silent,
) -> Run:
    """Fill the vectors that are missing and make this embedding the current one."""
    documents.require_parts(space)
    leaf = named(embedder, settings or {})
    run = extend.row_wise("embed", "embedding", leaf, space, {"weights": leaf.fingerprint()}, [])
    if runs.covers(space, run):
        runs.point(space, "embedding", run.key)
        return run
    with exclusive(space, f"run-{run.key}", "embed with these settings"):
        progress(Step(f"load {leaf.id()}", 0, documents.n_documents(space)))
        leaf.load()
        run = runs.begin(space, run)

        def read(part: Part) -> Documents:
            return next(load.stream(space, Needs(text=True), [part]))

        elapsed_s = fill(space, run, read, lambda docs: {"vector": leaf.embed(docs.text)}, progress)  # type: ignore[arg-type]
        shards = runs.read_vectors(space, run)
        return runs.finish(space, run, elapsed_s, dim=int(shards[0].shape[1]))
