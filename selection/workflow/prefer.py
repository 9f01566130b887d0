"""Prefer: which rater a quality dimension means, where several have rated every document."""

from __future__ import annotations

from typing import Any

from selection.core.errors import BadSetting, MissingSignal, UnknownName, close_matches
from selection.store import files, ratings, runs, views
from selection.store.locks import exclusive
from selection.store.workspace import Workspace


def raters(space: Workspace) -> dict[str, list[dict[str, Any]]]:
    """Of each dimension the raters that have every document: rater, run, and whether the dimension means it now."""
    known = views.signal_columns(space)
    found: dict[str, list[dict[str, Any]]] = {}
    for name, (run, column) in known.items():
        dimension, sign, rater = name.partition("__")
        facts = next(c for c in run.columns if c["name"] == column)
        if sign and facts.get("dimension") and runs.covers(space, run):
            meant = known.get(dimension, (None, ""))[1] == name
            found.setdefault(dimension, []).append({"rater": rater, "run": run.key, "meant": meant})
    return dict(sorted(found.items()))


def prefer(space: Workspace, dimension: str, rater: str | None = None) -> dict[str, str]:
    """Make a dimension mean this rater (None: the newest again); returns all preferences."""
    known = raters(space)
    if rater is not None:
        _check(space, known, dimension, rater)
    with exclusive(space, "prefer", "choose raters"):
        prefers = views.preferred(space)
        if rater is None and dimension not in prefers:
            raise UnknownName(
                f"dimension {dimension!r} has no preferred rater to clear; {close_matches(dimension, list(prefers))}"
            )
        prefers = {name: who for name, who in prefers.items() if name != dimension}
        prefers |= {dimension: rater} if rater is not None else {}
        files.write_json(space.current / "raters.json", prefers)
    return prefers


def _check(
    space: Workspace, known: dict[str, list[dict[str, Any]]], dimension: str, rater: str
) -> None:
    if rater in (there := [r["rater"] for r in known.get(dimension, [])]):
        return
    wanted = f"{dimension}__{rater}"
    sampled = [
        r for r in ratings.list_ratings(space) if wanted in [c["name"] for c in r["columns"]]
    ]
    if sampled:
        raise MissingSignal(
            f"a preferred rater must have rated every document, and {rater} has seen a sample;"
            " train a student on its ratings, or judge with --sample 0"
        )
    if dimension not in known:
        raise UnknownName(
            f"there is no rated dimension {dimension!r}; {close_matches(dimension, list(known))} (run `score --all`)"
        )
    if any(name == wanted for name in views.signal_columns(space)):
        raise BadSetting(
            f"a preferred rater must have rated every document, and {rater} lacks some; score again"
        )
    raise UnknownName(f"{dimension} has no rater {rater!r}; {close_matches(rater, there)}")
