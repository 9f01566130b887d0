"""SQL over what judges and people answered: the views `answers`, `ratings`, `votes`, and columns beside the signals.

    answers   one row an answer, refused, malformed and withdrawn ones included: what was asked, came back and was paid
    ratings   one row an item, dimension and rater: value on the rubric's scale, label, reason; who was asked twice about a
              document has two
    votes     one row a pair and dimension: p that `other_id` has more of it, the mean of both orders (QuRating); pairs
              without more than half valid votes in either order are left out. A person is asked in one order only

A rater that has seen a sample only has its columns in the view `signals`, null elsewhere, and nowhere else: a method
and axes want every document, and get it from a student trained on the ratings.
"""

from __future__ import annotations

from typing import Any

import duckdb

from selection.store import ratings
from selection.store.quoting import literal, parquet, quoted
from selection.store.workspace import Workspace

_KINDS = {
    "string": "VARCHAR", "int64": "BIGINT", "int32": "INTEGER", "double": "DOUBLE",
}  # fmt: skip
_RATING = "STRUCT(dimension VARCHAR, value DOUBLE, label VARCHAR, reason VARCHAR)[]"
_TWO_ORDERS = 2  # in which a judge is asked about a pair


def create(con: duckdb.DuckDBPyConnection, space: Workspace) -> None:
    """Make the three views."""
    selects = [
        f"SELECT {literal(record['key'])} AS run, {literal(record['rubric'])} AS rubric,"
        f" {literal(record['rater'])} AS rater, {int(record['votes'])} AS votes_asked,"
        f" {int(record.get('orders', _TWO_ORDERS))} AS orders_asked, * FROM {source}"
        for record in ratings.list_ratings(space)
        for source in _sources(con, space, record["key"])
    ]
    nothing = ", ".join(
        f"NULL::{_KINDS.get(str(field.type), _RATING)} AS {quoted(field.name)}"
        for field in ratings.SCHEMA
    )
    empty = (
        "SELECT NULL::VARCHAR AS run, NULL::VARCHAR AS rubric, NULL::VARCHAR AS rater, 1 AS votes_asked,"
        f" 1 AS orders_asked, {nothing} WHERE false"
    )
    con.execute(f"CREATE VIEW answers AS {' UNION ALL BY NAME '.join(selects or [empty])}")
    con.execute(_SETTLED)
    con.execute(_RATINGS)
    con.execute(_VOTES)


def _sources(con: duckdb.DuckDBPyConnection, space: Workspace, key: str) -> list[str]:
    """The parts, and a table of the answers that wait in the journal."""
    whole, waiting = ratings.journal(space, key)
    found = [parquet(whole)] if whole else []
    if waiting.num_rows:
        con.register("waiting", waiting)
        con.execute(f"CREATE TABLE {quoted(f'waiting_{key}')} AS SELECT * FROM waiting")
        con.unregister("waiting")
        found.append(quoted(f"waiting_{key}"))
    return found


_SETTLED = """CREATE VIEW settled AS SELECT * FROM answers
QUALIFY row_number() OVER (PARTITION BY run, item ORDER BY created DESC) = 1 AND status = 'rated'"""

_RATINGS = """CREATE VIEW ratings AS
SELECT run, rubric, rater, doc_id, r.dimension, r.value, r.label, r.reason
FROM (SELECT *, unnest(ratings) AS r FROM settled WHERE other_id IS NULL)"""

_VOTES = """CREATE VIEW votes AS
WITH each AS (
    SELECT run, rubric, rater, votes_asked, orders_asked, r.dimension AS dimension, doc_id < other_id AS forward,
        least(doc_id, other_id) AS doc_id, greatest(doc_id, other_id) AS other_id,
        CASE WHEN doc_id < other_id THEN r.value ELSE 1 - r.value END AS won
    FROM (SELECT *, unnest(ratings) AS r FROM settled WHERE other_id IS NOT NULL)
), ordered AS (
    SELECT run, rubric, rater, orders_asked, dimension, doc_id, other_id, forward, avg(won) AS p, count(*) AS n
    FROM each GROUP BY ALL HAVING 2 * count(*) > any_value(votes_asked)
)
SELECT run, rubric, rater, dimension, doc_id, other_id, avg(p) AS p, sum(n)::BIGINT AS n_votes
FROM ordered GROUP BY run, rubric, rater, orders_asked, dimension, doc_id, other_id HAVING count(*) >= orders_asked"""


def sampled_columns(space: Workspace, taken: set[str]) -> list[tuple[str, list[str]]]:
    """Of each rater of single documents: a subquery by doc_id, and the columns it yields that no signal has.

    The mean of what a rater said of a document; the view `ratings` must be there.
    """
    found: dict[
        str, tuple[str, str]
    ] = {}  # column -> key of the ratings, expression; the newest ratings win
    for record in ratings.list_ratings(space):
        for column in record["columns"] if not record["pairs"] else []:
            if column["name"] not in taken:
                which = f"FILTER (WHERE dimension = {literal(column['id'])})"
                found[column["name"]] = (record["key"], f"{_scaled(column)} {which}")
    result = []
    for key in dict.fromkeys(key for key, _ in found.values()):
        mine = [name for name, (owner, _) in found.items() if owner == key]
        picks = ", ".join(f"{found[name][1]} AS {quoted(name)}" for name in mine)
        rows = f"SELECT doc_id, {picks} FROM ratings WHERE run = {literal(key)} GROUP BY doc_id"
        result.append((f"({rows}) AS j_{key}", mine))
    return result


def _scaled(column: dict[str, Any]) -> str:
    """The value in the unit of the column: of a dimension of Winnow on 0-5, whatever the rubric's scale."""
    if column["kind"] == "category":
        return "max(label)"
    return f"avg((value - {float(column['low'])}) * {float(column['factor'])})"
