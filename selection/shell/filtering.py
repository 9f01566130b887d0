"""Verbs that say what rules take away, and take it: funnel, refine, diff, refiners."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

import selection
from selection.core.errors import BadSetting
from selection.shell.answers import answer, table
from selection.shell.options import Json, Sets, Targets, TargetText, WorkspacePath, pairs, written
from selection.shell.reporting import reporting

_COUNTS = ("alone", "in_sequence", "only_it", "left")


def funnel(
    workspace: WorkspacePath,
    filters: Annotated[
        list[str],
        typer.Argument(metavar="FILTER...", help="Filters in order, each ID or ID:KEY=VALUE,…"),
    ],
    json: Json = False,
) -> None:
    """Count the documents and tokens that each rule of some filters removes alone, in sequence, and only it."""
    with reporting() as progress:
        told = selection.funnel(
            selection.open_workspace(workspace), list(map(written, filters)), progress
        )
    kept = (
        f"{told.kept.n_docs:,} of {told.corpus.n_docs:,} documents and {told.kept.n_tokens:,} of"
        f" {told.corpus.n_tokens:,} tokens are left"
    )
    rows = [
        {
            "method": row["method"],
            "rule": row["rule"],
            **{
                f"{name}: docs / tokens": f"{row[f'{name}_docs']:,} / {row[f'{name}_tokens']:,}"
                for name in _COUNTS
            },
        }
        for row in told.table()
    ]
    columns = ["method", "rule", *(f"{name}: docs / tokens" for name in _COUNTS)]
    answer(told.to_json(), json, table(rows, columns) + kept)


def refiners(json: Json = False) -> None:
    """List the refiners."""
    rows = selection.list_refiners()
    answer({"refiners": rows}, json, table(rows, ["id", "title", "cites", "rules"]))


def refine(
    workspace: WorkspacePath,
    refiner: Annotated[str, typer.Argument(metavar="REFINER", help="Id; see `refiners`.")],
    into: Annotated[
        Path, typer.Option(metavar="FOLDER", help="A new workspace for the edited documents.")
    ],
    sets: Sets = None,
    target: Targets = None,
    target_text: TargetText = None,
    json: Json = False,
) -> None:
    """Edit the documents of a workspace into a new one, and keep what was taken out of each."""
    settings = pairs(sets)
    with reporting() as progress:
        space = selection.open_workspace(workspace)
        if target:
            settings["targets"] = [
                selection.know_target(space, str(f), target_text) for f in target
            ]
        report = selection.refine(space, selection.refiner(refiner, settings), into, progress)
    text = (
        f"{report.n_docs:,} documents and {report.n_tokens:,} of {report.n_tokens_before:,} tokens in {into}"
        f" ({report.n_spans:,} spans taken out, nothing left of {report.n_emptied:,} documents)"
    )
    answer(asdict(report), json, text)


def diff(
    workspace: WorkspacePath,
    document: Annotated[
        int | None,
        typer.Argument(
            metavar="DOCUMENT",
            help="Number of a document; without, counts by rule, and the documents that lost most.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Show what `refine` took out: how much by each rule, or the lines of one document, `-` before those that went."""
    space = selection.open_workspace(workspace)
    if not selection.lineage(space):
        raise BadSetting(
            f"a diff belongs to a refined workspace, got {space.name!r}; give the folder that `refine` made"
        )
    if document is None:
        rows, documents = selection.refined_rules(space), selection.most_changed(space)
        told = table(rows, ["rule", "n_spans", "n_docs", "n_chars"])
        if documents:
            told += "documents that lost most:\n" + table(
                documents, ["doc_id", "n_spans", "n_chars"]
            )
        answer({"rules": rows, "documents": documents}, json, told)
        return
    n_docs = selection.status(space).n_docs
    if not n_docs:
        raise BadSetting(
            f"a diff is of a document that is left, and {space.name!r} has none; `diff` alone counts what went"
        )
    if not 0 <= document < n_docs:
        raise BadSetting(f"a document must lie in 0..{n_docs - 1}, got {document}")
    pieces = selection.document_diff(space, document)
    answer({"pieces": pieces}, json, "\n".join(selection.diff_lines(pieces)))
