"""Weigh: methods over the corpus, one log weight per document; several methods add up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selection.core.documents import Documents, State
from selection.core.errors import BadSetting
from selection.core.memo import Kept, unchanging
from selection.core.method import CorpusMethod, DocumentMethod, Method, Needs, TextMethod
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Run, run_key
from selection.core.registry import find
from selection.core.weights import Scale, Weights
from selection.core.words import end_to_end, nothing
from selection.store import documents, runs
from selection.store.workspace import Workspace
from selection.workflow import load, text_weights
from selection.workflow.text_weights import COLUMN, as_arrow

PACKAGE = "selection.methods"
_BATCH_DOCS = 16_000_000  # rows weighed at once: bounds the arrays a method makes
_WEIGHED = Kept(2)


@dataclass(frozen=True)
class Weighed:
    """Weights of a composition, with what made them: `states` beside `methods`, for the recipe."""

    methods: tuple[Method, ...]
    states: tuple[State, ...]
    weights: Weights
    docs: Documents

    @property
    def scale(self) -> Scale:
        """Of the sum: `none` if every part is a filter, else that of the part that is not."""
        scales = [method.scale for method in self.methods if method.scale != "none"]
        if not scales:
            return "none"
        return "ordinal" if "ordinal" in scales else "nats"


def named(method: str, settings: dict[str, Any] | None = None) -> Method:
    """A method by id with its settings checked."""
    return find(PACKAGE, Method, method).build(settings or {})


def compute(
    space: Workspace,
    methods: Sequence[Method],
    budget_tokens: int | None = None,
    seed: int = 0,
    states: Sequence[State] | None = None,
    barred: Weights | None = None,
) -> Weighed:
    """Weigh without storing: arithmetic on columns, at slider speed. With `states` nothing is fitted.

    `barred` is what lists by hand keep out: no part of the weights, but of what a method that plans finds on offer.
    Methods that read text must have made their pass (`text_weights.ensure`).
    """
    scores = [method for method in methods if method.scale != "none"]
    if len(scores) > 1:
        names = ", ".join(method.id() for method in scores)
        raise BadSetting(
            f"a composition is any filters and at most one method that ranks, got {names}; drop one"
        )
    needs = Needs()
    for method in methods:
        needs |= method.required()
    if needs.axes:
        load.check_axes_of_all(space)
    docs = load.load(space, needs)  # never with text
    fitted: list[State] = [{} for _ in methods]
    total = None
    for number in sorted(range(len(methods)), key=lambda n: methods[n].required().offer):
        method = methods[number]
        if isinstance(method, TextMethod):
            weights, state = text_weights.read(space, method)
        else:
            state = states[number] if states is not None else None
            seen = _offered(docs, total, barred) if method.required().offer else docs
            weights, state = _one(method, seen, state, budget_tokens, seed)
        fitted[number] = state
        total = weights if total is None else total + weights
    if total is None:
        raise BadSetting(
            "at least one method must be named, got none; see `methods` for what there is"
        )
    return Weighed(tuple(methods), tuple(fitted), total, docs)


def _offered(docs: Documents, filters: Weights | None, barred: Weights | None) -> Documents:
    """The documents, with which of them filters and lists leave."""
    left = [np.isfinite(each.log_weight) for each in (filters, barred) if each is not None]
    return replace(docs, on_offer=np.logical_and.reduce(left)) if left else docs


def _one(
    method: Method, docs: Documents, state: State | None, budget_tokens: int | None, seed: int
) -> tuple[Weights, State]:
    if isinstance(method, DocumentMethod):
        columns = docs.columns()
        if state is not None or not unchanging(columns):
            return _fitted(method, docs, state)
        # the budget is no part of it: moving that weighs nothing again
        key = (method.id(), method.model_dump_json(), docs.key())
        return _WEIGHED.get(key, columns, lambda: _fitted(method, docs, None))
    if isinstance(method, CorpusMethod):
        return method.order(docs, budget_tokens, np.random.default_rng(seed)), {}
    raise TypeError(f"{method.id()} follows none of the contracts of methods")


def _fitted(method: DocumentMethod, docs: Documents, state: State | None) -> tuple[Weights, State]:
    state = method.fit(docs) if state is None else state
    if len(docs) <= _BATCH_DOCS:
        weights = method.weigh(docs, state)
        weights.log_weight.flags.writeable = False  # so that what stands on it is remembered
        return weights, state
    return _concatenated([method.weigh(part, state) for part in docs.batches(_BATCH_DOCS)]), state


def _concatenated(pieces: list[Weights]) -> Weights:
    excluded: dict[str, int] = {}
    for piece in pieces:
        for reason, count in piece.excluded.items():
            excluded[reason] = excluded.get(reason, 0) + count
    names = dict.fromkeys(name for piece in pieces for name in piece.because)
    because = {
        name: end_to_end([p.because.get(name, nothing(len(p))) for p in pieces]) for name in names
    }
    made_for = pieces[0].made_for_tokens
    return Weights(np.concatenate([p.log_weight for p in pieces]), because, made_for, excluded)


def weigh(
    space: Workspace,
    methods: Sequence[Method],
    seed: int = 0,
    budget_tokens: int | None = None,
    progress: Progress = silent,
) -> Run:
    """Weigh and keep the weights as a run, for queries and charts."""
    started = time.monotonic()
    read = text_weights.ensure(space, methods, progress)
    if len(methods) == len(read) == 1:
        return read[0]
    n_docs = documents.n_documents(space)
    label = " + ".join(method.id() for method in methods)
    progress(Step(f"weigh {label}", 0, n_docs))
    run = _run(space, methods, seed, budget_tokens)
    if runs.covers(space, run):
        return run
    weighed = compute(space, methods, budget_tokens, seed)
    weights = weighed.weights
    run = runs.begin(space, run)
    for part in documents.list_parts(space):
        rows = slice(part.first, part.first + part.n_docs)
        because = {name: as_arrow(values[rows]) for name, values in weights.because.items()}
        runs.write_part(space, run, part, {"log_weight": weights.log_weight[rows], **because})
        progress(Step(f"weigh {label}", rows.stop, n_docs))
    facts = text_weights.told(weights, weighed.scale)
    facts["text_weights"] = {run.what: run.facts for run in read}
    return runs.finish(space, run, time.monotonic() - started, **facts)


def _run(space: Workspace, methods: Sequence[Method], seed: int, budget_tokens: int | None) -> Run:
    inputs: dict[str, Any] = {"corpus": documents.corpus_key(space)}
    needs = Needs()
    for method in methods:
        needs |= method.required()
    named = (*needs.signals, *needs.labels)
    inputs.update({f"signal {name}": load.signal_run(space, name)[0].key for name in named})
    if needs.axes:
        inputs["axes"] = load.axes_run(space).key
    if needs.clusters:
        inputs["clusters"] = load.clusters_run(space).key
    for run in [text_weights.find(space, m)[0] for m in methods if isinstance(m, TextMethod)]:
        inputs[f"weights {run.what}"] = run.key
    if any(isinstance(method, CorpusMethod) for method in methods):
        inputs["budget_tokens"] = budget_tokens
    settings = {method.id(): method.model_dump(mode="json") for method in methods}
    what = "+".join(method.id() for method in methods)
    version = sum(method.version for method in methods)
    return Run(
        key=run_key("weigh", what, version, settings, inputs, seed),
        verb="weigh",
        what=what,
        noun="weights",
        version=version,
        settings=settings,
        inputs=inputs,
        seed=seed,
        columns=[COLUMN],
    )
