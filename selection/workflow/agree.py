"""Agree: how far every other rater says what one rater said of a sample, a person at the desk above all.

Spearman's rank correlation, kappa with quadratic weights and the share of pairs put in the same order, each with a 95 %
interval (`primitives/rater_agreement`, `primitives/held_out`), on the documents or pairs that both have seen. The rater
asked again stands first: nobody agrees with a person more than the person does.

A student that learnt from these very ratings would repeat what it was told. Its figure is the one on documents held out,
from when it was trained.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.core.errors import UnknownName, close_matches
from selection.core.provenance import Run
from selection.primitives import rater_agreement
from selection.primitives.held_out import interval, rank_correlation
from selection.primitives.intervals import Interval
from selection.store import columns, documents, ratings, views
from selection.store.workspace import Workspace
from selection.workflow import judged
from selection.workflow.desk import YOU

AGAIN = "asked again"
_SCALE = "0-5"  # unit of a rater whose level can be compared, not its order only
_FEWEST, _FEWEST_KAPPA = rater_agreement.FEWEST, rater_agreement.FEWEST_KAPPA
_NONE = np.empty((0, 2), np.int64)


@dataclass(frozen=True)
class Agreeing:
    """How far `other` agrees; None where no figure or no honest interval can be given, and `missing` says why."""

    dimension: str
    other: str
    n_docs: int
    spearman: Interval | None
    kappa: Interval | None
    n_pairs: int
    pairs: Interval | None
    held_out: bool = False  # of a student that learnt from these ratings
    on_scale: bool = True  # whether the other rates on 0-5, so that kappa means something

    @property
    def missing(self) -> str:
        """Why figures are missing, with the numbers; empty where none is."""
        if self.held_out:
            few = f"{self.n_docs} documents held out, figures begin at {_FEWEST}"
            return "measured when it was trained, rank correlation only" if self.spearman else few
        alike = "one of the two gave all the same rating"
        said = []
        if self.spearman is None:
            few = f"{self.n_docs} documents by both, begins at {_FEWEST}"
            said.append(f"rank correlation: {few if self.n_docs < _FEWEST else alike}")
        if self.kappa is None:
            few = f"{self.n_docs} documents by both, its interval needs {_FEWEST_KAPPA}"
            why = few if self.n_docs < _FEWEST_KAPPA else alike
            said.append(f"kappa: {why if self.on_scale else 'the rater is not on 0 to 5'}")
        if self.pairs is None:
            said.append(f"same order: {self.n_pairs} pairs, begins at {_FEWEST}")
        return "; ".join(said)

    def row(self) -> dict[str, Any]:
        """One flat row, for tables and JSON."""
        figures = {"spearman": self.spearman, "kappa": self.kappa, "pairs": self.pairs}
        return {
            "dimension": self.dimension,
            "rater": self.other + (" (held out)" if self.held_out else ""),
            "n_docs": self.n_docs,
            "n_pairs": self.n_pairs,
            **{
                f"{name}{end}": getattr(found, what) if found else None
                for name, found in figures.items()
                for end, what in (("", "estimate"), ("_low", "low"), ("_high", "high"))
            },
            "missing": self.missing,
        }


@dataclass(frozen=True)
class _Said:
    """What a rater said of one dimension: (n_docs,) values on 0-5 with NaN, and votes on pairs."""

    values: np.ndarray
    pairs: np.ndarray  # (n_pairs, 2) doc_ids
    share: np.ndarray  # (n_pairs,)
    on_scale: bool = True  # whether the level of the values means what it means to others


def agree(space: Workspace, rater: str = YOU, dimension: str | None = None) -> list[Agreeing]:
    """Every other rater of each dimension that `rater` has judged at the desk, or as a judge, of a sample."""
    records = [r for r in ratings.list_ratings(space) if r["rater"] == rater]
    if not records:
        there = sorted({r["rater"] for r in ratings.list_ratings(space)})
        raise UnknownName(
            f"agreement is with a reader or judge of this workspace, and {rater!r} has rated nothing;"
            f" {close_matches(rater, there) if there else 'read documents at the desk first'}"
        )
    names = list(dict.fromkeys(_name(d) for r in records for d in r["asked"]["dimensions"]))
    if dimension is not None and dimension not in names:
        raise UnknownName(f"{rater} rates no {dimension!r}; {close_matches(dimension, names)}")
    others = {r["rater"] for r in ratings.list_ratings(space)} - {rater}
    sampled = {
        other: _said(space, [r for r in ratings.list_ratings(space) if r["rater"] == other])
        for other in sorted(others)
    }
    found: list[Agreeing] = []
    for name, said in _said(space, records).items():
        if dimension in (None, name):
            found += _again(space, records, name)
            found += _of_everything(space, {r["key"] for r in records}, name, said)
            found += [
                _compared(name, other, said, theirs[name])
                for other, theirs in sampled.items()
                if name in theirs
            ]
    return found


def _name(part: dict[str, Any]) -> str:
    return part["rates"] or part["id"]


def _said(space: Workspace, records: list[dict[str, Any]]) -> dict[str, _Said]:
    """Of each dimension that has a rating or a vote, in the order of the rubric."""
    n_docs, found = documents.n_documents(space), {}
    for record in records:
        if not record["pairs"]:
            for column, values in judged.on_documents(space, record).items():
                name = column.partition("__")[0]
                old = found.get(name) or _Said(values, _NONE, np.empty(0))
                told = np.where(np.isnan(values), old.values, values)
                found[name] = _Said(told, old.pairs, old.share)
            continue
        voted = judged.by_dimension(space, record)
        for part in record["asked"]["dimensions"]:
            rows, share = voted.get(part["id"], (_NONE, np.empty(0)))
            if len(rows):
                old = found.get(_name(part)) or _Said(np.full(n_docs, np.nan), _NONE, np.empty(0))
                pairs = np.concatenate([old.pairs, rows])
                found[_name(part)] = _Said(old.values, pairs, np.concatenate([old.share, share]))
    return found


def _of_everything(space: Workspace, keys: set[str], name: str, said: _Said) -> Iterator[Agreeing]:
    """The raters that have a column of this dimension."""
    for column, (run, own) in sorted(views.signal_columns(space).items()):
        dimension, mark, other = column.partition("__")
        if dimension != name or not mark:
            continue
        if run.facts.get("ratings") in keys:
            yield _learnt(run, name, other)
        else:
            on_scale = next(c for c in run.columns if c["name"] == own).get("unit") == _SCALE
            values = columns.number(space, run, own)
            yield _compared(name, other, said, _Said(values, _NONE, np.empty(0), on_scale))


def _learnt(run: Run, name: str, other: str) -> Agreeing:
    """A student of these ratings, by its figures on what it has not seen."""
    row = run.facts["learnt"][0]
    spearman = row["spearman"]
    told = Interval(row["low"], spearman, row["high"]) if spearman is not None else None
    return Agreeing(name, other, row["n"], told, None, 0, None, held_out=True)


def _compared(name: str, other: str, first: _Said, second: _Said) -> Agreeing:
    both = np.flatnonzero(np.isfinite(first.values) & np.isfinite(second.values))
    a, b = first.values[both], second.values[both]
    rho = rank_correlation(a, b) if len(both) >= _FEWEST else None
    spearman = Interval(*_around(rho, len(both))) if rho is not None else None
    kappa = rater_agreement.kappa(a, b, np.random.default_rng(0)) if second.on_scale else None
    pairs, share, ahead = _paired(first, second, both)
    found, n_pairs = rater_agreement.pair_accuracy(pairs, share, ahead)
    return Agreeing(
        name, other, len(both), spearman, kappa, n_pairs, found, on_scale=second.on_scale
    )


def _around(rho: float, n: int) -> tuple[float, float, float]:
    low, high = interval(rho, n)
    return low, rho, high


def _paired(
    first: _Said, second: _Said, both: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs by votes where there are any, and every two of the documents that both rated."""
    places, order = rater_agreement.ordered_pairs(first.values[both])
    rated = both[places] if len(places) else _NONE
    pairs, share = np.concatenate([first.pairs, rated]), np.concatenate([first.share, order])
    ahead = second.values[pairs[:, 1]] - second.values[pairs[:, 0]]
    voted = {tuple(pair): p - 0.5 for pair, p in zip(second.pairs.tolist(), second.share, strict=True)}  # fmt: skip
    for row in np.flatnonzero(np.isnan(ahead)) if voted else []:
        a, b = pairs[row].tolist()
        ahead[row] = voted.get((a, b), -voted.get((b, a), np.nan))
    return pairs, share, ahead


def _again(space: Workspace, records: list[dict[str, Any]], name: str) -> list[Agreeing]:
    """The rater with themself, on what was shown twice."""
    twice: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    pairs: list[tuple[int, int]] = []
    for record in records if records[0].get("person") else []:
        part = next((d for d in record["asked"]["dimensions"] if _name(d) == name), None)
        for first, second in _repeated(space, record, part["id"] if part else ""):
            a, b = (given["ratings"][0]["value"] for given in (first, second))
            turned = first["doc_id"] != second["doc_id"]
            twice[record["pairs"]].append((a, 1 - b if turned else b))
            if record["pairs"]:
                pairs.append((first["doc_id"], first["other_id"]))
    if not (twice[False] or twice[True]):
        return []
    a, b = np.array(twice[False] or np.empty((0, 2))).T
    rho = rank_correlation(a, b) if len(a) >= _FEWEST else None
    spearman = Interval(*_around(rho, len(a))) if rho is not None else None
    kappa = rater_agreement.kappa(a, b, np.random.default_rng(0))
    share = np.array(twice[True] or np.empty((0, 2)))
    seen, n_pairs = rater_agreement.pair_accuracy(
        np.array(pairs or np.empty((0, 2)), np.int64), share[:, 0], share[:, 1] - 0.5
    )
    return [Agreeing(name, AGAIN, len(a), spearman, kappa, n_pairs, seen)]


def _repeated(space: Workspace, record: dict[str, Any], dimension: str) -> Iterator[tuple[Any, Any]]:  # fmt: skip
    """The last answers to what was asked for the first and for the second time."""
    last: dict[str, dict[str, Any]] = {}
    for given in ratings.answers(space, record["key"]):
        last[given["item"]] = given
    for name, given in last.items():
        what, _, again = name.rpartition("/")
        first = last.get(f"{what}/0")
        both_rated = again == "1" and first and given["status"] == first["status"] == "rated"
        if both_rated and given["ratings"][0]["dimension"] == dimension:
            yield first, given
