"""Draw: weights and a token budget in, a named subset and its recipe out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from selection.core.errors import BadSetting, ImpossibleBudget
from selection.core.method import Method, Needs
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Noun, Run
from selection.core.recipe import LeafRef, Recipe
from selection.core.registry import find
from selection.core.sampler import Draw, Sampler
from selection.store import artefacts, columns, runs, subsets
from selection.store.workspace import Workspace, checked_name
from selection.workflow import by_hand, load, targets, text_weights, version, weigh
from selection.workflow.by_hand import ByHand
from selection.workflow.pool import noise_seed, pool, strata_names
from selection.workflow.weigh import Weighed

PACKAGE = "selection.samplers"


@dataclass(frozen=True)
class Drawn:
    """A draw before it is saved: what a slider shows."""

    weighed: Weighed
    sampler: Sampler
    drawn: Draw
    budget_tokens: int
    seed: int
    by_hand: ByHand | None = None  # the lists that were honoured

    def copies(self) -> np.ndarray:
        """Copies per document of the corpus, 0 where not drawn. (n_docs,) int32, read-only"""
        return self._copies

    @cached_property
    def _copies(self) -> np.ndarray:
        out = np.zeros(len(self.weighed.docs), np.int32)
        out[self.drawn.rows] = self.drawn.copies
        out.flags.writeable = False
        return out


def sampler_for(
    methods: Sequence[Method], name: str | None, settings: dict[str, Any] | None = None
) -> Sampler:
    """The named sampler, else the one of the method that ranks (a filter alone: its own)."""
    ranking = [method for method in methods if method.scale != "none"] or list(methods)
    sampler = find(PACKAGE, Sampler, name or ranking[0].sampler).build(settings or {})
    scale = ranking[0].scale
    if scale not in sampler.scales:
        fitting = [key for key, kind in _samplers().items() if scale in kind.scales]
        raise BadSetting(
            f"sampler {sampler.id()} needs weights on scale {' or '.join(sampler.scales)}, and {ranking[0].id()} yields"
            f" {scale}; choose {' or '.join(fitting)}"
        )
    return sampler


def _samplers() -> dict[str, type[Sampler]]:
    from selection.core.registry import catalogue

    return catalogue(PACKAGE, Sampler)


def preview(
    space: Workspace, methods: Sequence[Method], sampler: Sampler, budget_tokens: int, seed: int = 0
) -> Drawn:
    """Weigh and draw without storing anything."""
    if budget_tokens < 1:
        raise ImpossibleBudget(f"a token budget is at least 1, got {budget_tokens}; give more")
    hand = by_hand.by_hand(space)
    corpus_tokens, left = int(columns.identity(space)[2].sum()), by_hand.room(hand, budget_tokens)
    methods = [method.for_budget(left / max(1, corpus_tokens)) for method in methods]
    weighed = weigh.compute(space, methods, budget_tokens, seed, barred=by_hand.barred(hand))
    made_for = weighed.weights.made_for_tokens
    if made_for is not None and budget_tokens > made_for:
        raise ImpossibleBudget(
            f"these weights were made for {made_for:,} tokens, got {budget_tokens:,}; weigh again"
        )
    weighed = by_hand.honoured(weighed, hand)
    offered = pool(space, weighed, sampler)
    drawn = by_hand.drawn(sampler, offered, budget_tokens, noise_seed(methods, seed), hand)
    return Drawn(weighed, sampler, drawn, budget_tokens, seed, hand)


def draw(
    space: Workspace,
    methods: Sequence[Method],
    name: str,
    budget_tokens: int,
    seed: int = 0,
    sampler: Sampler | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Draw and save a subset; an older one of that name is replaced. Returns its facts, and those of methods that read text."""
    checked_name(name, "subset")
    read = text_weights.ensure(space, methods, progress)
    progress(Step(f"draw {name}", 0, 1, "draws"))
    result = preview(space, methods, sampler or sampler_for(methods, None), budget_tokens, seed)
    facts = save(space, result, name)
    progress(Step(f"draw {name}", 1, 1, "draws"))
    return {**facts, "text_weights": {run.what: run.facts for run in read}}


def save(
    space: Workspace, result: Drawn, name: str, recipe: Recipe | None = None
) -> dict[str, Any]:
    """Keep a draw as a subset with its recipe: the one given, else the one that tells this draw."""
    weights, drawn = result.weighed.weights, result.drawn
    table = {
        "doc_id": pa.array(result.weighed.docs.doc_id[drawn.rows]),
        "copies": pa.array(drawn.copies.astype(np.int32)),
        "log_weight": pa.array(weights.log_weight[drawn.rows]),
        **{
            key: text_weights.as_arrow(np.asarray(values)[drawn.rows])
            for key, values in weights.because.items()
        },
    }
    recipe = recipe or make_recipe(space, result, name)
    facts = {
        "methods": [method.id() for method in result.weighed.methods],
        "sampler": result.sampler.id(),
        "budget_tokens": result.budget_tokens,
        "seed": result.seed,
        "n_docs": len(drawn.rows),
        "n_copies": int(drawn.copies.sum()),
        "n_tokens": int(drawn.n_tokens),
        "excluded": dict(weights.excluded),
        "by_hand": result.by_hand.counts() if result.by_hand else {},
        "artefacts": recipe.artefacts(),
    }
    subsets.save(space, name, pa.table(table), recipe.model_dump(mode="json"), facts)
    return {"name": name, **facts}


def make_recipe(space: Workspace, result: Drawn, name: str) -> Recipe:
    """Everything that decided the draw; fitted states are kept as artefacts."""
    embedding, clusters, axes, signals = _stands_on(space, result)
    facts = space.facts()
    methods = [
        _ref(method, artefact=artefacts.save(space, state) if state else None)
        for method, state in zip(result.weighed.methods, result.weighed.states, strict=True)
    ]
    return Recipe(
        winnow=version.WINNOW,
        name=name,
        inputs=sorted(
            facts.get("ledger", {}).get("inputs", {}).values(),
            key=lambda i: (i["label"], i["sha256"]),
        ),
        tokenizer=facts["tokenizer"],
        refined=[LeafRef(**step) for step in facts.get("lineage", [])],
        embedding=_of_run(embedding) if embedding else None,
        clusters=_of_run(clusters) if clusters else None,
        signals={signal: _of_run(run, column=column) for signal, (run, column) in signals.items()},
        axes=_of_run(axes) if axes else None,
        targets=targets.pinned(
            space,
            [ref.settings for ref in methods]
            + [run.settings for run, _ in signals.values()]
            + [step["settings"] for step in facts.get("lineage", [])],
        ),
        lists=_lists(space, result.by_hand),
        methods=methods,
        sampler=_ref(result.sampler, facts={"strata": strata_names(space, result.sampler)}),
        seed=result.seed,
        budget_tokens=result.budget_tokens,
        cut=artefacts.save(space, result.drawn.cut),
        corpus={
            "n_docs": len(result.weighed.docs),
            "n_tokens": int(result.weighed.docs.n_tokens.sum()),
        },
        drawn={"n_docs": len(result.drawn.rows), "n_tokens": int(result.drawn.n_tokens)},
    )


def _lists(space: Workspace, hand: ByHand | None) -> LeafRef | None:
    if hand is None:
        return None
    return LeafRef(
        id="tags",
        version=1,
        settings={},
        artefact=artefacts.save(space, hand.state),
        facts={"n_docs": hand.counts(), "fitted_on": by_hand.FITTED_ON},
    )


def _stands_on(
    space: Workspace, result: Drawn
) -> tuple[Run | None, Run | None, Run | None, dict[str, tuple[Run, str]]]:
    """The embedding, clusters, axes and signals that the draw rests on, directly or through one another."""
    needs = Needs()
    for method in result.weighed.methods:
        needs |= method.required()
    axes = load.axes_run(space) if needs.axes else None
    predicted = (
        axes is not None and axes.verb == "student"
    )  # from vectors or text, not from signals
    projected_from = axes.facts["signals"] if axes and not predicted else []
    names = [*needs.signals, *needs.labels, *(c["name"] for c in projected_from)]
    signals = {signal: load.signal_run(space, signal) for signal in dict.fromkeys(names)}
    students = [run for run, _ in signals.values()] + ([axes] if axes and predicted else [])
    learnt_from = [name for run in students for name in run.inputs.get("signals", ())]
    signals |= {name: load.signal_run(space, name) for name in learnt_from}
    by_cluster = getattr(result.sampler, "stratum", None) == "cluster"
    current = [load.clusters_run(space)] if needs.clusters or by_cluster else []
    clusters = _only_one(space, "clusters", [run for run, _ in signals.values()], current)
    current = [load.embedding_run(space)] if needs.embedding else []
    readers = [run for run, _ in signals.values()] + [run for run in (clusters, axes) if run]
    return _only_one(space, "embedding", readers, current), clusters, axes, signals


def _only_one(space: Workspace, noun: Noun, readers: list[Run], current: list[Run]) -> Run | None:
    """The one run of `noun` that a draw rests on: what its signals and clusters were made from, and what it reads now."""
    keys = dict.fromkeys([run.inputs[noun] for run in readers if noun in run.inputs])
    keys |= dict.fromkeys(run.key for run in current)
    if len(keys) > 1:
        raise BadSetting(
            f"a recipe stands on one run of {noun}, and this draw on {len(keys)} ({', '.join(keys)}); make what it reads"
            " again from one of them"
        )
    return runs.find(space, next(iter(keys))) if keys else None


def _ref(
    leaf: Method | Sampler, artefact: str | None = None, facts: dict[str, Any] | None = None
) -> LeafRef:
    settings = leaf.model_dump(mode="json")
    return LeafRef(
        id=leaf.id(), version=leaf.version, settings=settings, artefact=artefact, facts=facts or {}
    )


def _of_run(run: Run, **facts: Any) -> LeafRef:
    """A run as a recipe tells it: the keys of runs stay behind, they mean nothing in another workspace."""
    return LeafRef(
        id=run.what,
        version=run.version,
        settings=run.settings,
        artefact=run.artefact,
        run=None,
        inputs={"weights": run.inputs["weights"]} if "weights" in run.inputs else {},
        facts={
            **facts,
            **{key: run.facts[key] for key in ("titles", "signals", "axes") if key in run.facts},
        },
        columns=run.columns,
    )
