"""The text engine beside what people use, one table a task, all in one run: statistics, DSIR, MinHash, decontamination."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks import (
    machine,
    text_dsir,
    text_dsir_hash,
    text_minhash,
    text_passages,
    text_statistics,
)
from tests.benchmarks.corpora import shared
from tests.benchmarks.tables import markdown

TASKS = {
    "statistics": text_statistics.compare,
    "dsir": text_dsir.compare,
    "dsir_hash": text_dsir_hash.compare,
    "minhash": text_minhash.rows,
    "passages": text_passages.compare,
}


def report(corpus: str, tasks: list[str]) -> Iterator[str]:
    """Markdown: the machine, then the tables asked for."""
    yield machine.line()
    for task in tasks:
        yield f"**{task}**, {corpus}.parquet"
        yield markdown(TASKS[task](shared(corpus)))
