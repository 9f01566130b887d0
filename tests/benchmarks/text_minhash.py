"""MinHash signatures beside the packages that people use, from Parquet to 112 minima per document, in one run.

Each tool runs in a process of its own after a small first call, so that neither starting nor compiling counts. The
packages get the words that `\\w+` finds in lower case, which costs them less than Winnow's simplification costs it. Seconds
of the processor say what one core does; seconds on the clock what the machine does, the packages with a process a core.

The last rows compare the permutations alone, from the same hashed shingles in memory.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks import process
from tests.benchmarks.sides import batches
from tests.benchmarks.tables import Cell

N_HASHES, LENGTH = 112, 5
_WORDS = re.compile(r"\w+")


def rows(corpus: Path, n_docs: int | None = None) -> list[dict[str, Cell]]:
    """Documents a second per core and on all cores, and how many times slower than Winnow each is."""
    made: list[dict[str, Cell]] = []
    for group in GROUPS:
        answers = {
            title: process.module("text_minhash", tool.__name__, corpus, str(n_docs or 0)).answer
            for title, tool in group.items()
        }
        own = next(iter(answers.values()))
        for title, answer in answers.items():
            made.append(
                {
                    "from … by": title,
                    "documents": answer["n_docs"],
                    "documents/s a core": answer["n_docs"] / answer["cpu_s"],
                    "documents/s in all": answer["n_docs"] / answer["wall_s"],
                    "Winnow ×, a core": answer["cpu_s"] / own["cpu_s"],
                    "Winnow ×, in all": answer["wall_s"] / own["wall_s"],
                }
            )
    return made


def _texts(corpus: Path, first: int, n_docs: int) -> pa.Array:
    return pq.read_table(corpus, columns=["text"]).slice(first, n_docs).column(0).combine_chunks()


def _shingles(text: str) -> list[str]:
    words = _WORDS.findall(text.lower())
    return [" ".join(words[i : i + LENGTH]) for i in range(len(words) - LENGTH + 1)]


def winnow(corpus: Path, first: int, n_docs: int) -> int:
    """A batch a core, the next ones read meanwhile; always from the first document on."""
    from selection.text.minhash import signatures
    from selection.workflow.ahead import ahead, spread

    def sign(text: pa.Array) -> int:
        return len(signatures(text, N_HASHES, LENGTH))

    return sum(spread(sign, ahead(batches(corpus, n_docs)), sys.maxsize))


def datasketch(corpus: Path, first: int, n_docs: int) -> int:
    """Its fastest way for many documents."""
    from datasketch import MinHash

    texts = _texts(corpus, first, n_docs).to_pylist()
    shingles = ([each.encode() for each in _shingles(text)] for text in texts)
    return sum(1 for _ in MinHash.generator(shingles, num_perm=N_HASHES))


def rensa(corpus: Path, first: int, n_docs: int) -> int:
    """Its bulk call, which returns one matrix."""
    from rensa import RMinHash

    texts = _texts(corpus, first, n_docs).to_pylist()
    shingles = [_shingles(text) for text in texts]
    RMinHash.digest_matrix_from_token_sets(shingles, N_HASHES, 1)
    return len(texts)


def winnow_permutes(starts: np.ndarray, hashes: np.ndarray) -> Callable[[], Any]:
    """The kernel that `signatures` calls, a document at a time, on one core."""
    from selection.text.minhash import sign_shingles

    return lambda: sign_shingles(starts, hashes, N_HASHES)


def rensa_permutes(starts: np.ndarray, hashes: np.ndarray) -> Callable[[], Any]:
    """Its call that takes hashes, which it needs in 64 bits."""
    from rensa import RMinHash

    wide, places = hashes.astype(np.uint64), starts.astype(np.uint64)
    return lambda: RMinHash.digest_matrix_from_flat_token_hashes(wide, places, N_HASHES, 1)


GROUPS: tuple[dict[str, Callable[..., Any]], ...] = (
    {
        "Parquet by Winnow": winnow,
        "Parquet by datasketch": datasketch,
        "Parquet by rensa": rensa,
    },
    {"hashes by Winnow": winnow_permutes, "hashes by rensa": rensa_permutes},
)


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the clock and of this process' threads on processors; the better of two runs."""
    spent = []
    for _ in range(2):
        wall, cpu = time.monotonic(), time.process_time()
        work()
        spent.append((time.monotonic() - wall, time.process_time() - cpu))
    return min(spent)


def _from_parquet(tool: Callable[..., int], corpus: Path, n_docs: int) -> tuple[float, float]:
    tool(corpus, 0, min(50, n_docs))
    if tool is winnow:
        return _timed(lambda: tool(corpus, 0, n_docs))
    n_cores = os.cpu_count() or 1
    each = -(-n_docs // n_cores)
    shards = [(corpus, first, each) for first in range(0, n_docs, each)]
    with multiprocessing.get_context("spawn").Pool(n_cores) as pool:
        pool.starmap(tool, [(corpus, 0, 50)] * n_cores)
        wall, _ = _timed(lambda: pool.starmap(tool, shards))
    _, cpu = _timed(lambda: tool(corpus, 0, n_docs))
    return wall, cpu


def main(name: str, corpus: Path, n_docs: int) -> None:
    """Run one tool; print its documents and seconds."""
    tool = {each.__name__: each for group in GROUPS for each in group.values()}[name]
    n_docs = n_docs or pq.ParquetFile(corpus).metadata.num_rows
    if tool in GROUPS[0].values():
        wall, cpu = _from_parquet(tool, corpus, n_docs)
    else:
        from selection.text.shingles import shingle_hashes

        work = tool(*shingle_hashes(_texts(corpus, 0, n_docs), LENGTH))
        work()
        wall, cpu = _timed(work)
    print(json.dumps({"n_docs": n_docs, "wall_s": wall, "cpu_s": cpu}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
