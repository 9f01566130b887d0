"""DSIR by Winnow beside the authors' package: the corpus' counts, the target's, and every document's log weight, from Parquet.

Both read the same rows of the same file, hash words and word pairs into 10,000 buckets and sum over whole documents. Every
side runs in a process of its own, on one core or on all; its clock starts after imports and a first small batch (compiled
kernels read from disk) and stops when every weight is there. The package starts its workers inside its own time. Each side
is measured twice, in turn with the other, and the faster run counts.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks import process
from tests.benchmarks.corpora import DATASETS
from tests.benchmarks.tables import Cell
from tests.benchmarks.text_statistics import batches

N_SLOW = 3_000  # documents that the package reads


def compare(corpus: Path) -> list[dict[str, Cell]]:
    """Rows of a table: cores, tool, MB/s by the clock and, on one core, by processor time; how many times as fast Winnow is."""
    rows: list[dict[str, Cell]] = []
    for n_cores in sorted({1, len(os.sched_getaffinity(0))}):
        clock, busy = dict.fromkeys(SIDES, 0.0), dict.fromkeys(SIDES, 0.0)
        for name in [*SIDES, *SIDES]:
            n_docs = 0 if name == "winnow" else N_SLOW
            answer = process.module("text_dsir", name, corpus, str(n_docs), str(n_cores)).answer
            clock[name] = max(clock[name], answer["mb"] / answer["seconds"])
            busy[name] = max(busy[name], answer["mb"] / answer["cpu_s"])
        rows += [
            {
                "cores": n_cores,
                "DSIR by": TITLES[name],
                "MB/s": clock[name],
                "MB per CPU second": busy[name] if n_cores == 1 else None,
                "Winnow is faster": f"{clock['winnow'] / clock[name]:,.0f}×",
                "by CPU": f"{busy['winnow'] / busy[name]:,.0f}×" if n_cores == 1 else None,
            }
            for name in SIDES
        ]
    return rows


def target() -> list[str]:
    """Questions and answers of the test part of GSM8K."""
    lines = (DATASETS / "targets" / "gsm8k_test.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return ["\n".join((r["context"], r["chain_of_thought"], r["answer"])) for r in rows]


def winnow(corpus: Path, n_docs: int, n_cores: int) -> Callable[[], int]:
    from selection.core.documents import Documents
    from selection.core.targets import Target
    from selection.methods.target.dsir import Dsir
    from selection.workflow.ahead import ahead

    sets = [Target("0", "gsm8k", pa.array(target(), pa.large_string()))]

    class Rows:
        """The corpus as a method is handed it."""

        def __init__(self, n_docs: int) -> None:
            self.n_docs = n_docs

        def stream(self, needs: object = None) -> Iterator[Documents]:
            for text in ahead(batches(corpus, self.n_docs)):
                none = np.zeros(len(text), np.int64)
                yield Documents(none, none.astype(np.uint64), none, text=text)  # type: ignore[arg-type]

    def weigh(rows: Rows) -> int:
        method = Dsir(smoothing=0)
        state = method.fit(rows, sets)  # type: ignore[arg-type]
        return sum(len(method.weigh(docs, state)) for docs in rows.stream())

    weigh(Rows(50))
    return lambda: weigh(Rows(n_docs))


def tokens_by_re(corpus: Path, n_docs: int, n_cores: int) -> Callable[[], int]:
    """The package with the tokenizer that it had when it was written: NLTK's pattern on Python's own engine.

    NLTK has run it on another engine with a time limit since 3.10, which makes it several times slower.
    """
    return data_selection(corpus, n_docs, n_cores, re.compile(r"\w+|[^\w\s]+").findall)


def data_selection(
    corpus: Path, n_docs: int, n_cores: int, tokenizer: Callable[[str], list[str]] | None = None
) -> Callable[[], int]:
    from data_selection import HashedNgramDSIR

    folder = Path(tempfile.mkdtemp(prefix="dsir-"))
    few = folder / "few.parquet"
    pq.write_table(pq.read_table(corpus, columns=["text"]).slice(0, n_docs), few)
    (folder / "target.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in target()))

    def run() -> int:
        dsir = HashedNgramDSIR(
            [str(few)],
            [str(folder / "target.jsonl")],
            str(folder / "cache"),
            raw_load_dataset_fn=_rows,
            num_proc=n_cores,
        )
        dsir.tokenizer = tokenizer or dsir.tokenizer
        dsir.fit_importance_estimator()
        dsir.compute_importance_weights()
        found = (folder / "cache" / "log_importance_weights").glob("*.npy")
        return sum(len(np.load(path)) for path in found)

    return run


def _rows(path: str) -> Iterator[dict]:
    for batch in pq.ParquetFile(path).iter_batches():
        yield from batch.to_pylist()


SIDES = {"winnow": winnow, "data_selection": data_selection, "tokens_by_re": tokens_by_re}
TITLES = {
    "winnow": "Winnow",
    "data_selection": "data-selection 1.0.3, NLTK 3.10",
    "tokens_by_re": "data-selection 1.0.3, tokens by `re`",
}


def main(side: str, corpus: Path, n_docs: int, n_cores: int) -> None:
    """Run one side; print its seconds and the MB (10^6 bytes) that it weighed."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:n_cores]))
    run = SIDES[side](corpus, n_docs, n_cores)
    mb = sum(batch.nbytes - 4 * len(batch) for batch in batches(corpus, n_docs)) / 1e6
    before, started = sum(os.times()[:4]), time.monotonic()
    result = run()
    seconds, cpu_s = time.monotonic() - started, sum(os.times()[:4]) - before
    print(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "mb": mb, "result": result}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
