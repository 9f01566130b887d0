"""Verbs of the cheap half: signals, methods, weigh, draw, compare, export, apply, query, jobs, and looking after disk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import selection
from selection.core.registry import find
from selection.core.signal import Signal
from selection.shell.answers import answer, learnt, table
from selection.shell.options import (
    Axes,
    Clusters,
    Embedding,
    Filters,
    Json,
    Seed,
    Sets,
    Targets,
    TargetText,
    WorkspacePath,
    composed,
    pairs,
    refuse_targets,
    split_sampler,
)
from selection.shell.reporting import reporting

Method = Annotated[str, typer.Argument(metavar="METHOD", help="Id of a method; see `methods`.")]


def signals(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="SIGNAL...", help="Ids; their columns are told in full."),
    ] = None,
    json: Json = False,
) -> None:
    """List the signals that can be scored, or the columns of some: unit, polarity, definition and source."""
    rows = selection.list_signals()
    if ids:
        known = {row["id"]: row for row in rows}
        rows = [known[find("selection.signals", Signal, name).id()] for name in ids]
        columns = [column for row in rows for column in row["columns"]]
        text = table(columns, ["name", "unit", "polarity", "definition", "source"])
    else:
        shown = [{**row, "columns": [column["name"] for column in row["columns"]]} for row in rows]
        text = table(shown, ["id", "family", "title", "needs", "columns"])
    answer({"signals": rows}, json, text)


def methods(json: Json = False) -> None:
    """List the selection methods."""
    rows = selection.list_methods()
    answer(
        {"methods": rows},
        json,
        table(rows, ["id", "family", "title", "cites", "needs", "scale", "sampler"]),
    )


def weigh(
    workspace: WorkspacePath,
    method: Method,
    sets: Sets = None,
    filters: Filters = None,
    target: Targets = None,
    target_text: TargetText = None,
    seed: Seed = 0,
    axes: Axes = None,
    clusters: Clusters = None,
    embedding: Embedding = None,
    json: Json = False,
) -> None:
    """Give every document a log sampling weight."""
    chosen = composed(method, pairs(sets), filters)
    refuse_targets(target, chosen)
    with reporting() as progress:
        space = selection.open_workspace(workspace).pinned(
            axes=axes, clusters=clusters, embedding=embedding
        )
        chosen = selection.attach_targets(space, chosen, target or [], target_text)
        run = selection.weigh(space, chosen, seed, None, progress)
    text = f"{run.facts['n_drawable']:,} of {run.n_docs:,} documents may be drawn (run {run.key})"
    answer(run.model_dump(mode="json"), json, "\n".join([text, *learnt(run.facts)]))


def draw(
    workspace: WorkspacePath,
    method: Method,
    name: Annotated[str, typer.Option(metavar="SUBSET", help="Name of the subset.")],
    budget_tokens: Annotated[int, typer.Option(metavar="N", help="Token budget.")],
    seed: Seed = 0,
    sampler: Annotated[
        str | None, typer.Option(metavar="NAME", help="top, gumbel, copies or quota.")
    ] = None,
    sets: Sets = None,
    filters: Filters = None,
    target: Targets = None,
    target_text: TargetText = None,
    axes: Axes = None,
    clusters: Clusters = None,
    embedding: Embedding = None,
    json: Json = False,
) -> None:
    """Draw a subset within a token budget; `--set sampler.key=value` reaches the sampler."""
    method_settings, sampler_settings = split_sampler(pairs(sets))
    chosen = composed(method, method_settings, filters)
    refuse_targets(target, chosen)
    with reporting() as progress:
        space = selection.open_workspace(workspace).pinned(
            axes=axes, clusters=clusters, embedding=embedding
        )
        chosen = selection.attach_targets(space, chosen, target or [], target_text)
        picked = selection.sampler(chosen, sampler, sampler_settings)
        facts = selection.draw(space, chosen, name, budget_tokens, seed, picked, progress)
    text = (
        f"{name}: {facts['n_docs']:,} documents, {facts['n_tokens']:,} of {budget_tokens:,} tokens"
    )
    excluded = [
        f"{count:,} documents excluded: {reason}" for reason, count in facts["excluded"].items()
    ]
    excluded += [
        f"{count:,} documents on the list {name}" for name, count in facts["by_hand"].items()
    ]
    answer(facts, json, "\n".join([text, *excluded, *learnt(facts)]))


_ABLATED = (
    "n_docs",
    "n_tokens",
    "distinct_documents",
    "effective_sources",
    "mean_tokens",
    "source_distance",
)


def compare(
    workspace: WorkspacePath,
    subsets: Annotated[list[str], typer.Argument(metavar="SUBSET...", help="Two or more subsets.")],
    target: Targets = None,
    target_text: TargetText = None,
    json: Json = False,
) -> None:
    """Overlap, composition, dimension means, diversity and length bias of subsets; with --target, how like it they are."""
    space = selection.open_workspace(workspace)
    comparison = selection.compare(space, subsets)
    keys = [selection.know_target(space, str(file), target_text) for file in target or []]
    like = selection.resemblance(space, subsets, keys) if keys else []
    text = "\n".join(
        [_with_intervals(comparison), table(comparison.pairs(), list(comparison.pairs()[0]))]
    )
    if like:
        text += "\n" + table(like, list(like[0]))
    answer({**comparison.to_json(), **({"resemblance": like} if like else {})}, json, text)


def _with_intervals(comparison: Any) -> str:
    """A row per measure, a column per entry, with the 95 % interval."""
    rows = comparison.table()
    ends = ("_low", "_high", "_sd")
    names = [n for n in rows[0] if not n.endswith(ends) and n not in ("subset", "n_seeds")]
    told = [
        {"measure": name, **{row["subset"]: _told(row, name) for row in rows}} for name in names
    ]
    return table(told, ["measure", *(row["subset"] for row in rows)])


def _told(row: dict[str, Any], name: str) -> str:
    value, low, high = (row.get(name + end) for end in ("", "_low", "_high"))
    if not isinstance(value, float):
        return "–" if value is None else str(value)
    if low is None:
        return f"{value:,.0f}" if value >= 100 else f"{value:.4g}"
    return f"{value:,.4g} ({low:,.4g} to {high:,.4g})"


def ablate(
    workspace: WorkspacePath,
    budget_tokens: Annotated[int, typer.Option(metavar="N", help="Token budget of each draw.")],
    seed: Seed = 0,
    n_seeds: Annotated[int, typer.Option("--seeds", min=2, help="Random draws beside it.")] = 3,
    sets: Sets = None,
    json: Json = False,
) -> None:
    """Take ODiS apart at equal tokens: single axes, their mean, raw dimensions; beside shuffled axes and random draws."""
    space = selection.open_workspace(workspace)
    found = selection.ablate(space, budget_tokens, pairs(sets), seed, n_seeds)
    rows = found.table()
    pairs_of_odis = [row for row in found.pairs() if row["first"] == "odis"]
    shown = [{"subset": row["subset"], **{name: row[name] for name in _ABLATED}} for row in rows]
    shared = [
        {"odis and": row["second"], "tokens shared, Jaccard": row["jaccard_tokens"],
         "by chance": row["expected_jaccard_tokens"]}
        for row in pairs_of_odis
    ]  # fmt: skip
    text = f"{table(shown, list(shown[0]))}\n{table(shared, list(shared[0]))}"
    answer(found.to_json(), json, text)


def export(
    workspace: WorkspacePath,
    subset: Annotated[str, typer.Argument(metavar="SUBSET")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")],
    format: Annotated[
        str, typer.Option(metavar="parquet|jsonl.zst|csv|hf", help="File format.")
    ] = "parquet",
    json: Json = False,
) -> None:
    """Write a subset to files, with its manifest and recipe."""
    with reporting() as progress:
        manifest = selection.export(
            selection.open_workspace(workspace), subset, out, format, progress
        )
    size = sum(file["size_bytes"] for file in manifest["files"]) / 2**20
    n_files = len(manifest["files"])
    text = (
        f"{manifest['n_docs']:,} documents in {n_files} file{'s' * (n_files != 1)},"
        f" {size:,.1f} MB, in {out}"
    )
    answer(manifest, json, text)


def apply(
    recipe: Annotated[
        Path, typer.Argument(metavar="RECIPE", help="recipe.json of an export or of a subset.")
    ],
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="The input to apply it to.")
    ],
    out: Annotated[Path, typer.Option(metavar="OUT", help="A new or empty folder.")],
    json: Json = False,
) -> None:
    """Re-create a subset from its recipe, or apply the recipe to other input."""
    with reporting() as progress:
        report = selection.apply(recipe, paths, out, progress)
    text = f"{report['n_docs']:,} documents, {report['n_tokens']:,} tokens in {out} (expected {report['expected_tokens']:,})"
    answer(report, json, text)


def query(
    workspace: WorkspacePath,
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help='One SELECT, such as "SELECT * FROM runs".')
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.parquet|FILE.csv", help="Write the whole result there."),
    ] = None,
    json: Json = False,
) -> None:
    """Ask a question in SQL over documents, signals, clusters, map, axes, weights, subsets, tags, quarantine, runs."""
    from selection.workflow import query as asking

    space = selection.open_workspace(workspace)
    if out is not None:
        n_rows = asking.write(space, sql, out)
        answer({"rows": n_rows, "file": str(out)}, json, f"{n_rows:,} rows in {out}")
        return
    columns, rows, more = asking.first_rows(space, sql)
    text = table(rows, columns) + (
        f"… only the first {len(rows):,} rows; write all with --out\n" if more else ""
    )
    answer({"columns": columns, "rows": rows, "complete": not more}, json, text)


def jobs(workspace: WorkspacePath, json: Json = False) -> None:
    """List the jobs of a workspace."""
    rows: list[dict[str, Any]] = [
        {**vars(job), "verb": " ".join([job.argv[0], *job.argv[2:]]), "share": job.share}
        for job in selection.list_jobs(selection.open_workspace(workspace))
    ]
    text = (
        table(rows, ["id", "verb", "state", "share", "elapsed_s", "eta_s", "message"])
        if rows
        else "no jobs yet"
    )
    answer({"jobs": rows}, json, text)


def reclaim(
    workspace: WorkspacePath,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be freed.")
    ] = False,
    json: Json = False,
) -> None:
    """Free the disk that nothing in the workspace needs."""
    freed = selection.reclaim(selection.open_workspace(workspace), dry_run)
    text = ", ".join(f"{kind}: {size / 2**20:,.1f} MB" for kind, size in freed.items())
    answer({"freed_bytes": freed, "dry_run": dry_run}, json, text)
