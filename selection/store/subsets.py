"""Subsets: the documents a draw kept, with copies, why, and the recipe that drew them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from selection.core.errors import UnknownName, WinnowError, close_matches
from selection.store import files
from selection.store.workspace import Workspace, checked_name

ROWS = "documents.parquet"
ROWS_AT_ONCE = 65_536  # of a subset that is streamed


def folder(space: Workspace, name: str) -> Path:
    return space.subsets / name


def save(
    space: Workspace, name: str, table: pa.Table, recipe: dict[str, Any], facts: dict[str, Any]
) -> None:
    """Keep a subset. table: doc_id ascending, copies, log_weight, then `because` columns.

    Rows, facts and recipe are one file, so that an old subset is replaced whole or not at all; `recipe.json` beside it
    is a copy for people and for `apply`.
    """
    place = folder(space, checked_name(name, "subset"))
    stamp = datetime.now(UTC).isoformat(timespec="microseconds")
    footer = {"facts": {"created": stamp, **facts}, "recipe": recipe}
    (place / "recipe.json").unlink(missing_ok=True)
    marked = table.replace_schema_metadata({"winnow": json.dumps(footer)})
    files.write_parquet(place / ROWS, marked)
    files.write_json(place / "recipe.json", recipe)


def list_subsets(space: Workspace) -> list[dict[str, Any]]:
    """The facts of every subset, oldest first."""
    if not space.subsets.is_dir():
        return []
    found = [_footer(space, entry.name) for entry in space.subsets.iterdir()]
    facts = [footer["facts"] for footer in found if footer]
    return sorted(facts, key=lambda f: (f["created"], f["name"]))


def _footer(space: Workspace, name: str) -> dict[str, Any] | None:
    """Facts and recipe of a subset; its name is that of its folder."""
    try:
        metadata = files.open_parquet(folder(space, name) / ROWS).schema_arrow.metadata or {}
    except (FileNotFoundError, NotADirectoryError):
        return None
    footer = json.loads(metadata[b"winnow"])
    return {**footer, "facts": {"name": name, **footer["facts"]}}


def _found(space: Workspace, name: str) -> dict[str, Any]:
    footer = _footer(space, name) if name else None
    if footer is None:
        known = [facts["name"] for facts in list_subsets(space)]
        raise UnknownName(f"there is no subset {name!r}; {close_matches(name, known)}")
    return footer


def read_facts(space: Workspace, name: str) -> dict[str, Any]:
    """The facts of one subset, or an `UnknownName` that says what there is."""
    return _found(space, name)["facts"]


def read(space: Workspace, name: str) -> pa.Table:
    """The rows of one subset: doc_id, copies, log_weight, because columns."""
    read_facts(space, name)
    return files.read_parquet(folder(space, name) / ROWS)


def stream(space: Workspace, name: str) -> tuple[pa.Schema, Iterator[pa.Table]]:
    """The same rows a piece at a time, so that memory does not follow the subset's size."""
    read_facts(space, name)
    file = files.open_parquet(folder(space, name) / ROWS)
    batches = file.iter_batches(batch_size=ROWS_AT_ONCE)
    return file.schema_arrow, (pa.Table.from_batches([batch]) for batch in batches)


def read_recipe(space: Workspace, name: str) -> dict[str, Any]:
    """The recipe that drew a subset."""
    return _found(space, name)["recipe"]


def copies(space: Workspace, name: str, n_docs: int) -> np.ndarray:
    """Copies per document of the corpus, 0 where not drawn. (n_docs,) int32"""
    table = read(space, name)
    out = np.zeros(n_docs, np.int32)
    out[table.column("doc_id").to_numpy()] = table.column("copies").to_numpy()
    return out


def rename(space: Workspace, name: str, new_name: str) -> None:
    """Give a subset another name."""
    read_facts(space, name)
    if folder(space, checked_name(new_name, "subset")).exists():
        raise WinnowError(f"a subset's name must be free, and {new_name!r} exists; choose another")
    folder(space, name).rename(folder(space, new_name))


def delete(space: Workspace, name: str) -> int:
    """Remove a subset; returns the bytes freed."""
    read_facts(space, name)
    freed = files.size_bytes(folder(space, name))
    (folder(space, name) / ROWS).unlink()
    shutil.rmtree(folder(space, name))
    return freed
