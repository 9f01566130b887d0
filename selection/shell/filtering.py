"""Verbs about filters: funnel."""

from __future__ import annotations

from typing import Annotated

import typer

import selection
from selection.shell.answers import answer, table
from selection.shell.options import Json, WorkspacePath, written
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
