"""Look: the columns and documents that screens show, as arrays and small lists; text is read for few documents at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from selection.core.documents import Categories
from selection.core.errors import WinnowError
from selection.core.provenance import Run
from selection.primitives.principal_axes import AxesModel
from selection.store import columns, documents, query, runs, subsets, views
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.axes import model_of

SHOWN_CHARS = 20_000  # of one document's text on screen


def read_documents(
    space: Workspace, doc_ids: Sequence[int], chars: int = SHOWN_CHARS
) -> list[dict[str, Any]]:
    """uid, text (cut at `chars`), source, date, url, n_tokens, metadata of a few documents, in the order asked for."""
    names = ["doc_id", "uid", "text", "source", "date", "url", "n_tokens", "metadata"]
    rows = documents.read_rows(space, doc_ids, names).to_pylist()
    for row in rows:
        row["cut"] = len(row["text"]) > chars
        row["text"] = row["text"][:chars]
    return rows


def find_documents(space: Workspace, words: str, limit: int = 200) -> np.ndarray:
    """doc_ids of documents whose text contains `words`, ignoring case; at most `limit`, lowest first."""
    sql = (
        "SELECT doc_id FROM documents WHERE contains(lower(text), lower(?)) ORDER BY doc_id LIMIT ?"
    )
    with query.select(space, sql, [words, limit]) as reader:
        return reader.read_all().column(0).to_numpy()


def signal_names(space: Workspace, kind: str = "number") -> list[str]:
    """Signals of a kind (`number` or `category`) that every document has, dimensions first."""
    n_docs = documents.n_documents(space)
    known = views.signal_columns(space)
    complete = [
        name
        for name, (run, column) in known.items()
        if run.n_docs == n_docs and "__" not in name and load.kind_of(run, column) == kind
    ]
    return sorted(complete, key=lambda name: (not _facts(*known[name]).get("dimension"), name))


def _facts(run: Run, column: str) -> dict[str, Any]:
    return next(c for c in run.columns if c["name"] == column)


def signal_facts(space: Workspace, name: str) -> dict[str, Any]:
    """title, definition, unit, polarity, source and rater of one signal, what its run learnt, and from how many documents.

    `n_sampled` is None where nothing was fitted on a sample of the corpus.
    """
    run, column = load.signal_run(space, name)
    learnt = {key: run.facts[key] for key in ("learnt", "warning") if key in run.facts}
    known = {"name": name, "signal": run.what, "run": run.key, "learnt": learnt}
    return {**_facts(run, column), **known, "n_sampled": run.settings.get("n_sampled")}


def signal_values(space: Workspace, name: str) -> np.ndarray:
    """(n_docs,) float64, NaN is not rated; read-only."""
    return columns.number(space, *load.number_run(space, name))


def signal_labels(space: Workspace, name: str) -> Categories:
    """Label of every document by a signal that is a category."""
    return columns.label(space, *load.category_run(space, name))


def signal_texts(space: Workspace, name: str, doc_ids: Sequence[int]) -> list[str | None]:
    """What a signal that is text says of a few documents, in the order asked for; nothing where it was never scored."""
    if name not in views.signal_columns(space):
        return []
    run, column = load.signal_run(space, name)
    return runs.read_values(space, run, column, doc_ids)


def sources(space: Workspace) -> Categories:
    """Source label of every document."""
    return columns.source(space)


def clusters(space: Workspace) -> Categories:
    """Cluster number and title of every document."""
    return load.cluster_labels(space)


def tokens(space: Workspace) -> np.ndarray:
    """(n_docs,) int64."""
    return columns.identity(space)[2]


def points(space: Workspace, key: str | None = None) -> np.ndarray:
    """(n_docs, 2) float32 of the current map."""
    run = runs.current(space, "map", key)
    if run is None or not runs.covers(space, run):
        raise WinnowError(
            "this needs a map of every document, and there is none yet; run `map` (or the demo's next step)"
        )
    return np.column_stack([columns.number(space, run, name) for name in ("x", "y")]).astype(
        np.float32
    )


def axes_model(space: Workspace) -> AxesModel:
    """The fitted axes in use."""
    return model_of(space, load.axes_run(space))


def subset_copies(space: Workspace, name: str) -> np.ndarray:
    """(n_docs,) int32 copies per document, 0 where not drawn."""
    return subsets.copies(space, name, documents.n_documents(space))


def subset_labels(space: Workspace, name: str) -> Categories:
    """What a subset does with each document: kept, kept more than once, or no label where it leaves it out."""
    copies = subset_copies(space, name)
    return Categories(np.clip(copies, 0, 2) - 1, ("kept", "kept more than once"))


def subset_reasons(space: Workspace, name: str) -> pa.Table:
    """doc_id, copies, log_weight and because columns of a subset."""
    return subsets.read(space, name)


def quarantine(
    space: Workspace, limit: int = 200
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Counts per reason, and the first rows (raw bytes shown as text, cut)."""
    with query.select(
        space,
        "SELECT split_part(reason, ':', 1) AS reason, count(*) AS n_rows FROM quarantine GROUP BY 1 ORDER BY n_rows DESC",
    ) as reader:
        counts = reader.read_all().to_pylist()
    sql = f"SELECT file, row, reason, raw[:2000] AS raw FROM quarantine ORDER BY file, row LIMIT {int(limit)}"
    with query.select(space, sql) as reader:
        rows = reader.read_all().to_pylist()
    for row in rows:
        row["raw"] = row["raw"].decode("utf-8", "replace") if row["raw"] is not None else ""
    return counts, rows
