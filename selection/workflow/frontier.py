"""Frontier: one method over a grid of its settings at one token budget: how good, and how diverse, what it keeps is.

Every point tells all measures of a comparison with their intervals, beside random draws of the same tokens; which of them
count as quality and as diversity is asked when it is looked at (`front`). A point is kept as soon as it is measured, so a
killed job loses at most one.

Quality scores that chose the documents also judge them here: a point says what was aimed at, not what a model gains.

Cost: a draw and a measurement per point and seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from selection.core.errors import BadSetting, WinnowError
from selection.core.method import Method
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import run_key
from selection.primitives import pareto
from selection.primitives.subset_measures import Corpus
from selection.store import findings
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow import arena, compare, control, weigh
from selection.workflow.arena import Contestant
from selection.workflow.comparison import no_nan, row

MOST = 100  # points
_OF_SAMPLER = "sampler."


def frontier(
    space: Workspace,
    methods: Sequence[Method],
    sweep: Mapping[str, Sequence[Any]],
    budget_tokens: int,
    n_seeds: int = 1,
    n_control: int = 3,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Measure every combination of the swept settings; found already: read.

    sweep: setting of the last method (or `sampler.setting`) -> its values. Returns key, created, sweep, points (settings,
    sampler, row or why it failed), chance (a row), dimensions.
    """
    points = list(_points(methods, sweep))
    told: dict[str, Any] = {
        "budget_tokens": budget_tokens,
        "n_seeds": n_seeds,
        "n_control": n_control,
    }
    contestants = [each for each, _ in points]
    key = arena.key_of(space, "frontier", contestants, told)
    with exclusive(space, f"frontier-{key}", "sweep this frontier"):
        if found := findings.piece(space, "frontier", key, "found"):
            return found
        known = compare.known_of(space)
        rows = _all(space, known, key, contestants, told, progress)
        told |= {
            "method": methods[-1].id(),
            "sweep": {name: list(dict.fromkeys(own[name] for _, own in points)) for name in sweep},
            "points": [
                {**each.told(), "swept": own, **made}
                for (each, own), made in zip(points, rows, strict=False)
            ],
            "chance": rows[-1]["row"],
            "dimensions": list(known.rated),
            "n_docs": len(known.n_tokens),
        }
        return findings.save(space, "frontier", key, told)


def _points(methods: Sequence[Method], sweep: Mapping[str, Sequence[Any]]) -> Any:
    """Each combination as a contestant, with the values that are its own."""
    n_points = int(np.prod([len(values) for values in sweep.values()])) if sweep else 0
    if not 2 <= n_points <= MOST:
        raise BadSetting(
            f"a frontier has 2 to {MOST} points, got {n_points}; name settings and several values of each"
        )
    for values in product(*sweep.values()):
        given = dict(zip(sweep, values, strict=True))
        changed = {k: v for k, v in given.items() if not k.startswith(_OF_SAMPLER)}
        last = type(methods[-1]).build({**methods[-1].model_dump(), **changed})
        point = Contestant.of([*methods[:-1], last])
        sampled = {k.removeprefix(_OF_SAMPLER): given[k] for k in given if k not in changed}
        if sampled:
            settings = {**point.sampler.model_dump(), **sampled}
            point = Contestant(point.methods, type(point.sampler).build(settings))
        checked = {
            **last.model_dump(mode="json"),
            **{_OF_SAMPLER + k: v for k, v in point.sampler.model_dump(mode="json").items()},
        }
        yield point, {name: checked[name] for name in sweep}


def _all(
    space: Workspace,
    known: Corpus,
    key: str,
    contestants: Sequence[Contestant],
    told: Mapping[str, Any],
    progress: Progress,
) -> list[dict[str, Any]]:
    """Every point measured, then random draws."""
    chance = Contestant.of([weigh.named(control.NAME)])
    seeds = [told["n_seeds"]] * len(contestants) + [told["n_control"]]
    rows = []
    for number, (each, n) in enumerate(zip([*contestants, chance], seeds, strict=True)):
        progress(Step("frontier", number, len(seeds), "points"))
        rows.append(_measured(space, known, key, each, told["budget_tokens"], n))
    if "why" in rows[-1]:
        raise BadSetting(rows[-1]["why"])
    return rows


def _measured(
    space: Workspace,
    known: Corpus,
    key: str,
    each: Contestant,
    budget_tokens: int,
    n_seeds: int,
) -> dict[str, Any]:
    """`row`, kept as a piece, or `why` it cannot be drawn."""
    name = f"point-{run_key('point', each.name, arena.VERSION, each.told(), {}, n_seeds)}"
    if kept := findings.piece(space, "frontier", key, name):
        return kept
    try:
        copies = [
            arena.drawn_by(space, "frontier", key, each, budget_tokens, seed, silent)
            for seed in range(1, n_seeds + 1)
        ]
    except WinnowError as mistake:
        return {"why": str(mistake)}  # not kept: what hinders it may pass before the job is done
    made, _ = compare.each(space, known, copies, whole=False)
    found = {"row": no_nan(row(each.name, made, int(known.n_tokens.sum())))}
    findings.keep_piece(space, "frontier", key, name, found)
    return found


def front(found: Mapping[str, Any], quality: str, diversity: str) -> list[dict[str, Any]]:
    """Points that could be drawn, each with `on_front`: no other is as good in both measures and better in one."""
    drawn = [point for point in found["points"] if "row" in point]
    values = [
        np.array([np.nan if (v := p["row"].get(name)) is None else v for p in drawn], float)
        for name in (quality, diversity)
    ]
    on_front = pareto.front(*values)
    return [{**p, "on_front": bool(on)} for p, on in zip(drawn, on_front, strict=True)]
