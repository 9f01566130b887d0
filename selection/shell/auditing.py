"""Verbs about raters: audit and agree."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import selection
from selection.shell.answers import answer, around, table
from selection.shell.options import Json, WorkspacePath


def audit(
    workspace: WorkspacePath,
    signals: Annotated[
        list[str] | None,
        typer.Argument(metavar="SIGNAL...", help="Signals; without any the quality dimensions."),
    ] = None,
    json: Json = False,
) -> None:
    """What scores measure besides quality, where raters part, and what a new version changed."""
    space = selection.open_workspace(workspace)
    told = [
        {"signal": name, **found.row()} for name, found in selection.audit(space, signals or ()).items()
    ]  # fmt: skip
    raters = [each.row() for each in selection.between_raters(space)]
    versions = [each.row() for each in selection.between_versions(space)]
    lines = [
        "What scores measure besides quality",
        table([_short(row) for row in told], list(_short(told[0]))),
    ]
    lines += [f"{row['signal']}: {row['verdict']}" for row in told if row["verdict"]]
    for title, rows, empty in (
        ("Where raters disagree", raters, "no dimension has two raters yet"),
        ("What changed between versions", versions, "no dimension and no student has been scored twice"),
    ):  # fmt: skip
        lines += ["", title, table(rows, list(rows[0])) if rows else empty]
    answer({"signals": told, "raters": raters, "versions": versions}, json, "\n".join(lines))


_TITLES = {"length": "length rho", "told_by_length": "length"}


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """Without the verdict, which is told in a line of its own; the direction of length, then shares, to two decimals."""
    return {
        _TITLES.get(name, name.removeprefix("told_by_")): _rounded(value)
        for name, value in row.items()
        if name != "verdict"
    }


def agree(
    workspace: WorkspacePath,
    reader: Annotated[
        str, typer.Option("--with", metavar="NAME", help="A reader at the desk, or a judge.")
    ] = "you",
    dimension: Annotated[
        str | None, typer.Option("--dimension", metavar="NAME", help="This one alone.")
    ] = None,
    json: Json = False,
) -> None:
    """How far every other rater agrees with what you judged at the desk, each figure with a 95 % interval."""
    space = selection.open_workspace(workspace)
    rows = [each.row() for each in selection.agree(space, reader, dimension)]
    shown = [
        {
            "dimension": row["dimension"],
            "rater": row["rater"],
            "documents": row["n_docs"],
            "rank correlation": _interval(row, "spearman"),
            "kappa": _interval(row, "kappa"),
            "pairs": row["n_pairs"],
            "same order": _interval(row, "pairs"),
        }
        for row in rows
    ]
    lines = [table(shown, list(shown[0])) if shown else f"nobody else has rated what {reader} has"]
    lines += [
        f"{row['dimension']}, {row['rater']}: {row['missing']}" for row in rows if row["missing"]
    ]
    answer({"with": reader, "raters": rows}, json, "\n".join(lines))


def _interval(row: dict[str, Any], name: str) -> str:
    return around(row[name], row[f"{name}_low"], row[f"{name}_high"])


def _rounded(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value
