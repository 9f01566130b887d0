"""Verbs that say what rules take away, and take it: funnel, refine, refiners."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

import selection
from selection.shell.answers import answer, table
from selection.shell.options import Json, Sets, Targets, TargetText, WorkspacePath, pairs, written
from selection.shell.reporting import reporting

_SHOWN = (
    "method",
    "rule",
    "alone_docs",
    "in_sequence_docs",
    "only_it_docs",
    "left_docs",
    "left_tokens",
)


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
    answer(told.to_json(), json, table(told.table(), _SHOWN) + kept)


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
