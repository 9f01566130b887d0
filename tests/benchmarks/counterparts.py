"""Counterparts: what people use today for a step, each in a process of its own, beside Winnow on the same rows.

Whole processes are compared for reading, since starting is part of it; for embedding only the seconds of encoding, the
better of two runs, since loading is the same work for both.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import process
from tests.benchmarks.corpora import write_jsonl
from tests.benchmarks.tables import Cell

N_EMBEDDED = 300


def compare(corpus: Path, folder: Path, skip: frozenset[str]) -> list[dict[str, Cell]]:
    """Rows of a table: task, tool, seconds, peak, and the seconds as a multiple of Winnow's."""
    rows: list[dict[str, Cell]] = []
    lines = write_jsonl(corpus, folder / "rows.jsonl")
    words = ("ingest", folder / "beside", lines, "--id", "id", "--source", "source")
    costs = {"Winnow: checks, counts tokens, writes": process.verb(*words)}
    for name, function in READERS.items():
        costs[name] = process.module("counterparts", function.__name__, lines)
    rows += _rows("ingest JSONL", {name: (c.wall_s, c.peak_mb) for name, c in costs.items()})
    if "embed" not in skip:
        lines = write_jsonl(corpus, folder / "few.jsonl", N_EMBEDDED)
        costs = {name: [] for name in ENCODERS}
        for name in [*ENCODERS, *ENCODERS]:  # in turn, so that a busy moment strikes both
            costs[name].append(process.module("counterparts", ENCODERS[name].__name__, lines))
        seconds = {
            name: min((c.answer["seconds"], c.peak_mb) for c in both)
            for name, both in costs.items()
        }
        rows += _rows(f"embed {N_EMBEDDED} documents", seconds)
    return rows


def _rows(task: str, costs: dict[str, tuple[float, float]]) -> list[dict[str, Cell]]:
    own = next(iter(costs.values()))[0]
    return [
        {"task": task, "by": name, "s": wall, "peak MB": peak, "× Winnow's time": wall / own}
        for name, (wall, peak) in costs.items()
    ]


def pandas_reads(lines: Path) -> int:
    """Only into memory."""
    import pandas as pd

    return len(pd.read_json(lines, lines=True))


def pandas_counts_writes(lines: Path) -> int:
    """The same result as an ingest: rows, token counts by the same tokenizer, Parquet."""
    import pandas as pd
    from tokenizers import Tokenizer

    from selection.formats.tokens import bundled_tokenizer

    tokenizer = Tokenizer.from_file(str(bundled_tokenizer()))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    frame = pd.read_json(lines, lines=True)
    found = tokenizer.encode_batch_fast(frame["text"].tolist(), add_special_tokens=False)
    frame["n_tokens"] = [len(one) for one in found]
    frame.to_parquet(lines.with_suffix(".pandas.parquet"))
    return len(frame)


def datasets_reads(lines: Path) -> int:
    """Into an Arrow cache on disk."""
    from datasets import load_dataset

    cache = str(lines.parent / "datasets-cache")
    return load_dataset("json", data_files=str(lines), split="train", cache_dir=cache).num_rows


def winnow_encodes(lines: Path) -> Callable[[], int]:
    """The bundled MiniLM by Winnow's encoder, as `embed` runs it."""
    import pyarrow as pa

    from selection.embedders.minilm import MiniLM

    texts = pa.array(_texts(lines), pa.large_string())
    embed = MiniLM.build({}).load({})
    return lambda: len(embed(texts))


def sentence_transformers_encodes(lines: Path) -> Callable[[], int]:
    """The same weights by `SentenceTransformer.encode` with its defaults."""
    from sentence_transformers import SentenceTransformer

    from selection.backend.model_folder import locate
    from selection.embedders.minilm import NAME

    model, texts = SentenceTransformer(str(locate(NAME)), device=None), _texts(lines)
    return lambda: len(model.encode(texts, normalize_embeddings=True))


def _texts(lines: Path) -> list[str]:
    return [json.loads(line)["text"] for line in lines.read_text(encoding="utf-8").splitlines()]


READERS: dict[str, Callable[[Path], int]] = {
    "pandas `read_json`: only reads": pandas_reads,
    "pandas, tokenizers, `to_parquet`: counts tokens, writes": pandas_counts_writes,
    "datasets `load_dataset`: reads, writes Arrow": datasets_reads,
}
ENCODERS: dict[str, Callable[[Path], Callable[[], int]]] = {
    "Winnow": winnow_encodes,
    "sentence-transformers `encode`, defaults": sentence_transformers_encodes,
}


def main(name: str, lines: Path) -> None:
    """Run one counterpart; print its documents and, for an encoder, the seconds after loading."""
    known = {function.__name__: function for function in (*READERS.values(), *ENCODERS.values())}
    result = known[name](lines)
    if callable(result):
        started = time.monotonic()
        result = result()
        print(json.dumps({"n_docs": result, "seconds": time.monotonic() - started}))
    else:
        print(json.dumps({"n_docs": result}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
