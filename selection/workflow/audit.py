"""Audit: what each dimension measures besides quality, where raters part, and what changed from one version to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from selection.primitives import scorer_audit
from selection.primitives.scorer_audit import Audit, Disagreement
from selection.store import columns, documents, runs, views
from selection.store.workspace import Workspace
from selection.workflow import load

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


def audit(space: Workspace, names: Sequence[str]) -> dict[str, Audit]:
    """Each named signal against length, source, language (where it was told) and formatting (where it was counted)."""
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


def raters(space: Workspace) -> dict[str, list[str]]:
    """Dimension -> its columns `<dimension>__<rater>` that every document has a row in."""
    found: dict[str, list[str]] = {}
    for name, (run, column) in sorted(views.signal_columns(space).items()):
        facts = next(c for c in run.columns if c["name"] == column)
        if "__" in name and facts.get("dimension") and runs.covers(space, run):
            found.setdefault(name.partition("__")[0], []).append(name)
    return found


def between_raters(space: Workspace) -> list[Compared]:
    """Every two raters of each dimension."""
    return [
        Compared(dimension, first.partition("__")[2], second.partition("__")[2],
                 scorer_audit.disagreement(_values(space, first), _values(space, second)))
        for dimension, names in raters(space).items()
        for first, second in combinations(names, 2)
    ]  # fmt: skip


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
        Compared(name, before[0], now[0], scorer_audit.disagreement(before[1], now[1]))
        for name, (*_, before, now) in ((n, h) for n, h in sorted(history.items()) if len(h) > 1)
    ]


def _values(space: Workspace, name: str) -> np.ndarray:
    return columns.number(space, *load.number_run(space, name))
