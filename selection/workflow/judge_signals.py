"""A judge that was asked about every document of the corpus is a rater: its answers become a signals run."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from selection.core.provenance import Run, run_key
from selection.store import documents, ratings, runs
from selection.store.workspace import Workspace
from selection.workflow.judge_plan import Plan


def publish(space: Workspace, plan: Plan) -> Run | None:
    """The signals run, or None where documents were left out. Null is not rated, and never filled in."""
    n_docs = documents.n_documents(space)
    if plan.pairs or len(plan.rows) < n_docs:
        return None
    rated: dict[int, dict[str, dict[str, Any]]] = {}
    asked: set[int] = set()
    for given in ratings.answers(space, plan.key):
        if given["status"] != "unreachable":
            asked.add(given["doc_id"])
        if given["status"] == "rated":
            rated[given["doc_id"]] = {r["dimension"]: r for r in given["ratings"]}
    if len(asked) < n_docs:
        return None
    described = plan.columns()
    inputs = {"ratings": plan.key, "corpus": documents.corpus_key(space)}
    run = runs.begin(
        space,
        Run(
            key=run_key("judge", plan.rubric_id, 1, {}, inputs),
            verb="judge",
            what=f"{plan.rubric_id} by {plan.model}",
            noun="signals",
            version=1,
            settings=plan.record()["settings"],
            inputs=inputs,
            columns=described,
        ),
    )
    for part in runs.missing_parts(space, run):
        here = range(part.first, part.first + part.n_docs)
        runs.write_part(space, run, part, {c["name"]: _column(c, rated, here) for c in described})
    return runs.finish(space, run, 0.0, n_rated=len(rated), n_not_rated=n_docs - len(rated))


def _column(
    column: dict[str, Any], rated: dict[int, dict[str, dict[str, Any]]], doc_ids: range
) -> pa.Array:
    found = [rated.get(doc_id, {}).get(column["id"]) for doc_id in doc_ids]
    if column["kind"] == "category":
        return pa.array([r["label"] if r else None for r in found], pa.string())
    low, factor = column["low"], column["factor"]
    return pa.array([(r["value"] - low) * factor if r else None for r in found], pa.float64())
