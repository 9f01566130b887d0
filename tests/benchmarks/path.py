"""Path: every verb once, as a process of its own, from a file to an export and back through `apply`.

Each row includes the start of Python and the imports of that verb; one run, no mean, no warm-up. Documents a second are
of the corpus, for `export` of the subset.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import counterparts, machine, process
from tests.benchmarks.corpora import shared, text_mb
from tests.benchmarks.process import Cost
from tests.benchmarks.tables import Cell, markdown

FALLS_WITH = {  # a verb that may be left out -> what cannot run without it
    "embed": {"embed", "cluster", "map"},
    "cluster": {"cluster"},
    "map": {"map"},
    "weigh": {"weigh"},
    "compare": {"compare"},
    "export": {"export", "apply"},
    "apply": {"apply"},
}
SHARE = 0.2  # of the corpus' tokens, for the draws


def report(names: list[str], skip: frozenset[str], ratios: bool = True) -> Iterator[str]:
    """Markdown, piece by piece as it is measured. skip: verbs to leave out, keys of `FALLS_WITH`."""
    skip = frozenset().union(*(FALLS_WITH[verb] for verb in skip))
    before = machine.cached_kernels()
    yield machine.line()
    for name in names:
        yield from of_corpus(shared(name), skip, ratios)
    yield machine.kernels_line(before, machine.cached_kernels())


def of_corpus(corpus: Path, skip: frozenset[str], ratios: bool) -> Iterator[str]:
    """A heading, the table of verbs and, if wanted, the table of counterparts."""
    n_docs, size_mb = text_mb([corpus])
    yield f"**{corpus.name}**: {n_docs:,} documents, {size_mb:.1f} MB of text"
    with tempfile.TemporaryDirectory(prefix="winnow-benchmark-") as folder:
        yield markdown(list(rows(corpus, Path(folder), skip)))
        beside = counterparts.compare(corpus, Path(folder), skip) if ratios else []
    if beside:
        yield markdown(beside)
    if skip:
        yield f"Left out: {', '.join(sorted(skip))}."


def rows(corpus: Path, folder: Path, skip: frozenset[str]) -> Iterator[dict[str, Cell]]:
    """One row a verb. Draws take a fifth of the tokens, by ODiS and at random."""
    space, recipe = folder / "space", folder / "parquet" / "recipe.json"
    size = text_mb([corpus])
    yield _row("(start of the shell)", process.verb("--help"), None)
    first = process.verb("ingest", space, corpus, "--id", "id", "--source", "source", "--json")
    yield _row("ingest", first, size)
    budget = str(int(first.answer["n_tokens"] * SHARE))
    yield from _measured(_expensive(space), skip, size)
    draw = ("draw", space, "odis", "--name", "best", "--budget-tokens", budget)
    control = ("draw", space, "random", "--name", "control", "--budget-tokens", budget)
    cheap = {
        "weigh odis": ("weigh", space, "odis"),
        "draw odis": draw,
        "draw random": control,
        "compare": ("compare", space, "best", "control"),
    }
    yield from _measured(cheap, skip, (size[0], None))
    if "export" in skip:
        return
    for name in ("parquet", "jsonl.zst"):
        cost = process.verb("export", space, "best", folder / name, "--format", name)
        kept = text_mb(sorted((folder / "parquet").glob("*.parquet")))  # the same documents in both
        yield _row(f"export {name}", cost, kept)
    again = ("apply", recipe, corpus, "--out", folder / "again")
    yield from _measured({"apply": again}, skip, size)


def _expensive(space: Path) -> dict[str, tuple[str | Path, ...]]:
    return {
        "embed minilm": ("embed", space),
        "cluster kmeans": ("cluster", space),
        "map pca": ("map", space, "--projection", "pca"),
        "map umap": ("map", space),
        "score --all": ("score", space, "--all"),
        "axes": ("axes", space),
    }


def _measured(
    commands: dict[str, tuple[str | Path, ...]],
    skip: frozenset[str],
    size: tuple[int, float | None],
) -> Iterator[dict[str, Cell]]:
    for name, words in commands.items():
        if words[0] not in skip:
            yield _row(name, process.verb(*words), None if words[0] == "compare" else size)


def _row(name: str, cost: Cost, size: tuple[int, float | None] | None) -> dict[str, Cell]:
    n_docs, size_mb = size or (None, None)
    return {
        "verb": name,
        "wall s": cost.wall_s,
        "CPU s": cost.cpu_s,
        "documents/s": None if n_docs is None else n_docs / cost.wall_s,
        "MB of text/s": None if size_mb is None else size_mb / cost.wall_s,
        "peak MB": cost.peak_mb,
    }
