"""Corpora to measure on: the shared ones, the head of one, and one made as large as wanted by repeating rows.

A repeated row has an id of its own and the same text, so the words a tokenizer must remember stop growing after the first
copy; what grows is the number of documents.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.benchmarks.process import ROOT

DATASETS = ROOT / "../shared/datasets"


def shared(name: str) -> Path:
    """`mix` or `mix_small`, beside the repository."""
    path = (DATASETS / f"{name}.parquet").resolve()
    if not path.exists():
        raise SystemExit(f"the benchmarks read the shared data sets, and {path} is not there")
    return path


def text_mb(paths: list[Path]) -> tuple[int, float]:
    """(documents, MB of UTF-8 text) of Parquet files with a column `text`."""
    n_docs, size = 0, 0
    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(columns=["text"]):
            n_docs += batch.num_rows
            size += (
                pc.call_function(
                    "sum", [pc.call_function("binary_length", [batch.column(0)])]
                ).as_py()
                or 0
            )
    return n_docs, size / 2**20


def write_jsonl(corpus: Path, out: Path, n_docs: int | None = None) -> Path:
    """The first `n_docs` rows as JSON lines; all by default."""
    rows = pq.read_table(corpus).slice(0, n_docs).to_pylist()
    out.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return out


def write_repeated(corpus: Path, out: Path, size_mb: float) -> Path:
    """JSON lines of `corpus`, again and again with new ids, until the gzip file holds `size_mb`."""
    tails = list(_tails(pq.ParquetFile(corpus)))
    with out.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1) as packed:
        copy = 0
        while raw.tell() < size_mb * 2**20:
            head = b'{"id":"%d/' % copy
            for start in range(0, len(tails), 500):
                packed.write(head + head.join(tails[start : start + 500]))
                if raw.tell() >= size_mb * 2**20:
                    break
            copy += 1
    return out


def _tails(rows: pq.ParquetFile) -> Iterator[bytes]:
    """Each row as JSON from the inside of its id on."""
    for batch in rows.iter_batches(batch_size=1_000):
        for row in pa.Table.from_batches([batch]).to_pylist():
            named = orjson.dumps({"id": str(row.pop("id")), **row})
            yield named.removeprefix(b'{"id":"') + b"\n"
