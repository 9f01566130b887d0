"""The verb tag: documents under names, and the lists that every draw honours."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

import selection
from selection.core.errors import BadSetting
from selection.shell.answers import answer, table
from selection.shell.options import Json, WorkspacePath

Tag = Annotated[
    str | None,
    typer.Argument(
        metavar="TAG",
        help="A name of your own; include, exclude and opt-out decide in every draw.",
    ),
]
Values = Annotated[
    list[str] | None, typer.Argument(metavar="VALUE...", help="What is tagged; see --by.")
]
By = Annotated[
    str,
    typer.Option(
        metavar="uid|source|url",
        help="What the values are: ids, sources, or sites and pages with all below them.",
    ),
]
ValueFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A text file with one value a line.")
]
Where = Annotated[
    str | None,
    typer.Option(metavar="SQL", help="A condition over documents, signals and clusters."),
]
Remove = Annotated[bool, typer.Option("--remove", help="Take them out of the tag.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take the last change back.")]


def tag(
    workspace: WorkspacePath,
    name: Tag = None,
    values: Values = None,
    by: By = "uid",
    file: ValueFile = None,
    where: Where = None,
    remove: Remove = False,
    undo: Undo = False,
    json: Json = False,
) -> None:
    """Put documents under a tag, or on the lists include, exclude and opt-out; without TAG, list them."""
    space = selection.open_workspace(workspace)
    if undo:
        _undo(space, json)
        return
    if name is None:
        rows = selection.list_tags(space)
        text = table(rows, ["tag", "n_marks", "n_docs", "n_tokens"]) if rows else "no tags yet"
        answer({"tags": rows}, json, text)
        return
    if where is not None and by != "uid":
        raise BadSetting(f"--where finds single documents, and --by is {by}; leave one of them out")
    given = [*(values or []), *(selection.read_values(file) if file else [])]
    found = selection.documents_where(space, where) if where is not None else []
    if where is not None and not found:
        raise BadSetting(
            f"--where must hold for at least one document, got {where!r}, which holds for none"
        )
    facts = selection.tag(space, name, [*given, *found], by, remove)
    answer(facts, json, _told(facts))


def _told(facts: dict[str, Any]) -> str:
    change = "taken out of" if facts["remove"] else "put under"
    unknown = facts["n_values"] - facts["n_matched"]
    lines = [
        f"{facts['n_values']:,} × {facts['kind']} {change} {facts['tag']}, which names {facts['n_docs']:,} documents,"
        f" {facts['n_tokens']:,} tokens now"
    ]
    if unknown:
        lines.append(f"{unknown:,} of them name no document here (yet)")
    return "\n".join(lines)


def _undo(space: Any, json: bool) -> None:
    act = selection.undo_tag(space)
    if act is None:
        answer({"undone": None}, json, "nothing to undo")
        return
    what = f"{act.n_values:,} × {act.kind} {'out of' if act.remove else 'under'} {act.tag}"
    answer({"undone": asdict(act)}, json, f"undone: {what}, of {act.created[:19]}")
