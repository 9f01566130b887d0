"""Sides: Winnow and another tool at the same task, in one run, from Parquet to result.

Every side runs in a process of its own, on one core or on all; its clock starts after imports and a first small batch
(compiled kernels read from disk, tokenizers loaded) and stops when every value is there. Each is measured `TURNS` times, in
turn with the others, and the fastest run counts: what else a machine has to do can only slow one down. The first side is
Winnow, which reads the whole corpus, as do all that begin with its name; the others read `N_SLOW` documents of it, or it would
take hours.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks import process
from tests.benchmarks.tables import Cell

N_SLOW = 3_000
TURNS = 4
BATCH = 2_048
Side = Callable[[Path, int, int], Callable[[], Any]]
"""(corpus, documents or 0 for all, cores) to what is timed."""


def batches(corpus: Path, n_docs: int = 0) -> Iterator[pa.Array]:
    """The texts of the first `n_docs` documents, or of all, without holding the file in memory."""
    left = n_docs or sys.maxsize
    # not read ahead: that would hold the whole file in memory
    for batch in pq.ParquetFile(corpus, pre_buffer=False).iter_batches(BATCH, columns=["text"]):
        yield batch.column(0).slice(0, left)
        left -= batch.num_rows
        if left <= 0:
            return


def size_mb(corpus: Path, n_docs: int = 0) -> float:
    """10^6 bytes of their text."""
    return sum(batch.nbytes - 4 * len(batch) for batch in batches(corpus, n_docs)) / 1e6


def compare(module: str, corpus: Path, task: str, titles: dict[str, str]) -> list[dict[str, Cell]]:
    """Rows of a table: cores, tool, MB/s by the clock and, on one core, by processor time; how many times as fast Winnow is.

    `titles` name the sides of `module`, Winnow's first.
    """
    own = next(iter(titles))
    rows: list[dict[str, Cell]] = []
    for n_cores in sorted({1, len(os.sched_getaffinity(0))}):
        clock, busy = dict.fromkeys(titles, 0.0), dict.fromkeys(titles, 0.0)
        for name in list(titles) * TURNS:
            n_docs = 0 if name.startswith(own) else N_SLOW
            answer = process.module(module, name, corpus, str(n_docs), str(n_cores)).answer
            clock[name] = max(clock[name], answer["mb"] / answer["seconds"])
            busy[name] = max(busy[name], answer["mb"] / answer["cpu_s"])
        rows += [
            {
                "cores": n_cores,
                f"{task} by": title,
                "MB/s": clock[name],
                "MB per CPU second": busy[name] if n_cores == 1 else None,
                "Winnow is faster": _times(clock[own] / clock[name]),
                "by CPU": _times(busy[own] / busy[name]) if n_cores == 1 else None,
            }
            for name, title in titles.items()
        ]
    return rows


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.1f}×"


def main(sides: dict[str, Side]) -> None:
    """Run the side that the command line names; print its seconds and the MB (10^6 bytes) that it read."""
    name, corpus, n_docs, n_cores = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:])
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:n_cores]))
    run = sides[name](corpus, n_docs, n_cores)
    mb = size_mb(corpus, n_docs)
    before, started = sum(os.times()[:4]), time.monotonic()
    result = run()
    seconds, cpu_s = time.monotonic() - started, sum(os.times()[:4]) - before
    print(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "mb": mb, "result": result}))
