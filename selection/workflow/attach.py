"""Attach: bring your own scores, vectors, coordinates or labels as sidecar runs, joined by id."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from selection.core.errors import BadInput, BadSetting
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Noun, Run, run_key
from selection.formats import sidecars
from selection.formats.sidecars import Sidecar
from selection.store import documents, runs
from selection.store.locks import exclusive
from selection.store.workspace import Workspace

NOUNS = ("signals", "embedding", "map", "clusters")
Columns = Mapping[str, np.ndarray]  # name -> one row per document of the corpus


def attach(
    space: Workspace,
    file: Path,
    noun: str,
    id_field: str | None = None,
    progress: Progress = silent,
) -> Run:
    """Join a file's columns to the corpus by id (a .npy may stand in order). Everything else but scores must be complete.

    Raises `BadInput` listing what did not match.
    """
    if noun not in NOUNS:
        raise BadSetting(f"--as is one of {', '.join(NOUNS)}, got {noun!r}; choose one")
    documents.require_parts(space)
    file = Path(file)
    progress(Step(f"attach {file.name}", 0, documents.n_documents(space)))
    sidecar = sidecars.read_sidecar(file, id_field)
    uids = documents.read_columns(space, ["uid"]).column(0)
    rows = sidecars.align(sidecar, uids, partial=noun == "signals")
    columns, facts = _SHAPES[noun](sidecar, rows, file)
    with exclusive(space, "attach", "attach a file"):
        run = runs.begin(space, _run(space, file, noun, columns, facts))  # type: ignore[arg-type]
        started = time.monotonic()
        for part in runs.missing_parts(space, run):
            here = slice(part.first, part.first + part.n_docs)
            if noun == "embedding":
                runs.write_vectors(space, run, part, columns["vector"][here])
            else:
                runs.write_part(
                    space, run, part, {name: values[here] for name, values in columns.items()}
                )
            progress(Step(f"attach {file.name}", here.stop, documents.n_documents(space)))
        run = runs.finish(space, run, time.monotonic() - started)
        if noun != "signals":
            runs.point(space, noun, run.key)
        return run


def _run(space: Workspace, file: Path, noun: Noun, columns: Columns, facts: dict[str, Any]) -> Run:
    with file.open("rb") as handle:
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", file.stem)[:60] or "file"
    inputs = {"file": sha256, "corpus": documents.corpus_key(space), "as": noun}
    described = [
        {
            "name": column,
            "title": column,
            "definition": f"attached from {file.name}",
            "unit": "",
            "polarity": 0,
        }
        for column in columns
        if noun != "embedding"
    ]
    return Run(
        key=run_key("attach", name, 1, {}, inputs),
        verb="attach",
        what=f"attached {name}",
        noun=noun,
        version=1,
        settings={},
        inputs={**inputs, "weights": sha256} if noun == "embedding" else inputs,
        columns=described,
        facts=facts,
    )


def _signals(sidecar: Sidecar, rows: np.ndarray, file: Path) -> tuple[Columns, dict[str, Any]]:
    numbers = sidecar.numbers()
    if not numbers:
        raise BadInput(
            f"signals must be columns of numbers, and {file.name} has none; name another file or noun"
        )
    odd = [name for name in numbers if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", name)]
    if odd:
        raise BadInput(
            f"a signal's name is letters, digits and underscores and starts with a letter, got {odd[0]!r}; rename it"
        )
    return {name: np.where(rows < 0, np.nan, values[rows]) for name, values in numbers.items()}, {}


def _embedding(sidecar: Sidecar, rows: np.ndarray, file: Path) -> tuple[Columns, dict[str, Any]]:
    vectors = list(sidecar.vectors().values())
    if len(vectors) != 1:
        raise BadInput(
            f"an embedding must be one column of vectors, and {file.name} has {len(vectors)}; keep one"
        )
    values = vectors[0][rows].astype(np.float32)
    length = np.linalg.norm(values, axis=1, keepdims=True)
    if (length == 0).any():
        raise BadInput(
            f"a vector must have a length, and row {int((length == 0).argmax())} of {file.name} is all zeros"
        )
    return {"vector": (values / length).astype(np.float16)}, {"dim": int(values.shape[1])}


def _map(sidecar: Sidecar, rows: np.ndarray, file: Path) -> tuple[Columns, dict[str, Any]]:
    points = list(sidecar.vectors().values())
    if len(points) == 1 and points[0].shape[1] == 2:
        x, y = points[0][rows].T
    else:
        numbers = sidecar.numbers()
        if not {"x", "y"} <= set(numbers):
            raise BadInput(
                f"a map must have the columns x and y, and {file.name} has {', '.join(sidecar.columns)}"
            )
        x, y = numbers["x"][rows], numbers["y"][rows]
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise BadInput(
            f"every point of a map must be finite, and {file.name} has some that are not; mend them"
        )
    return {"x": x.astype(np.float32), "y": y.astype(np.float32)}, {}


def _clusters(sidecar: Sidecar, rows: np.ndarray, file: Path) -> tuple[Columns, dict[str, Any]]:
    name = "cluster" if "cluster" in sidecar.columns else next(iter(sidecar.columns))
    values = sidecar.columns[name]
    if values.ndim != 1:
        raise BadInput(
            f"clusters must be one label a document, and column {name!r} of {file.name} holds vectors"
        )
    labels = np.array(["" if value is None else str(value) for value in values.tolist()])[rows]
    titles, codes = np.unique(labels, return_inverse=True)
    facts = {"titles": [str(title) for title in titles], "n_clusters": len(titles), "n_noise": 0}
    return {"cluster": codes.astype(np.int32), "title": labels.astype(object)}, facts


_SHAPES: dict[str, Callable[[Sidecar, np.ndarray, Path], tuple[Columns, dict[str, Any]]]] = {
    "signals": _signals,
    "embedding": _embedding,
    "map": _map,
    "clusters": _clusters,
}
