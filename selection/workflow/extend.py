"""Find the run to go on with, or begin one: how row-wise and fitted verbs grow with the corpus.

A fitted verb (cluster, map, axes) is fitted once and then extended: new documents are placed by the state that is there.
`refit` begins a new run on the corpus as it is now.
"""

from __future__ import annotations

from typing import Any

from selection.core.provenance import Noun, Run, run_key
from selection.core.settings import Leaf
from selection.store import documents, runs
from selection.store.workspace import Workspace


def row_wise(
    verb: str,
    noun: Noun,
    leaf: Leaf,
    space: Workspace,
    inputs: dict[str, Any],
    columns: list[dict[str, Any]],
    whole_corpus: bool = False,
) -> Run:
    """The run of a leaf that scores row by row; not begun yet where it is new.

    With `whole_corpus` a row depends on all others: the run is of the corpus as it is now, and does not grow.
    """
    settings = leaf.model_dump(mode="json")
    made_on = {"corpus": documents.corpus_key(space)} if whole_corpus else {}
    new = _new(verb, noun, leaf.id(), leaf.version, settings, inputs, None, made_on)
    return runs.find(space, new.key) or new.model_copy(update={"columns": columns})


def fitted(
    verb: str,
    noun: Noun,
    what: str,
    version: int,
    settings: dict[str, Any],
    space: Workspace,
    inputs: dict[str, Any],
    seed: int,
    refit: bool = False,
) -> tuple[Run, bool]:
    """The newest run with these settings and inputs, and whether it is already fitted."""
    if not refit:
        wanted = (what, version, settings, inputs, seed)
        for run in reversed(runs.list_runs(space, noun, complete=False)):
            if (
                run.what,
                run.version,
                run.settings,
                run.inputs,
                run.seed,
            ) == wanted and run.artefact:
                return run, True
    fitted_on = {"corpus": documents.corpus_key(space)}
    new = _new(verb, noun, what, version, settings, inputs, seed, fitted_on)
    known = runs.find(space, new.key)
    return (known, True) if known is not None and known.artefact else (new, False)


def on_vectors(
    verb: str, noun: Noun, leaf: Leaf, space: Workspace, source: Run, seed: int, refit: bool = False
) -> tuple[Run, bool]:
    """`fitted` for a leaf that learns from one embedding."""
    settings, inputs = leaf.model_dump(mode="json"), {"embedding": source.key}
    return fitted(verb, noun, leaf.id(), leaf.version, settings, space, inputs, seed, refit)


def _new(
    verb: str,
    noun: Noun,
    what: str,
    version: int,
    settings: dict[str, Any],
    inputs: dict[str, Any],
    seed: int | None,
    fitted_on: dict[str, Any],
) -> Run:
    return Run(
        key=run_key(verb, what, version, settings, {**inputs, **fitted_on}, seed),
        verb=verb,
        what=what,
        noun=noun,
        version=version,
        settings=settings,
        inputs=inputs,
        seed=seed,
    )
