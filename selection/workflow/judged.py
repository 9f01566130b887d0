"""What judges said: ratings and votes as arrays for students, as rows for screens, and the rubrics there are."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.core.errors import UnknownName, close_matches
from selection.signals.judges import rubric
from selection.store import documents, query, ratings, views
from selection.store.workspace import Workspace


def rubrics() -> list[dict[str, Any]]:
    """id, title, kind, scale, source and dimensions of every rubric that comes with Winnow."""
    found = []
    for name in rubric.ids():
        _, asked = rubric.read(name)
        found.append(
            {
                "id": name,
                "title": asked.title,
                "kind": asked.kind,
                "scale": list(asked.range_of(asked.dimensions[0])),
                "source": asked.source,
                "dimensions": [dimension.id for dimension in asked.dimensions],
                "labels": [label.id for label in asked.labels],
            }
        )
    return found


def facts(space: Workspace, key: str) -> dict[str, Any]:
    """Counts by the last status of what was asked and by dimension rated, tokens and cost, over all answers of a run."""
    record = ratings.find(space, key)
    last: dict[str, str] = {}
    named: dict[str, list[str]] = {}
    totals = {"tokens_in": 0, "tokens_out": 0, "cost": 0.0, "n_answers": 0}
    for given in ratings.answers(space, record["key"]):
        last[given["item"]] = given["status"]
        named[given["item"]] = [rating["dimension"] for rating in given["ratings"] or []]
        totals["n_answers"] += 1
        for name in ("tokens_in", "tokens_out", "cost"):
            totals[name] += given[name]
    return {
        **{name: record[name] for name in ("key", "rubric", "model", "rater", "noun")},
        "statuses": dict(Counter(last.values())),
        "by_dimension": dict(Counter(name for names in named.values() for name in names)),
        **totals,
        "cost": round(totals["cost"], 8),
        "columns": [column["name"] for column in record["columns"]],
    }


def rated(space: Workspace, key: str, dimension: str) -> tuple[np.ndarray, np.ndarray]:
    """doc_ids and values, on the rubric's own scale, of the documents a judge has rated. (n,) int64, (n,) float64"""
    sql = (
        "SELECT doc_id, avg(value) AS value FROM ratings WHERE run = ? AND dimension = ? AND value IS NOT NULL"
        " GROUP BY doc_id ORDER BY doc_id"
    )
    found = ratings.find(space, key)["key"]
    with query.select(space, sql, [found, dimension]) as reader:
        table = reader.read_all()
    return table.column("doc_id").to_numpy(), table.column("value").to_numpy()


def votes(space: Workspace, key: str, dimension: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs a judge has compared in both orders, p that the second has more, and how many votes. (n, 2), (n,), (n,)"""
    sql = (
        "SELECT doc_id, other_id, p, n_votes FROM votes WHERE run = ? AND dimension = ?"
        " ORDER BY doc_id, other_id"
    )
    found = ratings.find(space, key)["key"]
    with query.select(space, sql, [found, dimension]) as reader:
        table = reader.read_all()
    pairs = np.column_stack([table.column(name).to_numpy() for name in ("doc_id", "other_id")])
    return pairs, table.column("p").to_numpy(), table.column("n_votes").to_numpy()


def by_dimension(
    space: Workspace, record: dict[str, Any]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Of each dimension of a run the same, in one query: documents (n,) or pairs (n, 2), and values or p (n,)."""
    names = ("doc_id", "other_id") if record["pairs"] else ("doc_id",)
    what = "p" if record["pairs"] else "avg(value)"
    shut = "" if record["pairs"] else " AND value IS NOT NULL GROUP BY ALL"
    sql = (
        f"SELECT dimension, {', '.join(names)}, {what} AS value FROM {record['noun']} WHERE run = ?{shut}"
        " ORDER BY ALL"
    )
    with query.select(space, sql, [record["key"]]) as reader:
        table = reader.read_all()
    dimension = np.array(table.column("dimension").to_pylist(), object)
    rows = np.column_stack([table.column(name).to_numpy() for name in names])
    values = table.column("value").to_numpy()
    found = {}
    for name in dict.fromkeys(dimension.tolist()):
        here = dimension == name
        found[name] = (rows[here] if record["pairs"] else rows[here, 0], values[here])
    return found


def on_documents(space: Workspace, record: dict[str, Any]) -> dict[str, np.ndarray]:
    """Of each column of ratings of single documents its values (n_docs,) in the column's unit, NaN where there is none."""
    n_docs, rated = documents.n_documents(space), by_dimension(space, record)
    found: dict[str, np.ndarray] = {}
    for column in record["columns"]:
        if column["kind"] == "number" and column["id"] in rated:
            rows, values = rated[column["id"]]
            found[column["name"]] = np.full(n_docs, np.nan)
            found[column["name"]][rows] = (values - column["low"]) * column["factor"]
    return found


@dataclass(frozen=True)
class Sampled:
    """A column of a rater who has seen a sample: (n_docs,) values with NaN, and a mark that changes with them."""

    values: np.ndarray
    polarity: int
    mark: str


def sampled_names(space: Workspace) -> dict[str, list[str]]:
    """Rater -> columns of numbers, of those who have rated single documents of a sample and are no signal."""
    known = views.signal_columns(space)
    found: dict[str, list[str]] = {}
    for record in ratings.list_ratings(space):
        names = [c["name"] for c in record["columns"] if c["kind"] == "number"]
        there = [name for name in names if name not in known and not record["pairs"]]
        if there:
            found[record["rater"]] = there
    return found


def sampled(space: Workspace, names: Sequence[str]) -> dict[str, Sampled]:
    """Those of the named columns that no signal has and a sample was rated by."""
    wanted = set(names) - set(views.signal_columns(space))
    found: dict[str, Sampled] = {}
    for record in ratings.list_ratings(space):
        mine = {c["name"]: c for c in record["columns"] if c["name"] in wanted}
        if mine and not record["pairs"]:
            for name, values in on_documents(space, record).items():
                if name in mine:
                    mark = f"{record['key']}:{hashlib.sha256(values.tobytes()).hexdigest()[:16]}"
                    found[name] = Sampled(values, int(mine[name]["polarity"]), mark)
    return found


def known(space: Workspace, source: str) -> dict[str, Any] | None:
    """The record of the ratings whose key begins so, if there is one."""
    found = [
        r for r in ratings.list_ratings(space) if len(source) >= 4 and r["key"].startswith(source)
    ]
    return found[0] if len(found) == 1 else None


def dimension_of(record: dict[str, Any], name: str | None) -> dict[str, Any]:
    """What the rubric says of one dimension, by its id, the dimension it rates or its column; one alone needs no name."""
    asked = record["asked"]["dimensions"]
    wanted = (name or "").removesuffix(f"__{record['rater']}")
    found = [d for d in asked if wanted in (d["id"], d["rates"])] if wanted else asked
    if len(found) != 1:
        names = [d["id"] for d in asked]
        raise UnknownName(
            f"{record['noun']} {record['key']} have no dimension {name!r}; {close_matches(wanted, names)}"
        )
    return found[0]


def page(
    space: Workspace, key: str, first: int = 0, limit: int = 50, status: str | None = None
) -> tuple[list[dict[str, Any]], int]:
    """Answers of a run with the document's source, newest last, and how many there are; `status` keeps one kind."""
    found = ratings.find(space, key)["key"]
    kept = "a.run = ?" + (" AND a.status = ?" if status else "")
    parameters: list[Any] = [found, status] if status else [found]
    sql = (
        "SELECT a.doc_id, a.other_id, a.vote, a.status, a.why, a.ratings, a.tokens_in, a.tokens_out, a.cost, a.created,"
        f" count(*) OVER () AS n FROM answers AS a WHERE {kept}"
        f" ORDER BY a.created, a.item LIMIT {int(limit)} OFFSET {int(first)}"
    )
    with query.select(space, sql, parameters) as reader:
        rows = reader.read_all().to_pylist()
    return rows, rows[0]["n"] if rows else 0
