"""SQL over judges' answers: the views `answers`, `ratings` and `votes`, and their columns beside the signals.

    answers   one row an answer, refused and malformed ones included: what was asked, came back and was paid
    ratings   one row a document, dimension and rater: value on the rubric's scale, label, reason
    votes     one row a pair and dimension: p that `other_id` has more of it, the mean of both orders (QuRating); pairs
              without more than half valid votes in either order are left out

A rater that has seen a sample only has its columns in the view `signals`, null elsewhere, and nowhere else: a method
and axes want every document, and get it from a student trained on the ratings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from selection.store import ratings
from selection.store.quoting import literal, parquet, quoted
from selection.store.workspace import Workspace

_KINDS = {
    "string": "VARCHAR", "int64": "BIGINT", "int32": "INTEGER", "double": "DOUBLE",
}  # fmt: skip
_RATING = "STRUCT(dimension VARCHAR, value DOUBLE, label VARCHAR, reason VARCHAR)[]"


def statements(space: Workspace) -> list[str]:
    """CREATE VIEW of the three."""
    selects = [
        f"SELECT {literal(record['key'])} AS run, {literal(record['rubric'])} AS rubric,"
        f" {literal(record['rater'])} AS rater, {int(record['votes'])} AS votes_asked, * FROM {parquet(paths)}"
        for record, paths in _made(space)
    ]
    nothing = ", ".join(
        f"NULL::{_KINDS.get(str(field.type), _RATING)} AS {quoted(field.name)}"
        for field in ratings.SCHEMA
    )
    empty = (
        "SELECT NULL::VARCHAR AS run, NULL::VARCHAR AS rubric, NULL::VARCHAR AS rater, 1 AS votes_asked,"
        f" {nothing} WHERE false"
    )
    return [
        f"CREATE VIEW answers AS {' UNION ALL BY NAME '.join(selects or [empty])}",
        "CREATE VIEW ratings AS SELECT run, rubric, rater, doc_id, r.dimension, r.value, r.label, r.reason FROM"
        " (SELECT *, unnest(ratings) AS r FROM answers WHERE status = 'rated' AND other_id IS NULL)",
        _VOTES,
    ]


_VOTES = """CREATE VIEW votes AS
WITH each AS (
    SELECT run, rubric, rater, votes_asked, r.dimension AS dimension, doc_id < other_id AS forward,
        least(doc_id, other_id) AS doc_id, greatest(doc_id, other_id) AS other_id,
        CASE WHEN doc_id < other_id THEN r.value ELSE 1 - r.value END AS won
    FROM (SELECT *, unnest(ratings) AS r FROM answers WHERE status = 'rated' AND other_id IS NOT NULL)
), ordered AS (
    SELECT run, rubric, rater, dimension, doc_id, other_id, forward, avg(won) AS p, count(*) AS n
    FROM each GROUP BY ALL HAVING 2 * count(*) > any_value(votes_asked)
)
SELECT run, rubric, rater, dimension, doc_id, other_id, avg(p) AS p, sum(n)::BIGINT AS n_votes
FROM ordered GROUP BY run, rubric, rater, dimension, doc_id, other_id HAVING count(*) = 2"""


def sampled_columns(space: Workspace, taken: set[str]) -> list[tuple[str, list[str]]]:
    """Of each rater of single documents: a subquery by doc_id, and the columns it yields that no signal has."""
    found: dict[str, tuple[dict[str, Any], str, str]] = {}
    sources = {
        record["key"]: (record, paths) for record, paths in _made(space) if not record["pairs"]
    }
    for record, _ in sources.values():
        for column in record["columns"]:
            if column["name"] not in taken:
                found[column["name"]] = (record, column["id"], _scaled(column))
    result = []
    for key, (record, paths) in sources.items():
        mine = [name for name, (owner, _, _) in found.items() if owner is record]
        picks = ", ".join(
            f"max({found[name][2]}) FILTER (WHERE r.dimension = {literal(found[name][1])}) AS {quoted(name)}"
            for name in mine
        )
        if mine:
            rated = (
                f"SELECT doc_id, unnest(ratings) AS r FROM {parquet(paths)} WHERE status = 'rated'"
            )
            result.append(
                (f"(SELECT doc_id, {picks} FROM ({rated}) GROUP BY doc_id) AS j_{key}", mine)
            )
    return result


def _scaled(column: dict[str, Any]) -> str:
    """The value in the unit of the column: of a dimension of Winnow on 0-5, whatever the rubric's scale."""
    if column["kind"] == "category":
        return "r.label"
    return f"((r.value - {float(column['low'])}) * {float(column['factor'])})"


def _made(space: Workspace) -> list[tuple[dict[str, Any], list[Path]]]:
    made = [(record, ratings.parts(space, record["key"])) for record in ratings.list_ratings(space)]
    return [(record, paths) for record, paths in made if paths]
