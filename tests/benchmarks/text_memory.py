"""Peak memory and cost per byte of the text engine as a corpus grows: the mix, again and again, as one Parquet file.

Each engine reads the file batch by batch in a process of its own and throws its results away, so what is measured is the
engine, not a table of results.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks import machine, process, text_dsir, text_passages, text_statistics
from tests.benchmarks.corpora import shared
from tests.benchmarks.sides import batches, size_mb
from tests.benchmarks.tables import Cell, markdown

SIZES_GB = (0.1, 1.0, 5.0)


def report(sizes_gb: tuple[float, ...] = SIZES_GB) -> Iterator[str]:
    """Markdown: one row a size and engine."""
    yield machine.line()
    rows: list[dict[str, Cell]] = []
    with tempfile.TemporaryDirectory(prefix="winnow-text-") as folder:
        for size in sizes_gb:
            corpus = repeated(shared("mix"), Path(folder) / "corpus.parquet", size)
            for name in ENGINES:
                taken = process.module("text_memory", name, corpus)
                mb, seconds, cpu_s = (taken.answer[key] for key in ("mb", "seconds", "cpu_s"))
                row: dict[str, Cell] = {"engine": name, "GB of text": size, "MB/s": mb / seconds}
                row["CPU ms/MB"] = 1e3 * cpu_s / mb
                rows.append({**row, "peak MB": taken.peak_mb})
                print(markdown(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    yield markdown(sorted(rows, key=lambda row: str(row["engine"])))


def repeated(corpus: Path, out: Path, size_gb: float) -> Path:
    """The texts of `corpus` until there are `size_gb` of them (10^9 bytes), 4,096 documents a row group."""
    table = pq.read_table(corpus, columns=["text"])
    n_bytes = sum(chunk.nbytes - 4 * len(chunk) for chunk in table.column(0).chunks)
    with pq.ParquetWriter(out, table.schema, compression="zstd") as writer:
        for _ in range(max(1, round(size_gb * 1e9 / n_bytes))):
            writer.write_table(table, row_group_size=4096)
    return out


def _each(texts: Iterator[pa.Array], work: Callable[[pa.Array], object]) -> int:
    n_docs = 0
    for text in texts:
        work(text)
        n_docs += len(text)
    return n_docs


def statistics(corpus: Path) -> Callable[[], int]:
    """Every heuristic signal."""
    return text_statistics.winnow(corpus, 0, 0)


def minhash(corpus: Path) -> Callable[[], int]:
    """Signatures of 112 minima and their band keys."""
    from selection.text.minhash import band_keys, signatures

    def work(text: pa.Array) -> object:
        return band_keys(signatures(text, 112, 5), 14)

    _each(batches(corpus, 50), work)
    return lambda: _each(batches(corpus, 0), work)


def dsir(corpus: Path) -> Callable[[], int]:
    """Counts of the corpus and of a target, then every log weight."""
    return text_dsir.winnow(corpus, 0, 0)


def passages(corpus: Path) -> Callable[[], int]:
    """Passages of seven benchmarks."""
    return text_passages.winnow(corpus, 0, 0)


ENGINES: dict[str, Callable[[Path], Callable[[], int]]] = {
    "statistics": statistics,
    "minhash": minhash,
    "dsir": dsir,
    "passages": passages,
}


def main(name: str, corpus: Path) -> None:
    """Run one engine; print its seconds, those of its processors and the MB that it read."""
    run = ENGINES[name](corpus)
    before, started = time.process_time(), time.monotonic()
    run()
    cpu_s, seconds = time.process_time() - before, time.monotonic() - started
    print(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "mb": size_mb(corpus)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
