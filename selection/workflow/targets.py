"""Targets: files of texts to resemble, or of benchmark items to stay clear of, normalised into the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from selection.core.errors import BadInput, BadSetting
from selection.core.method import Method
from selection.core.targets import Target
from selection.formats import readers
from selection.formats.readers.fields import Fields
from selection.formats.readers.rows import Input
from selection.formats.readers.target_rule import target_fields
from selection.store import targets as store
from selection.store.workspace import Workspace

MAX_BYTES = 1 << 30  # of one set's texts: targets are held in memory whole


def add(
    space: Workspace, path: str | Path, text: str | None = None, name: str | None = None
) -> str:
    """Normalise a file or folder into a target set; returns its key. Equal texts are one set.

    text: the column that holds the text, or a template with columns in braces; without it the rule of the schema.
    """
    inputs = readers.expand([path])
    pieces: list[pa.Table] = []
    rejected, rules = 0, []
    for item in inputs:
        fields = _fields(item, text)
        rules.append(fields.text or fields.template or "")
        for rows in readers.read(item, fields):
            columns = {"text": rows.text, "row": pa.array(rows.row), "fields": rows.metadata}
            pieces.append(pa.table(columns, schema=store.SCHEMA))
            rejected += len(rows.rejected)
    table = pa.concat_tables(pieces) if pieces else store.SCHEMA.empty_table()
    if not table.num_rows:
        raise BadInput(
            f"a target must hold at least one text, and {str(path)!r} has none under the rule {rules[0]!r};"
            " name its column with --target-text FIELD"
        )
    if table.nbytes > MAX_BYTES:
        raise BadInput(
            f"a target may hold 1 GB of text, and {str(path)!r} has {table.nbytes / 2**30:.1f}; give a sample of it"
        )
    facts = {
        "name": name or Path(path).name.split(".")[0],
        "rule": ", ".join(dict.fromkeys(rules)),
        "n_rejected": rejected,
        "sha256": [readers.fingerprint(item) for item in inputs],
    }
    return store.save(space, table, facts)


def _fields(item: Input, text: str | None) -> Fields:
    if text and "{" in text:
        return Fields.build({"template": text})
    if text:
        return Fields.build({"text": text})
    seen = readers.preview(item, Fields.build({"template": "rows"}), 1).columns
    chosen = target_fields(seen)
    return Fields.build({"text": chosen.text, "template": chosen.template})


def attached(
    space: Workspace, methods: Sequence[Method], files: Sequence[str | Path], text: str | None
) -> list[Method]:
    """The methods with their targets as keys: those of the files, for every method that names none itself.

    A method may name targets by key or name of one that is there, or by the path of a file.
    """
    keys = tuple(known(space, str(file), text) for file in files)
    found = []
    for method in methods:
        if method.required().targets:
            named = tuple(known(space, name, text) for name in getattr(method, "targets", ()))
            method = type(method).build({**method.model_dump(), "targets": named or keys})
        found.append(method)
    return found


def known(space: Workspace, name: str, text: str | None = None) -> str:
    """The key of a target: of the file with this path, added where it is new, else of the one with this key or name."""
    return add(space, name, text) if Path(name).expanduser().exists() else store.find(space, name)


def of(space: Workspace, method: Method) -> tuple[Target, ...]:
    """The target sets of a method, or a sentence that says how to name one."""
    keys: Sequence[str] = getattr(method, "targets", ())
    if method.required().targets and not keys:
        raise BadSetting(
            f"{method.id()} needs at least one target set, got none; add a file of texts (--target FILE)"
        )
    return tuple(store.read(space, key) for key in keys)


def pinned(space: Workspace, settings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """key -> name of every target that leaves with these settings learnt from, for a recipe."""
    lists = [values.get(name, ()) for values in settings for name in ("targets", "negatives")]
    keys = dict.fromkeys(key for each in lists for key in each)
    names = {facts["key"]: str(facts["name"]) for facts in store.list_targets(space)}
    return {key: names.get(key, "") for key in keys}
