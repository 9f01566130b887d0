"""Memory: the peak of `ingest` and `export` while the corpus grows; both stream, so the peak must hardly follow.

Corpora are the rows of `mix` repeated with new ids as JSONL.gz in a temporary folder (`TMPDIR` moves it), whole corpora
are exported, and everything is removed as soon as it is measured. Room needed: about five times the largest file.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import machine, process
from tests.benchmarks.corpora import shared, text_mb, write_repeated
from tests.benchmarks.tables import Cell, markdown

FORMATS = ("parquet", "jsonl.zst")
INGEST_LIMIT_MB = 1536
EXPORT_LIMIT_MB = 50  # between the smallest and the largest corpus


def report(sizes_mb: list[float], formats: tuple[str, ...] = FORMATS) -> Iterator[str]:
    """Markdown: the machine, one row a size, and the verdict."""
    yield machine.line()
    corpus, found = shared("mix"), []
    with tempfile.TemporaryDirectory(prefix="winnow-memory-") as folder:
        for size_mb in sorted(sizes_mb):
            found.append(row(corpus, Path(folder), size_mb, formats))
            print(markdown(found[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    yield markdown(found)
    yield verdict(found, formats)


def row(corpus: Path, folder: Path, size_mb: float, formats: tuple[str, ...]) -> dict[str, Cell]:
    """Make, ingest and export one corpus of `size_mb` compressed; nothing of it remains."""
    lines, space = write_repeated(corpus, folder / "rows.jsonl.gz", size_mb), folder / "space"
    packed_mb = lines.stat().st_size / 2**20
    taken = process.verb("ingest", space, lines, "--id", "id", "--source", "source", "--json")
    lines.unlink()
    n_docs, plain_mb = text_mb(sorted(space.glob("documents/*.parquet")))
    measured: dict[str, Cell] = {
        "JSONL.gz MB": packed_mb,
        "documents": n_docs,
        "MB of text": plain_mb,
        "ingest s": taken.wall_s,
        "ingest peak MB": taken.peak_mb,
    }
    budget = str(taken.answer["n_tokens"])
    process.verb("draw", space, "random", "--name", "all", "--budget-tokens", budget)
    for name in formats:
        cost = process.verb("export", space, "all", folder / "out", "--format", name)
        measured |= {f"{name} s": cost.wall_s, f"{name} peak MB": cost.peak_mb}
        shutil.rmtree(folder / "out")
    shutil.rmtree(space)
    return measured


def verdict(found: list[dict[str, Cell]], formats: tuple[str, ...]) -> str:
    """What the largest corpus took beyond the smallest, beside what is promised."""
    first, last = found[0], found[-1]

    def more(name: str) -> float:
        return float(last[name] or 0) - float(first[name] or 0)

    worst = max(float(one["ingest peak MB"] or 0) for one in found)
    sentences = [
        f"Ingest peaks at {worst:,.0f} MB (promised: under {INGEST_LIMIT_MB:,} MB),"
        f" {more('ingest peak MB'):+,.0f} MB for {more('documents'):,.0f} more documents."
    ]
    for name in formats:
        difference = more(f"{name} peak MB")
        sentences.append(
            f"Export {name}: {difference:+,.0f} MB for {more('MB of text'):,.0f} MB more text"
            f" (promised: under {EXPORT_LIMIT_MB} MB)."
        )
    return " ".join(sentences)
