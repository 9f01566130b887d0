"""Verbs of judgement: judge, rubrics, prefer."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import selection
from selection.core.errors import BadSetting
from selection.shell.answers import answer, table
from selection.shell.options import Json, Sets, WorkspacePath, pairs
from selection.shell.reporting import reporting


def judge(
    workspace: WorkspacePath,
    rubric: Annotated[
        str, typer.Argument(metavar="RUBRIC", help="One of `rubrics`, or a .toml file of your own.")
    ],
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="Endpoint, such as http://localhost:8000/v1.")
    ],
    model: Annotated[str, typer.Option(metavar="NAME", help="The endpoint's name of the model.")],
    sample: Annotated[
        int | None,
        typer.Option(metavar="N", help="How many documents, by hash (default 500; 0 is all)."),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--pairs", help="Ask which of two documents has more, in both orders.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--dimension", metavar="ID", help="Ask for this one alone; repeatable."),
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(metavar="X", help="Stop before these ratings have cost more than this."),
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only say what it would take; nothing is sent.")
    ] = False,
    sets: Sets = None,
    json: Json = False,
) -> None:
    """Ask an LLM about a sample of documents; the key comes from the variable WINNOW_JUDGE_KEY."""
    space = selection.open_workspace(workspace)
    settings = pairs(sets)
    expected = selection.judge_estimate(space, rubric, model, sample, compare, only, settings)
    told = f"estimate: {selection.estimate_in_words(expected)}"
    if estimate:
        answer(expected, json, told)
        return
    with reporting() as progress:
        found = selection.judge(
            space, rubric, base_url, model, sample, compare, only, max_cost, settings, progress
        )
    answer({**found, "estimate": expected}, json, f"{told}\n{_found(found)}")


def _found(facts: dict[str, Any]) -> str:
    counts = ", ".join(f"{count:,} {status}" for status, count in sorted(facts["statuses"].items()))
    text = (
        f"{counts or 'nothing asked'} of {facts['n_items']:,}; {facts['tokens_in']:,} tokens sent,"
        f" {facts['tokens_out']:,} answered, cost {facts['cost']:,.4g} ({facts['noun']} {facts['key']})"
    )
    if facts["stopped"]:
        text += f"\nstopped by --max-cost with {facts['n_left']:,} to go; a higher cap goes on"
    elif facts["n_left"]:
        text += f"\n{facts['n_left']:,} could not be reached; the same command asks again"
    return text


def rubrics(json: Json = False) -> None:
    """List the rubrics that judges can be asked by."""
    found = selection.list_rubrics()
    answer({"rubrics": found}, json, table(found, ["id", "kind", "scale", "title", "dimensions"]))


def prefer(
    workspace: WorkspacePath,
    dimension: Annotated[str, typer.Argument(metavar="DIMENSION", help="Such as grammar.")],
    rater: Annotated[
        str | None, typer.Argument(metavar="RATER", help="Such as statistics, or a student.")
    ] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="No preference: the newest rater again.")
    ] = False,
    json: Json = False,
) -> None:
    """Choose which rater a quality dimension means in methods, axes and charts."""
    if (rater is None) != clear:
        raise BadSetting("prefer takes either a rater or --clear; `prefer --help` shows how")
    prefers = selection.prefer(selection.open_workspace(workspace), dimension, rater)
    now = f"{dimension} means {rater}" if rater else f"{dimension} means its newest rater"
    answer({"preferred": prefers}, json, now)
