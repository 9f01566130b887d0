"""A lesson: the ratings or votes that a student learns from, read out of a run, the axes, or a file joined by id."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from selection.core.errors import BadInput, UnknownName, close_matches
from selection.core.provenance import Run
from selection.formats import pair_file, sidecars
from selection.store import columns, documents, runs, views
from selection.store import ratings as ratings_store
from selection.store.workspace import Workspace
from selection.workflow import judged, load


@dataclass(frozen=True)
class Rated:
    """rows (n,) or, of pairs, (n, 2) doc_ids; values (n, n_columns) or (n,); facts of each column; where they come from.

    `key` is that of a judge's or a person's ratings.
    """

    rows: np.ndarray
    values: np.ndarray
    columns: list[dict[str, Any]]
    origin: str  # for people
    axes: Run | None = field(default=None)
    key: str = ""

    def sha256(self) -> str:
        """Of everything a student can learn from it."""
        data = (
            np.ascontiguousarray(self.rows).tobytes() + np.ascontiguousarray(self.values).tobytes()
        )
        return hashlib.sha256(data).hexdigest()


def ratings(space: Workspace, source: str, column: str | None, id_field: str | None) -> Rated:
    """Ratings by `source`: a file, `axes`, a judge's ratings, or a run of signals or axes, by a beginning of its key."""
    if Path(source).expanduser().is_file():
        return _of_file(space, Path(source).expanduser(), column, id_field)
    judge = judged.known(space, source)
    if judge is not None:
        return _of_judge(space, judge, column)
    run = _run(space, source)
    known: list[str] = [described["name"] for described in run.columns]
    if run.noun == "axes":
        return _of_run(space, run, known, run)
    if column is None and len(known) == 1:
        column = known[0]
    if column is None or column not in known:
        raise UnknownName(
            f"run {run.key} has no column {column!r}; {close_matches(column or '', known)}"
        )
    return _of_run(space, run, [column], None)  # fmt: skip


def votes(space: Workspace, source: str, column: str | None) -> Rated:
    """Votes on pairs: a judge's, by a beginning of their key, or a file with first, second and the share for the second."""
    path = Path(source).expanduser()
    judge = None if path.is_file() else judged.known(space, source)
    if judge is not None:
        return _of_judge(space, judge, column)
    if not path.is_file():
        raise BadInput(
            f"votes on pairs come from a file with the columns first, second and a share of votes, got {source!r}"
        )
    first, second, share, name = pair_file.read_pairs(path, column)
    uids = documents.read_columns(space, ["uid"]).column(0)
    place = {uid: row for row, uid in enumerate(uids.to_pylist())}
    unknown = list(dict.fromkeys(uid for uid in (*first, *second) if uid not in place))
    if unknown:
        raise BadInput(
            f"pairs must name documents of the corpus, and {len(unknown):,} ids of {path.name} are no document's"
            f" ({', '.join(unknown[:5])}); use the uid column of an export or query"
        )
    rows = np.array([[place[a], place[b]] for a, b in zip(first, second, strict=True)], np.int64)
    return Rated(rows, share, [{"name": name}], f"votes of {path.name}")


def _of_judge(space: Workspace, judge: dict[str, Any], column: str | None) -> Rated:
    """What an LLM or a person said of a sample; a dimension of ours on 0-5, whatever the rubric's scale."""
    part = judged.dimension_of(judge, column)
    origin = f"{judge['model']} by rubric {judge['rubric']} ({judge['noun']} {judge['key'][:8]})"
    if judge["pairs"]:
        rows, values, _ = judged.votes(space, judge["key"], part["id"])
        named = [{"name": part["rates"] or part["id"]}]
        return Rated(rows, values, named, origin, key=judge["key"])
    described = dict(next(c for c in judge["columns"] if c["id"] == part["id"]))
    rows, values = judged.rated(space, judge["key"], part["id"])
    values = (values - described["low"]) * described["factor"]
    return Rated(rows, values[:, None], [described], origin, key=judge["key"])


def _run(space: Workspace, source: str) -> Run:
    if source == "axes":
        run = load.axes_run(space)  # predicted ones are no lesson: those they were learnt from are
        return runs.find(space, run.facts.get("projected", {}).get("key", "")) or run
    found = [
        run
        for noun in ("signals", "axes")
        for run in runs.list_runs(space, noun)
        if run.key.startswith(source) or run.what == source
    ]
    if not found:
        raise UnknownName(
            f"ratings come from a file, `axes`, or a run of signals named by its key or its signal, got {source!r};"
            " see `query WORKSPACE \"SELECT key, what FROM runs\"`"
        )  # fmt: skip
    return found[-1]


def _of_run(space: Workspace, run: Run, names: list[str], axes: Run | None) -> Rated:
    values = np.column_stack([columns.number(space, run, name) for name in names])
    rated = np.flatnonzero(np.isfinite(values).all(axis=1))
    described = [dict(next(c for c in run.columns if c["name"] == name)) for name in names]
    return Rated(rated, values[rated], described, f"{run.what} (run {run.key[:8]})", axes)


def _of_file(space: Workspace, path: Path, column: str | None, id_field: str | None) -> Rated:
    sidecar = sidecars.read_sidecar(path, id_field)
    numbers = sidecar.numbers()
    if column is None and len(numbers) == 1:
        column = next(iter(numbers))
    if column is None or column not in numbers:
        raise UnknownName(
            f"{path.name} has no column of numbers {column!r}; {close_matches(column or '', list(numbers))}"
        )
    uids = documents.read_columns(space, ["uid"]).column(0)
    rows = sidecars.align(sidecar, uids, partial=True)
    values = np.where(rows < 0, np.nan, numbers[column][rows])
    rated = np.flatnonzero(np.isfinite(values))
    return Rated(rated, values[rated, None], [{"name": column}], path.name)


@dataclass(frozen=True)
class Offered:
    """Something to learn from: what `student` takes as source and column, and whether it is ratings or votes on pairs."""

    title: str
    source: str
    column: str | None
    learns_from: Literal["ratings", "pairs"]


def lessons(space: Workspace) -> list[Offered]:
    """Everything here that a student may learn from: axes, what judges and readers said, and columns of numbers."""
    found = []
    if runs.current(space, "axes") is not None:
        found.append(Offered("all axes", "axes", None, "ratings"))
    for record in reversed(ratings_store.list_ratings(space)):
        rated = judged.by_dimension(space, record)
        kind: Literal["ratings", "pairs"] = "pairs" if record["pairs"] else "ratings"
        found += [
            Offered(
                f"{part['id']} by {record['rater']}" + (", pairs" if record["pairs"] else ""),
                record["key"],
                part["id"],
                kind,
            )
            for part in record["asked"]["dimensions"]
            if part["id"] in rated
        ]
    return found + [
        Offered(name, run.key, name, "ratings")
        for name, (run, column) in sorted(views.signal_columns(space).items())
        if name == column and load.kind_of(run, column) == "number"
    ]


def list_students(space: Workspace) -> list[Run]:
    """Students trained here, of signals and of axes, newest first."""
    found = [
        run for run in runs.list_runs(space) if run.verb == "student" and "learnt" in run.facts
    ]
    return found[::-1]
