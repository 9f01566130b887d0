"""Audit: what each dimension measures besides quality, where raters part, and what changed from one version to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from selection.core.dimensions import DIMENSIONS
from selection.core.errors import MissingSignal
from selection.core.provenance import Run
from selection.primitives import scorer_audit
from selection.primitives.scorer_audit import Audit, Disagreement
from selection.store import columns, documents, ratings, runs, views
from selection.store.workspace import Workspace
from selection.workflow import judged, load

LAYOUT = (
    "mean_line_length",
    "newlines_per_word",
    "short_line_share",
    "bullet_line_share",
    "terminal_line_share",
    "empty_line_share",
    "dup_line_share",
    "code_line_share",
    "markup_share",
    "symbol_word_ratio",
    "uppercase_share",
    "url_share",
    "whitespace_share",
    "number_word_share",
)
_AUDITED = 200_000  # documents, by uid hash


@dataclass(frozen=True)
class Compared:
    """Two columns of one thing: two raters of a dimension, or two versions of a column."""

    name: str
    first: str
    second: str
    found: Disagreement
    values: np.ndarray  # (n_rows, 2) of both, at the documents `found.rows`

    def row(self) -> dict[str, Any]:
        """One flat row, for tables and JSON."""
        figures = ("n", "spearman", "low", "high", "top_overlap", "mean_apart")
        told = {name: getattr(self.found, name) for name in figures}
        return {"name": self.name, "first": self.first, "second": self.second, **told}


def audit(space: Workspace, names: Sequence[str] = ()) -> dict[str, Audit]:
    """Each named signal against length, source, language (where it was told) and formatting (where it was counted).

    Without names the quality dimensions that are scored.
    """
    names = names or _usual(space)
    _, uid_hash, n_tokens = columns.identity(space)
    rows = load.sample_rows(uid_hash, _AUDITED)
    known = {name: run for name, (run, _) in views.signal_columns(space).items()}
    ready = {name for name, run in known.items() if runs.covers(space, run)}
    groups = {"source": columns.source(space).codes[rows]}
    if "language" in ready:
        groups["language"] = columns.label(space, *load.category_run(space, "language")).codes[rows]
    layout = [_values(space, name)[rows] for name in LAYOUT if name in ready]
    matrix = np.column_stack(layout) if layout else np.zeros((len(rows), 0))
    return {
        name: scorer_audit.audit(_values(space, name)[rows], n_tokens[rows], groups, matrix)
        for name in names
    }


def _usual(space: Workspace) -> list[str]:
    known = views.signal_columns(space)
    found = [name for name in DIMENSIONS if name in known]
    if not found:
        raise MissingSignal(
            "an audit needs signals, and no quality dimension is scored; run `score --all`, or name signals"
        )
    return found


def between_raters(space: Workspace) -> list[Compared]:
    """Every two raters of each dimension, those who have seen a sample included, on what both have rated.

    A student beside the rater that it learnt from stands with its figure on documents held out: on the others it repeats.
    """
    found: dict[str, dict[str, np.ndarray]] = {}
    taught: dict[tuple[str, str], Run] = {}  # by dimension and student
    for name, (run, column) in sorted(views.signal_columns(space).items()):
        facts = next(c for c in run.columns if c["name"] == column)
        dimension, mark, rater = name.partition("__")
        if mark and facts.get("dimension") and runs.covers(space, run):
            found.setdefault(dimension, {})[rater] = _values(space, name)
            if "learnt" in run.facts and "rated" in run.facts:
                taught[dimension, rater] = run
    for record in ratings.list_ratings(space):
        for name, values in ({} if record["pairs"] else judged.on_documents(space, record)).items():
            dimension, _, rater = name.partition("__")
            if dimension in DIMENSIONS:
                found.setdefault(dimension, {}).setdefault(rater, values)
    pairs = [
        (dimension, first, second)
        for dimension, rated in sorted(found.items())
        for first, second in combinations(sorted(rated), 2)
    ]
    return [
        _held_out(taught, *pair)
        or _compared(*pair, found[pair[0]][pair[1]], found[pair[0]][pair[2]])
        for pair in pairs
    ]


def _held_out(
    taught: dict[tuple[str, str], Run], dimension: str, first: str, second: str
) -> Compared | None:
    """Where one of the two learnt from the other."""
    for student, teacher in ((first, second), (second, first)):
        run = taught.get((dimension, student))
        if run is not None and run.facts["rated"] == f"{dimension}__{teacher}":
            row, none = run.facts["learnt"][0], np.empty(0, np.int64)
            seen = scorer_audit.Disagreement(
                row["n"], row["spearman"], row["low"], row["high"], None, None, none
            )
            a, b = (f"{one} (held out)" if one == student else one for one in (first, second))
            return Compared(dimension, a, b, seen, np.empty((0, 2)))
    return None


def _compared(name: str, first: str, second: str, a: np.ndarray, b: np.ndarray) -> Compared:
    found = scorer_audit.disagreement(a, b)
    return Compared(name, first, second, found, np.column_stack([a[found.rows], b[found.rows]]))


def between_versions(space: Workspace) -> list[Compared]:
    """Every dimension and student that has been scored more than once: the run in use against the one before it."""
    history: dict[str, list[tuple[str, np.ndarray]]] = {}
    n_docs = documents.n_documents(space)
    for run in runs.list_runs(space, "signals"):
        for facts in run.columns if run.n_docs == n_docs else []:
            if facts.get("dimension") or run.verb == "student":
                mark = f"{run.what} version {run.version}, run {run.key[:8]}"
                values = columns.number(space, run, facts["name"])
                history.setdefault(facts["name"], []).append((mark, values))
    return [
        _compared(name, before[0], now[0], before[1], now[1])
        for name, (*_, before, now) in ((n, h) for n, h in sorted(history.items()) if len(h) > 1)
    ]


def _values(space: Workspace, name: str) -> np.ndarray:
    return columns.number(space, *load.number_run(space, name))
