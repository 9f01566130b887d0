"""Verbs of the expensive half: demo, ingest, attach, embed, cluster, map, score, axes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import selection
from selection.shell.answers import answer, learnt
from selection.shell.options import (
    DateField,
    Embedding,
    IdField,
    Json,
    Refit,
    Seed,
    Sets,
    SourceField,
    Targets,
    TargetText,
    Template,
    TextField,
    UrlField,
    WorkspacePath,
    pairs,
)
from selection.shell.reporting import reporting


def demo(
    workspace: WorkspacePath,
    n_docs: Annotated[
        int, typer.Option("--docs", min=50, max=100_000, help="About how many documents.")
    ] = 3000,
    json: Json = False,
) -> None:
    """Make a workspace from the text that is installed on this machine, and run every verb up to the axes."""
    with reporting() as progress:
        facts = selection.demo(selection.create(workspace), n_docs=n_docs, progress=progress)
    answer(
        facts,
        json,
        f"{facts['n_docs']:,} documents, {facts['n_tokens']:,} tokens, ready in {workspace}",
    )


_IngestSets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="max_chars=N, longer texts go to quarantine; chunk_words=N cuts long documents.",
    ),
]


def ingest(
    workspace: WorkspacePath,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, or hf:// addresses.")
    ],
    text: TextField = None,
    id: IdField = None,
    source: SourceField = None,
    date: DateField = None,
    url: UrlField = None,
    template: Template = None,
    tokenizer: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A tokenizer.json to count tokens with.")
    ] = None,
    sets: _IngestSets = None,
    json: Json = False,
) -> None:
    """Append documents to a workspace, making it where there is none."""
    named = {
        "text": text,
        "id": id,
        "source": source,
        "date": date,
        "url": url,
        "template": template,
    }
    given = {key: value for key, value in named.items() if value is not None}
    fields = selection.Fields.build({**given, **pairs(sets)})
    selection.expand(paths)  # a wrong path must not leave an empty workspace behind
    with reporting() as progress:
        space = selection.create(workspace)
        report = selection.ingest(space, paths, fields, tokenizer, progress)
    facts = vars(report)
    text_lines = [
        f"{report.n_docs:,} documents, {report.n_tokens:,} tokens ingested into {workspace}"
    ]
    if report.n_quarantined:
        reasons = ", ".join(f"{count:,} × {reason}" for reason, count in report.reasons.items())
        text_lines.append(f"{report.n_quarantined:,} rows quarantined: {reasons}")
    if report.unchanged:
        text_lines.append(f"already there, nothing to do: {', '.join(report.unchanged)}")
    answer(facts, json, "\n".join(text_lines))


def attach(
    workspace: WorkspacePath,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Parquet, CSV, JSONL or .npy with your own columns."),
    ],
    noun: Annotated[
        str,
        typer.Option(
            "--as", metavar="signals|embedding|map|clusters", help="What the columns are."
        ),
    ],
    id: IdField = None,
    json: Json = False,
) -> None:
    """Bring your own scores, vectors, coordinates or labels, joined by id."""
    with reporting() as progress:
        run = selection.attach(selection.open_workspace(workspace), file, noun, id, progress)
    answer(_facts(run), json, f"{noun} attached for {run.n_docs:,} documents (run {run.key})")


def embed(
    workspace: WorkspacePath,
    embedder: Annotated[
        str,
        typer.Option(metavar="NAME", help="An embedder's id, auto, or a model's name or folder."),
    ] = "minilm",
    sets: Sets = None,
    json: Json = False,
) -> None:
    """One vector per document."""
    with reporting() as progress:
        run = selection.embed(selection.open_workspace(workspace), embedder, pairs(sets), progress)
    answer(
        _facts(run),
        json,
        "\n".join(
            [
                f"{run.n_docs:,} vectors of {run.facts.get('dim')} numbers by {run.what} (run {run.key})",
                *selection.embedding_notes(run),
            ]
        ),
    )


def cluster(
    workspace: WorkspacePath,
    clusterer: Annotated[str, typer.Option(metavar="NAME", help="kmeans or hdbscan.")] = "kmeans",
    sets: Sets = None,
    seed: Seed = 0,
    embedding: Embedding = None,
    refit: Refit = False,
    json: Json = False,
) -> None:
    """Group documents by their vectors and title the groups."""
    with reporting() as progress:
        space = selection.open_workspace(workspace)
        run = selection.cluster(space, clusterer, pairs(sets), seed, embedding, refit, progress)
    text = f"{run.facts['n_clusters']} clusters, {run.facts['n_noise']:,} documents in none (run {run.key})"
    answer(_facts(run), json, text)


def map_(
    workspace: WorkspacePath,
    projection: Annotated[
        str, typer.Option(metavar="NAME", help="umap, or pca for an instant preview.")
    ] = "umap",
    sets: Sets = None,
    seed: Seed = 0,
    embedding: Embedding = None,
    refit: Refit = False,
    json: Json = False,
) -> None:
    """Place every document on a plane."""
    with reporting() as progress:
        space = selection.open_workspace(workspace)
        run = selection.map(space, projection, pairs(sets), seed, embedding, refit, progress)
    answer(_facts(run), json, f"map of {run.n_docs:,} documents by {run.what} (run {run.key})")


def score(
    workspace: WorkspacePath,
    signals: Annotated[
        list[str] | None, typer.Argument(metavar="SIGNAL...", help="Ids of signals.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every signal whose needs are met.")] = False,
    sets: Sets = None,
    target: Targets = None,
    negative: Annotated[
        list[Path] | None,
        typer.Option("--negative", metavar="FILE", help="Negative examples of a classifier."),
    ] = None,
    target_text: TargetText = None,
    json: Json = False,
) -> None:
    """Score documents by signals, in one pass over the text."""
    from selection.core.errors import BadSetting

    if bool(signals) == every:
        raise BadSetting(
            "score takes either the ids of signals or --all; see `signals` for what there is"
        )
    with reporting() as progress:
        space = selection.open_workspace(workspace)
        settings = pairs(sets)
        for name, files in (("targets", target), ("negatives", negative)):
            if files:
                settings[name] = [selection.know_target(space, str(f), target_text) for f in files]
        runs = selection.score(space, signals or None, settings, progress)
    names = [column["name"] for run in runs for column in run.columns]
    facts: dict[str, Any] = {"runs": [_facts(run) for run in runs], "columns": names}
    answer(
        facts,
        json,
        "\n".join(
            [
                f"{len(names)} columns of {len(runs)} signals: {', '.join(run.what for run in runs)}",
                *(line for run in runs for line in learnt(run.facts)),
            ]
        ),
    )


def axes(
    workspace: WorkspacePath,
    signals: Annotated[
        str | None,
        typer.Option(metavar="A,B,C", help="Signals; by default the quality dimensions."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="RATER",
            help="Take all dimensions of this judge or reader, who has seen a sample.",
        ),
    ] = None,
    sets: Sets = None,
    flip: Annotated[
        list[int] | None, typer.Option("--flip", metavar="N", help="Turn axis N round; repeatable.")
    ] = None,
    seed: Seed = 0,
    refit: Refit = False,
    json: Json = False,
) -> None:
    """Turn correlated signals into orthogonal axes."""
    settings = selection.AxesSettings.build(pairs(sets))
    names = [name.strip() for name in signals.split(",") if name.strip()] if signals else None
    with reporting() as progress:
        space = selection.open_workspace(workspace)
        names = _by(selection.sampled_names(space), by) if by else names
        run = selection.axes(space, names, settings, flip or (), seed, refit, progress)
    lines = [
        f"{axis['name']}  {axis['explained']:.1%} of variance: {described['definition'].partition(': ')[2]}"
        for axis, described in zip(run.facts["axes"], run.columns, strict=True)
    ]
    lines += [f"{name} left out: it {reason}" for name, reason in run.facts["dropped"].items()]
    answer(_facts(run), json, "\n".join(lines))


def _by(sampled: dict[str, list[str]], rater: str) -> list[str]:
    from selection.core.errors import UnknownName, close_matches

    if rater not in sampled:
        raise UnknownName(
            f"--by names a rater of a sample, got {rater!r}; {close_matches(rater, list(sampled))}"
        )
    return sampled[rater]


def _facts(run: Any) -> dict[str, Any]:
    return run.model_dump(mode="json")
