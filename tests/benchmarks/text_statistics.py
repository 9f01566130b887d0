"""All statistics of a text by Winnow's one pass, beside the four quality filters of datatrove; from Parquet to result.

Every side runs in a process of its own, on one core or on all; its clock starts after imports and a first small batch
(compiled kernels read from disk, tokenizers loaded) and stops when every value is there. The same side is measured twice,
in turn with the other, and the faster run counts.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks import process
from tests.benchmarks.tables import Cell

N_SLOW = 3_000  # documents that the slow side reads: at 0.15 MB/s the whole corpus would take five minutes
_BATCH = 4_096


def compare(corpus: Path) -> list[dict[str, Cell]]:
    """Rows of a table: cores, tool, MB/s, and how many times as fast Winnow is."""
    rows: list[dict[str, Cell]] = []
    for n_cores in sorted({1, len(os.sched_getaffinity(0))}):
        best = {name: 0.0 for name in SIDES}
        for name in [*SIDES, *SIDES]:
            n_docs = N_SLOW if name != "winnow" else 0
            words = (name, corpus, str(n_docs), str(n_cores))
            answer = process.module("text_statistics", *words).answer
            best[name] = max(best[name], answer["mb"] / answer["seconds"])
        for name, speed in best.items():
            row: dict[str, Cell] = {"cores": n_cores, "statistics by": TITLES[name], "MB/s": speed}
            rows.append({**row, "Winnow is faster": f"{best['winnow'] / speed:,.0f}×"})
    return rows


def batches(corpus: Path, n_docs: int) -> Iterator[pa.Array]:
    left = n_docs or sys.maxsize
    # not read ahead: that would hold the whole file in memory
    for batch in pq.ParquetFile(corpus, pre_buffer=False).iter_batches(_BATCH, columns=["text"]):
        yield batch.column(0).slice(0, left)
        left -= batch.num_rows
        if left <= 0:
            return


def winnow(corpus: Path, n_docs: int, n_cores: int) -> Callable[[], int]:
    """Every column of every heuristic signal that reads text row by row."""
    from selection.core.documents import Documents
    from selection.core.registry import catalogue
    from selection.core.signal import Signal

    kinds = catalogue("selection.signals", Signal).values()
    signals = [kind() for kind in kinds if kind.needs.text and kind.family() == "heuristics"]

    def batch(text: pa.Array) -> Documents:
        none = np.zeros(len(text), np.int64)
        return Documents(none, none.astype(np.uint64), none, text=text.cast(pa.large_string()))

    class Head:
        """What signals learn from before they score: the first batch."""

        def sample(self, n_docs: int, needs: object) -> Documents:
            return batch(next(batches(corpus, n_docs)))

        def stream(self, needs: object) -> Iterator[Documents]:
            yield self.sample(_BATCH, needs)

    states = [signal.prepare(Head()) for signal in signals]  # type: ignore[arg-type]

    def all_of(texts: Iterator[pa.Array]) -> int:
        n_values = 0
        for text in texts:
            docs = batch(text)
            for signal, state in zip(signals, states, strict=True):
                n_values += sum(len(values) for values in signal.score(docs, state).values())
        return n_values

    all_of(batches(corpus, 50))
    return lambda: all_of(batches(corpus, n_docs))


def datatrove(corpus: Path, n_docs: int, n_cores: int) -> Callable[[], int]:
    """Gopher quality, Gopher repetition, FineWeb and C4 filters with their defaults."""
    _filtered([next(batches(corpus, 1))[0].as_py()])  # loads its tokenizer, before workers fork

    def run() -> int:
        texts = [text for batch in batches(corpus, n_docs) for text in batch.to_pylist()]
        if n_cores == 1:
            return _filtered(texts)
        with ProcessPoolExecutor(n_cores) as workers:
            return sum(workers.map(_filtered, [texts[k::n_cores] for k in range(n_cores)]))

    return run


def _filtered(texts: list[str]) -> int:
    """How many documents all four keep."""
    from datatrove.data import Document
    from datatrove.pipeline import filters

    chain = [
        filters.GopherQualityFilter(),
        filters.GopherRepetitionFilter(),
        filters.FineWebQualityFilter(),
        filters.C4QualityFilter(),
    ]
    kept = 0
    for text in texts:
        answers = [each.filter(Document(text=text, id="")) for each in chain]
        kept += all(answer is True for answer in answers)
    return kept


SIDES = {"winnow": winnow, "datatrove": datatrove}
TITLES = {"winnow": "Winnow, every statistic", "datatrove": "datatrove, four quality filters"}


def main(side: str, corpus: Path, n_docs: int, n_cores: int) -> None:
    """Run one side; print its seconds and the MB (10^6 bytes) that it read."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:n_cores]))
    run = SIDES[side](corpus, n_docs, n_cores)
    mb = sum(batch.nbytes - 4 * len(batch) for batch in batches(corpus, n_docs)) / 1e6
    started = time.monotonic()
    result = run()
    print(json.dumps({"seconds": time.monotonic() - started, "mb": mb, "result": result}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
