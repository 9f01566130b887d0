"""Tags: names that people give to documents, kept as acts: nothing is overwritten, and every act can be taken back.

`tags/acts.jsonl` holds one line an act, synced before the next; the values of a large act lie in `tags/<sha256>.parquet`,
written whole before its line. A mark is (kind, value): the `uid` of one document, all of a `source`, or a `url` with
everything below it. No doc_id is kept, so marks outlive an ingest and mean the same documents in another workspace.

`include` and `exclude` are opposites: what is put into one leaves the other. To undo is one more act.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from selection.core.provenance import canonical
from selection.store import files
from selection.store.locks import exclusive
from selection.store.workspace import Workspace

INCLUDE, EXCLUDE, OPT_OUT = LISTS = ("include", "exclude", "opt-out")
"""Tags that every draw honours."""
KINDS = ("uid", "source", "url")
_OPPOSITE = {INCLUDE: EXCLUDE, EXCLUDE: INCLUDE}
_IN_LINE = 200  # values of an act that stand in its line

Mark = tuple[str, str]
Marks = Mapping[str, frozenset[Mark]]
"""Tag -> its marks, each (kind, value)."""


@dataclass(frozen=True)
class Act:
    """Some values of one kind, put under a tag or taken from it."""

    number: int
    tag: str
    kind: str
    remove: bool
    n_values: int
    created: str  # UTC, ISO 8601


def record(
    space: Workspace, tag: str, kind: str, values: Sequence[str], remove: bool = False
) -> None:
    """Keep one act; it is on disk when this returns."""
    values = sorted(set(values))
    facts: dict[str, Any] = {"tag": tag, "kind": kind, "remove": remove, "n_values": len(values)}
    if len(values) > _IN_LINE:
        name = hashlib.sha256(json.dumps(values).encode()).hexdigest()
        files.write_parquet(space.tags / f"{name}.parquet", pa.table({"value": values}))
        facts["values_in"] = name
    else:
        facts["values"] = values
    with _writing(space):
        _append(space, facts)


def undo(space: Workspace) -> Act | None:
    """Take back the last act that still stands, and say which; None where there is none."""
    with _writing(space):
        act = last(space)
        if act is not None:
            _append(space, {"undoes": act.number})
    return act


def last(space: Workspace) -> Act | None:
    """The last act that still stands."""
    standing = _standing(space)
    if not standing:
        return None
    names = ("number", "tag", "kind", "remove", "n_values", "created")
    return Act(**{name: standing[-1][name] for name in names})


def marks(space: Workspace) -> Marks:
    """What the acts come to; tags without a mark are left out."""
    return _as_they_are(space)[0]


def key(space: Workspace) -> str:
    """The same for the same marks, whatever acts they come from."""
    return _as_they_are(space)[1]


def _as_they_are(space: Workspace) -> tuple[Marks, str]:
    """Read once for one state of the log; its time and number too, as another workspace may come to stand in this place."""
    try:
        found = _log(space).stat()
    except FileNotFoundError:
        return _folded(space.path, (0, 0, 0))
    return _folded(space.path, (found.st_size, found.st_mtime_ns, found.st_ino))


def carry(space: Workspace, target: Workspace) -> None:
    """The same marks in a workspace that has none of its own yet."""
    if not marks(target):
        install(target, marks(space))


def install(space: Workspace, given: Mapping[str, Sequence[Mark] | frozenset[Mark]]) -> None:
    """Put these marks beside those that are there."""
    for tag in sorted(given):
        for kind in KINDS:
            values = [value for each, value in given[tag] if each == kind]
            if values:
                record(space, tag, kind, values)


def _log(space: Workspace) -> Path:
    return space.tags / "acts.jsonl"


def _writing(space: Workspace) -> Any:
    return exclusive(space, "tags", "change tags")


def _append(space: Workspace, facts: dict[str, Any]) -> None:
    """One line at the end of the log; the caller holds the lock."""
    number = max((act["number"] for act in _acts(space)), default=0) + 1
    stamp = datetime.now(UTC).isoformat(timespec="microseconds")
    line = json.dumps({"number": number, "created": stamp, **facts}) + "\n"
    space.tags.mkdir(parents=True, exist_ok=True)
    with files.room_for(_log(space)):
        file, _ = files.open_lines(_log(space))
        try:
            os.write(file, line.encode())
            os.fsync(file)
        finally:
            os.close(file)


def _acts(space: Workspace) -> list[dict[str, Any]]:
    return list(files.read_lines(_log(space))) if _log(space).exists() else []


def _standing(space: Workspace) -> list[dict[str, Any]]:
    """Acts that were not taken back, oldest first."""
    acts = _acts(space)
    gone = {act["undoes"] for act in acts if "undoes" in act}
    return [act for act in acts if "undoes" not in act and act["number"] not in gone]


@lru_cache(maxsize=8)
def _folded(path: Path, _state: tuple[int, int, int]) -> tuple[Marks, str]:
    space, found = Workspace(path), {}
    for act in _standing(space):
        given = {(act["kind"], value) for value in _values(space, act)}
        if not act["remove"] and act["tag"] in _OPPOSITE:
            found.get(_OPPOSITE[act["tag"]], set()).difference_update(given)
        mine = found.setdefault(act["tag"], set())
        mine.difference_update(given) if act["remove"] else mine.update(given)
    told = {tag: frozenset(own) for tag, own in sorted(found.items()) if own}
    listed = canonical({tag: sorted(own) for tag, own in told.items()})
    return MappingProxyType(told), hashlib.sha256(listed.encode()).hexdigest()


def _values(space: Workspace, act: dict[str, Any]) -> Iterator[str]:
    if "values" in act:
        yield from act["values"]
    else:
        table = files.read_parquet(space.tags / f"{act['values_in']}.parquet")
        yield from table.column("value").to_pylist()
