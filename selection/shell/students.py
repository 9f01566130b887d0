"""The shell's verb about students: train one on ratings, or let it rate new documents."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import selection
from selection.shell.answers import answer, learnt, table
from selection.shell.options import IdField, Json, Seed, Sets, WorkspacePath, pairs
from selection.shell.reporting import reporting


def student(
    workspace: WorkspacePath,
    name: Annotated[str, typer.Option("--name", help="Its name: a column, or what follows __.")],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="RUN|FILE",
            help="Ratings: a file with ids, a run of signals, or `axes`. Without: rate new documents.",
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", metavar="NAME", help="Column with the ratings.")
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="ridge, mlp, signals, ngrams, encoder, or pairs for votes.",
        ),
    ] = "ridge",
    dimension: Annotated[
        str | None, typer.Option("--dimension", metavar="NAME", help="Quality dimension it rates.")
    ] = None,
    id: IdField = None,
    sets: Sets = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Train a rater on ratings of a sample, with figures on documents held out, and rate every document."""
    with reporting() as progress:
        space = selection.open_workspace(workspace)
        run = selection.student(
            space, name, source, column, kind, pairs(sets), dimension, id, seed, progress
        )
    answer(run.model_dump(mode="json"), json, "\n".join(_told(run)))


def _told(run: Any) -> list[str]:
    names = ", ".join(column["name"] for column in run.columns)
    lines = [f"{names}: {run.n_docs:,} documents by {run.what} (run {run.key})"]
    if "learnt" not in run.facts:
        return lines
    lines.append(
        f"learnt from {run.facts['rated']} of {run.facts['from']}, {run.facts['n_rated']:,} ratings;"
        f" held out: {run.facts['split']}"
    )
    lines += learnt(run.facts)
    for told in ("calibration", "curve"):
        rows = run.facts[told]
        for name, part in rows.items() if isinstance(rows, dict) else [("learning curve", rows)]:
            lines += [f"{told}: {name}" if told == "calibration" else name]
            lines += [table(part, list(part[0])).rstrip("\n")] if part else []
    return lines
