"""Target sets: `targets/<content hash>/target.parquet`, written once, whole, never changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from selection.core.errors import UnknownName, close_matches
from selection.core.targets import Target
from selection.store import files
from selection.store.workspace import Workspace

ROWS = "target.parquet"
SCHEMA = pa.schema(
    [
        ("text", pa.large_string()),
        ("row", pa.int64()),  # of the file it came from, from 0
        ("fields", pa.string()),  # every column of the record that is not in the text, as JSON
    ]
)


def key_of(text: pa.LargeStringArray) -> str:
    """16 hex digits of the sha256 of all texts in order."""
    digest = hashlib.sha256()
    for value in text:
        data = value.as_buffer()
        digest.update(data.size.to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()[:16]


def save(space: Workspace, table: pa.Table, facts: dict[str, Any]) -> str:
    """Keep a set (columns of SCHEMA; facts hold its name); returns its key. The same texts again change nothing."""
    whole = table.cast(SCHEMA).combine_chunks()
    key = key_of(whole.column("text").combine_chunks())
    path = space.targets / key / ROWS
    if not path.exists():
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        footer = {"created": stamp, "n_items": whole.num_rows, **facts}
        files.write_parquet(path, whole.replace_schema_metadata({"winnow": json.dumps(footer)}))
    return key


def list_targets(space: Workspace) -> list[dict[str, Any]]:
    """key, name, n_items, created and rule of every set, oldest first."""
    if not space.targets.is_dir():
        return []
    found = [facts for entry in space.targets.iterdir() if (facts := _footer(entry / ROWS))]
    return sorted(found, key=lambda facts: (facts["created"], facts["key"]))


def _footer(path: Path) -> dict[str, Any] | None:
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (FileNotFoundError, NotADirectoryError):
        return None
    return {"key": path.parent.name, **json.loads(metadata[b"winnow"])}


def find(space: Workspace, name: str) -> str:
    """The key of the set with this key, unique beginning of a key, or name (of several, the newest)."""
    known = list_targets(space)
    by_key = [facts["key"] for facts in known if len(name) >= 4 and facts["key"].startswith(name)]
    if len(by_key) == 1:
        return by_key[0]
    by_name = [facts["key"] for facts in known if facts["name"] == name]
    if not by_name:
        names = [facts["name"] for facts in known]
        raise UnknownName(
            f"there is no target {name!r} in workspace {space.name!r}; {close_matches(name, names)}"
            " (add one with --target FILE)"
        )
    return by_name[-1]


def read(space: Workspace, key: str) -> Target:
    """One set by its exact key."""
    if not (space.targets / key / ROWS).exists():
        key = find(space, key)
    return _read(space.targets / key / ROWS)


@lru_cache(maxsize=16)
def _read(path: Path) -> Target:
    text = files.read_parquet(path, ["text"]).column("text").combine_chunks()
    facts = _footer(path) or {}
    return Target(facts["key"], facts["name"], text)


def read_items(space: Workspace, key: str) -> pa.Table:
    """text, row and fields of one set, for readers."""
    return files.read_parquet(space.targets / find(space, key) / ROWS)


def carry(home: Path, key: str, into: Path) -> None:
    """Copy one set from a workspace's or an export's folder into another."""
    with files.whole(into / "targets" / key / ROWS) as temporary:
        shutil.copyfile(home / "targets" / key / ROWS, temporary)


def delete(space: Workspace, key: str) -> int:
    """Remove a set; returns the bytes freed. Weights learnt from it stay, since they carry their state."""
    folder = space.targets / find(space, key)
    freed = files.size_bytes(folder)
    shutil.rmtree(folder)
    return freed
