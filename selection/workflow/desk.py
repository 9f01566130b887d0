"""Desk: a person reads documents, or pairs of them, and judges them by a rubric; kept as a judge's answers are.

Blind: the documents are those that a judge asked about as large a sample was shown, in an order of the person's own, and
nothing but their text is to be shown. One in ten comes back ten later, pairs with their sides swapped: how far a person
agrees with themself is what no rater can be asked to exceed.

Every judgement is on disk before the next one is shown. What comes next follows from what was answered, so a reading goes on
after a reload or on another day. Nothing is overwritten: to undo is one more answer, which takes the one before it back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import numpy as np

from selection.core.errors import BadSetting
from selection.core.judging import JudgeSettings
from selection.core.noise import splitmix, uniform
from selection.core.provenance import run_key
from selection.signals.judges import rubric as rubrics
from selection.signals.judges.rubric import Dimension
from selection.store import columns, documents, ratings, views
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow import judge_plan, load
from selection.workflow.judge_plan import Plan

VERSION = 1
DEFAULT_SAMPLE = 100
YOU = "you"
_EVERY, _LATER = 10, 10  # one unit in so many comes back, so many units later
_ORDER, _SIDES = 81, 82  # streams of noise


@dataclass(frozen=True)
class Task:
    """One judgement to make: a dimension of a document, or of a pair in the order shown; `again` 1 the second time."""

    dimension: str
    doc_ids: tuple[int, ...]
    again: int = 0

    @property
    def name(self) -> str:
        return "/".join(map(str, (self.dimension, *sorted(self.doc_ids), self.again)))


@dataclass(frozen=True)
class Desk:
    """A person's reading of a workspace by a rubric, and the judgements they have chosen to make, in order."""

    plan: Plan
    dimensions: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def key(self) -> str:
        """Of the rubric, the person and whether pairs are read; not of the sample and the dimensions, which may change."""
        inputs = {
            "rubric": self.plan.rubric.sha256(),
            "person": self.plan.model,
            "pairs": self.plan.pairs,
        }
        return run_key("desk", self.plan.rubric_id, VERSION, {}, inputs)  # fmt: skip

    def asked(self, task: Task) -> Dimension:
        """What the rubric says of the task's dimension."""
        return next(d for d in self.plan.rubric.dimensions if d.id == task.dimension)

    def range_of(self, task: Task) -> tuple[float, float]:
        """Lowest and highest rating; of a pair 0 (the first has more), 0.5 (as much) and 1."""
        return (0.0, 1.0) if self.plan.pairs else self.plan.rubric.range_of(self.asked(task))


@dataclass(frozen=True)
class Standing:
    """How far a reading is: the next task (None at the end), the last one answered (None before the first), and counts."""

    next: Task | None
    last: Task | None
    n_tasks: int
    n_rated: int
    n_skipped: int


def open_desk(
    space: Workspace,
    rubric: str = "odis",
    person: str = YOU,
    pairs: bool = False,
    only: list[str] | None = None,
    sample: int = DEFAULT_SAMPLE,
) -> Desk:
    """What this person is to judge; the same desk again where one was begun. `only` names dimensions of the rubric."""
    rubric_id, asked = rubrics.read(rubric)
    pairs = pairs or asked.kind == "pairwise"
    names = tuple(d.id for d in (asked.only(only) if only else asked).dimensions)
    documents.require_parts(space)
    fewest = 2 if pairs else 1
    if sample < fewest:
        raise BadSetting(f"a sample to read holds at least {fewest} documents, got {sample}")
    _, uid_hash, _ = columns.identity(space)
    rows = load.sample_rows(uid_hash, sample)
    rows = rows[np.argsort(splitmix(uid_hash[rows]), kind="stable")]
    plan = Plan(rubric_id, asked, _checked(space, person), JudgeSettings.build({}), pairs, rows)
    units = _pairs(plan, uid_hash) if pairs else _singles(plan, uid_hash)
    tasks = tuple(
        Task(name, unit[::-1] if again else unit, again)
        for unit, again in _with_repeats(units)
        for name in names
    )
    return Desk(plan, names, tasks)


def _checked(space: Workspace, person: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", person) or len(person) > 32:
        raise BadSetting(
            f"a reader's name is at most 32 lower-case letters, digits and single underscores, got {person[:40]!r}"
        )
    others = {name.partition("__")[2] for name in views.signal_columns(space)}
    if person in others:
        raise BadSetting(
            f"a reader needs a name of their own, and {person!r} is a rater here; choose another"
        )
    return person  # fmt: skip


def _own(plan: Plan) -> int:
    """The seed of a person's order."""
    return int.from_bytes(sha256(plan.model.encode()).digest()[:8])


def _singles(plan: Plan, uid_hash: np.ndarray) -> list[tuple[int, ...]]:
    order = np.argsort(uniform(_own(plan), uid_hash[plan.rows], _ORDER), kind="stable")
    return [(int(doc_id),) for doc_id in plan.rows[order]]


def _pairs(plan: Plan, uid_hash: np.ndarray) -> list[tuple[int, ...]]:
    met = np.array(judge_plan.ring(plan.rows, plan.settings.rounds))
    mark = splitmix(uid_hash[met[:, 0]] ^ splitmix(uid_hash[met[:, 1]]))
    swapped = uniform(_own(plan), mark, _SIDES) < 0.5
    met[swapped] = met[swapped, ::-1]
    order = np.argsort(uniform(_own(plan), mark, _ORDER), kind="stable")
    return [(int(a), int(b)) for a, b in met[order]]


def _with_repeats(units: list[tuple[int, ...]]) -> list[tuple[tuple[int, ...], int]]:
    """The units in order, and one in ten of them once more, ten later."""
    found: list[tuple[tuple[int, ...], int]] = []
    for place, unit in enumerate(units):
        found.append((unit, 0))
        if place >= _LATER and place % _EVERY == _EVERY // 2:
            found.append((units[place - _LATER], 1))
    return found


def standing(space: Workspace, desk: Desk) -> Standing:
    """Read from the answers, so that any session sees the same."""
    answered = _answered(space, desk)
    last = next(reversed(answered), None)
    by_name = {task.name: task for task in desk.tasks}
    return Standing(
        next=next((task for task in desk.tasks if task.name not in answered), None),
        last=by_name[last] if last else None,
        n_tasks=len(desk.tasks),
        n_rated=sum(status == "rated" for status in answered.values()),
        n_skipped=sum(status == "skipped" for status in answered.values()),
    )


def _answered(space: Workspace, desk: Desk) -> dict[str, str]:
    """Status of each task of this desk that has an answer which was not taken back, oldest answer first."""
    mine = {task.name for task in desk.tasks}
    found: dict[str, str] = {}
    for given in ratings.answers(space, desk.key):
        if given["item"] in mine:
            found.pop(given["item"], None)
            if given["status"] != "withdrawn":
                found[given["item"]] = given["status"]
    return found


def record(
    space: Workspace, desk: Desk, task: Task, value: float | None, seconds: float = 0.0
) -> None:
    """Keep one judgement; None skips what cannot be judged. Of a pair 0, 0.5 or 1: how far the second shown has more."""
    if value is not None:
        low, high = desk.range_of(task)
        allowed = value in (0.0, 0.5, 1.0) if desk.plan.pairs else low <= value <= high
        if not allowed:
            told = "0, 0.5 or 1" if desk.plan.pairs else f"{low:g} to {high:g}"
            raise BadSetting(f"a judgement of {task.dimension} is {told}, got {value:g}")
    _keep(space, desk, task, "skipped" if value is None else "rated", value, seconds)


def undo(space: Workspace, desk: Desk) -> Task | None:
    """Take back the last judgement of this desk; returns what is to be judged again, None where there is nothing."""
    last = standing(space, desk).last
    if last is not None:
        _keep(space, desk, last, "withdrawn", None, 0.0)
    return last


def _keep(
    space: Workspace, desk: Desk, task: Task, status: str, value: float | None, seconds: float
) -> None:
    rating = {"dimension": task.dimension, "value": value, "label": None, "reason": ""}
    with exclusive(space, f"judge-{desk.key}", "keep judgements of the same reader"):
        kept = {**desk.plan.record(), "orders": 1, "person": True, "settings": {}}
        ratings.begin(space, desk.key, kept)
        journal = ratings.Journal(space, desk.key, go_on=True)
        try:
            journal.append(
                {
                    **dict.fromkeys(ratings.SCHEMA.names),
                    "item": task.name,
                    "doc_id": task.doc_ids[0],
                    "other_id": task.doc_ids[1] if desk.plan.pairs else None,
                    "vote": task.again,
                    "status": status,
                    "ratings": [rating] if value is not None else [],
                    "model": desk.plan.model,
                    "tokens_in": 0,
                    "tokens_out": 0,
                    "cost": 0.0,
                    "seconds": round(seconds, 3),
                    "created": datetime.now(UTC).isoformat(timespec="microseconds"),
                }
            )
        finally:
            journal.close()
