"""Embed: one float16 vector per document, in memory-mapped shards, resumable."""

from __future__ import annotations

from typing import Any

from selection.backend.device import devices
from selection.core.cores import n_cores
from selection.core.documents import Documents
from selection.core.method import Needs
from selection.core.model import Embed, Embedder
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Run
from selection.core.registry import catalogue, find
from selection.engine.local import STEP_DOCS, fill
from selection.store import artefacts, documents, runs
from selection.store.documents import Part
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow import extend, load

PACKAGE = "selection.embedders"
_CHECKED_DOCS = 512  # documents on which an embedder's own check is made
_PATIENCE_S = 1800.0
AUTO = f"MiniLM where that is done within {_PATIENCE_S / 60:.0f} min on this machine, else static."
_GPU_STEP_DOCS = 4096  # a whole part: seconds of work there
_CALLS_PER_GPU = 2  # one tokenises while the other computes
# documents a second of mixed text, measured: per core in fp32 and bf16; of a GPU not measured yet
_DOCS_PER_S = {
    ("cpu", False): 17.0,
    ("cpu", True): 38.0,
    ("cuda", False): 1000.0,
    ("cuda", True): 2000.0,
}


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
    chosen, why = choose(space, embedder)
    leaf = named(chosen, settings or {})
    run = extend.row_wise("embed", "embedding", leaf, space, {"weights": leaf.fingerprint()}, [])
    if runs.covers(space, run):
        runs.point(space, "embedding", run.key)
        return run
    with exclusive(space, f"run-{run.key}", "embed with these settings"):
        progress(Step(f"load {leaf.id()}{why and f': {why}'}", 0, documents.n_documents(space)))
        run, vectors_of = _loaded(space, run, leaf)

        def read(part: Part) -> Documents:
            return next(load.stream(space, Needs(text=True), [part]))

        def vectors(docs: Documents) -> dict[str, Any]:
            return {"vector": vectors_of(docs.text)}  # type: ignore[arg-type]

        elapsed_s = fill(space, run, read, vectors, progress, *steps())
        sample = load.sample(space, _CHECKED_DOCS, Needs(text=True))
        facts = leaf.facts(vectors_of, sample.text)  # type: ignore[arg-type]
        facts |= {"chosen": why} if why else {}
        dim = int(runs.read_vectors(space, run)[0].shape[1])
        return runs.finish(space, run, elapsed_s, dim=dim, **facts)


def _loaded(space: Workspace, run: Run, leaf: Embedder) -> tuple[Run, Embed]:
    """The run, begun, and its embedder, ready: what `prepare` makes is made once and kept as an artefact."""
    if run.artefact:
        state = artefacts.load(space.artefacts, run.artefact)
    else:
        state = leaf.prepare()
        run = run.model_copy(update={"artefact": artefacts.save(space, state) if state else None})
    vectors_of = leaf.load(state)
    return runs.begin(space, run), vectors_of


def notes(run: Run) -> list[str]:
    """What an embedding has to say of itself: why `auto` took it, and how far a cheap one can be trusted."""
    told = [run.facts["chosen"]] if "chosen" in run.facts else []
    if "agreement_at_10" in run.facts:
        told.append(
            f"it finds {run.facts['agreement_at_10']:.0%} of MiniLM's ten nearest neighbours among"
            f" {run.facts['n']:,} documents (chance {run.facts['agreement_by_chance']:.1%})"
        )
    return told


def steps() -> tuple[int, int]:
    """Documents of a step, and how many steps are encoded at once: more than one only where GPUs would wait for text."""
    on = devices()
    return (STEP_DOCS, 1) if on[0].kind == "cpu" else (_GPU_STEP_DOCS, _CALLS_PER_GPU * len(on))


def choose(space: Workspace, embedder: str) -> tuple[str, str]:
    """The embedder that a name means, and why: `auto` takes MiniLM where that is done within `_PATIENCE_S`."""
    if embedder != "auto":
        return embedder, ""
    on, n_docs = devices(), documents.n_documents(space)
    units = n_cores() if on[0].kind == "cpu" else len(on)
    seconds = n_docs / (_DOCS_PER_S[on[0].kind, on[0].half] * units)
    where = f"{units} {'core' if on[0].kind == 'cpu' else 'GPU'}{'s' if units > 1 else ''}"
    what = f"{n_docs:,} documents take MiniLM about {seconds / 60:,.0f} min on {where}"
    if seconds <= _PATIENCE_S:
        return "minilm", f"auto chose minilm, since {what}"
    return "static", f"auto chose static, since {what}, and static under a tenth of it"
