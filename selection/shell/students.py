"""The shell's verb about students: train one on ratings, or let it rate new documents."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import selection
from selection.shell.answers import answer, around, table
from selection.shell.options import IdField, Json, Seed, Sets, WorkspacePath, pairs
from selection.shell.reporting import reporting

_FIGURES = {
    "rank correlation": "spearman",
    "R²": "r2",
    "off by": "mae",
    "best tenth": "precision_top",
    "AUC": "auc",
}


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
    lines += [_shown([_figures(row) for row in run.facts["learnt"]]), run.facts.get("how_sure", "")]
    lines += [f"warning: {run.facts['warning']}"] if "warning" in run.facts else []
    if run.facts.get("found"):
        lines.append(_shown(run.facts["found"]))
    for name, bins in run.facts["calibration"].items():
        lines += [f"calibration: {name}", _shown([_bin(row) for row in bins])]
    return [*lines, "learning curve", _shown([_point(row) for row in run.facts["curve"]])]


def _shown(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "  none: too few documents"
    return table(rows, list(rows[0])).rstrip("\n")


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    """One column on what was held out; figures of students trained before they had intervals say so."""
    known = {"spearman": (row["low"], row["high"]), **row.get("intervals", {})}
    figures = {}
    for title, name in _FIGURES.items():
        figures[title] = around(row[name], *known.get(name, (None, None)))
        if name == "precision_top":
            figures["by chance"] = "–" if row["chance_top"] is None else f"{row['chance_top']:.2f}"
    counts = {"learnt from": row["n_train"], "held out": row["n"]}
    return {"column": row["column"], **counts, **figures}


def _bin(row: dict[str, Any]) -> dict[str, Any]:
    rated = around(row["rated"], row.get("low"), row.get("high"))
    return {"predicted": row["predicted"], "rated, mean": rated, "held out": row["n"]}


def _point(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "column": row["column"],
        "learnt from": row["n"],
        "held out": row.get("held_out"),
        "rank correlation": around(row["spearman"], row.get("low"), row.get("high")),
        "R²": around(row["r2"], *(row.get("r2_interval") or (None, None))),
    }
