"""Decontamination by Winnow beside datatrove's filter: 12-word passages of seven benchmarks, from Parquet to flagged documents.

Every side runs in a process of its own, on one core or on all; building the index and loading the tokenizer are left out on
both sides. Each is measured twice, in turn with the other, and the faster run counts.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyarrow as pa

from tests.benchmarks import process
from tests.benchmarks.corpora import DATASETS
from tests.benchmarks.tables import Cell
from tests.benchmarks.text_statistics import batches

N_SLOW = 3_000  # documents that the slow side reads
N_WORDS = 12
_FILTERS: list = []  # datatrove's filter of this process, once it is made


def compare(corpus: Path) -> list[dict[str, Cell]]:
    """Rows of a table: cores, tool, MB/s by the clock and, on one core, by processor time; how many times as fast Winnow is."""
    rows: list[dict[str, Cell]] = []
    for n_cores in sorted({1, len(os.sched_getaffinity(0))}):
        clock, busy = dict.fromkeys(SIDES, 0.0), dict.fromkeys(SIDES, 0.0)
        for name in [*SIDES, *SIDES]:
            n_docs = 0 if name == "winnow" else N_SLOW
            answer = process.module("text_passages", name, corpus, str(n_docs), str(n_cores)).answer
            clock[name] = max(clock[name], answer["mb"] / answer["seconds"])
            busy[name] = max(busy[name], answer["mb"] / answer["cpu_s"])
        rows += [
            {
                "cores": n_cores,
                "decontamination by": TITLES[name],
                "MB/s": clock[name],
                "MB per CPU second": busy[name] if n_cores == 1 else None,
                "Winnow is faster": f"{clock['winnow'] / clock[name]:,.0f}×",
                "by CPU": f"{busy['winnow'] / busy[name]:,.0f}×" if n_cores == 1 else None,
            }
            for name in SIDES
        ]
    return rows


def items() -> list[str]:
    """Question and right answer of every item of the shared benchmarks."""
    from selection.formats import readers
    from selection.formats.readers.fields import Fields
    from selection.formats.readers.target_rule import target_fields

    found: list[str] = []
    for path in sorted((DATASETS / "targets").glob("*.jsonl")):
        (item,) = readers.expand([path])
        columns = readers.preview(item, Fields.build({"template": "rows"}), 1).columns
        chosen = target_fields(columns)
        fields = Fields.build({"text": chosen.text, "template": chosen.template})
        found += [text for rows in readers.read(item, fields) for text in rows.text.to_pylist()]
    return found


def winnow(corpus: Path, n_docs: int, n_cores: int) -> Callable[[], int]:
    from selection.text.passages import find_passages, index_passages
    from selection.workflow.ahead import ahead

    index = index_passages(pa.array(items(), pa.large_string()), N_WORDS, 8)

    def run(n_docs: int) -> int:
        texts = ahead(batches(corpus, n_docs))
        return sum(int((find_passages(text, index).n_hits > 0).sum()) for text in texts)

    run(50)
    return lambda: run(n_docs)


def datatrove(corpus: Path, n_docs: int, n_cores: int) -> Callable[[], int]:
    from datatrove.pipeline.decont import NGramsDecontFilter
    from datatrove.utils.text import ngrams, simplify_text

    decont = NGramsDecontFilter(str(DATASETS))
    hash_text = decont.hash_func
    decont.hash_func = lambda gram: hash_text(gram.encode())  # xxhash 4 takes bytes only
    hashes: dict[int, str] = {}
    for item in items():
        tokens = decont.tokenizer.word_tokenize(simplify_text(item, decont.config.norm_config))
        for gram in map(" ".join, ngrams(tokens, N_WORDS)):
            hashes[decont.hash_func(gram)] = "items"
    decont._index_hashes = hashes
    _FILTERS.append(decont)

    def run() -> int:
        texts = [text for batch in batches(corpus, n_docs) for text in batch.to_pylist()]
        if n_cores == 1:
            return _flagged(texts)
        with ProcessPoolExecutor(n_cores) as workers:  # forked, with the filter in memory
            return sum(workers.map(_flagged, [texts[k::n_cores] for k in range(n_cores)]))

    return run


def _flagged(texts: list[str]) -> int:
    from datatrove.data import Document

    (decont,) = _FILTERS
    return sum(decont.filter(Document(text=text, id="")) is not True for text in texts)


SIDES = {"winnow": winnow, "datatrove": datatrove}
TITLES = {"winnow": "Winnow", "datatrove": "datatrove, NGramsDecontFilter"}


def main(side: str, corpus: Path, n_docs: int, n_cores: int) -> None:
    """Run one side; print its seconds, the MB (10^6 bytes) that it read, and the documents that it flagged."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:n_cores]))
    run = SIDES[side](corpus, n_docs, n_cores)
    mb = sum(batch.nbytes - 4 * len(batch) for batch in batches(corpus, n_docs)) / 1e6
    before, started = sum(os.times()[:4]), time.monotonic()
    result = run()
    seconds, cpu_s = time.monotonic() - started, sum(os.times()[:4]) - before
    print(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "mb": mb, "result": result}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
