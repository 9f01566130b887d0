"""Subsets: the documents a draw kept, with copies, why, and the recipe that drew them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from selection.core.errors import UnknownName, WinnowError, close_matches
from selection.store import files
from selection.store.workspace import Workspace, checked_name

ROWS_AT_ONCE = 65_536  # of a subset that is streamed


def folder(space: Workspace, name: str) -> Path:
    return space.subsets / name


def save(
    space: Workspace, name: str, table: pa.Table, recipe: dict[str, Any], facts: dict[str, Any]
) -> None:
    """Keep a subset. table: doc_id ascending, copies, log_weight, then `because` columns. An old one is replaced whole."""
    place = folder(space, checked_name(name, "subset"))
    files.write_parquet(place / "documents.parquet", table)
    files.write_json(place / "recipe.json", recipe)
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    files.write_json(place / "subset.json", {"name": name, "created": stamp, **facts})


def list_subsets(space: Workspace) -> list[dict[str, Any]]:
    """The facts of every subset, oldest first."""
    if not space.subsets.is_dir():
        return []
    facts = [files.read_json(entry / "subset.json") for entry in space.subsets.iterdir()]
    return sorted((f for f in facts if f), key=lambda f: (f["created"], f["name"]))


def read_facts(space: Workspace, name: str) -> dict[str, Any]:
    """The facts of one subset, or an `UnknownName` that says what there is."""
    facts = files.read_json(folder(space, name) / "subset.json") if name else None
    if facts is None:
        known = [f["name"] for f in list_subsets(space)]
        raise UnknownName(f"there is no subset {name!r}; {close_matches(name, known)}")
    return facts


def read(space: Workspace, name: str) -> pa.Table:
    """The rows of one subset: doc_id, copies, log_weight, because columns."""
    read_facts(space, name)
    return files.read_parquet(folder(space, name) / "documents.parquet")


def stream(space: Workspace, name: str) -> tuple[pa.Schema, Iterator[pa.Table]]:
    """The same rows a piece at a time, so that memory does not follow the subset's size."""
    read_facts(space, name)
    file = pq.ParquetFile(folder(space, name) / "documents.parquet")
    batches = file.iter_batches(batch_size=ROWS_AT_ONCE)
    return file.schema_arrow, (pa.Table.from_batches([batch]) for batch in batches)


def read_recipe(space: Workspace, name: str) -> dict[str, Any]:
    """The recipe that drew a subset."""
    read_facts(space, name)
    return files.read_json(folder(space, name) / "recipe.json")


def copies(space: Workspace, name: str, n_docs: int) -> np.ndarray:
    """Copies per document of the corpus, 0 where not drawn. (n_docs,) int32"""
    table = read(space, name)
    out = np.zeros(n_docs, np.int32)
    out[table.column("doc_id").to_numpy()] = table.column("copies").to_numpy()
    return out


def rename(space: Workspace, name: str, new_name: str) -> None:
    """Give a subset another name."""
    facts = read_facts(space, name)
    if folder(space, checked_name(new_name, "subset")).exists():
        raise WinnowError(f"a subset's name must be free, and {new_name!r} exists; choose another")
    folder(space, name).rename(folder(space, new_name))
    files.write_json(folder(space, new_name) / "subset.json", {**facts, "name": new_name})


def delete(space: Workspace, name: str) -> int:
    """Remove a subset; returns the bytes freed."""
    read_facts(space, name)
    freed = files.size_bytes(folder(space, name))
    (folder(space, name) / "subset.json").unlink()
    shutil.rmtree(folder(space, name))
    return freed
