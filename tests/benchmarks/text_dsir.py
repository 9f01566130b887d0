"""DSIR by Winnow beside the authors' package: the corpus' counts, the target's, and every document's log weight, from Parquet.

Both hash words and word pairs into 10,000 buckets, by sha256, and sum over whole documents. The package starts its workers
inside its own time.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from selection.text import sha_buckets
from tests.benchmarks import sides
from tests.benchmarks.corpora import DATASETS
from tests.benchmarks.sides import batches
from tests.benchmarks.tables import Cell


def compare(corpus: Path) -> list[dict[str, Cell]]:
    """Rows of a table, see `sides`."""
    return sides.compare("text_dsir", corpus, "DSIR", TITLES)


def target() -> list[str]:
    """Questions and answers of the test part of GSM8K."""
    lines = (DATASETS / "targets" / "gsm8k_test.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return ["\n".join((r["context"], r["chain_of_thought"], r["answer"])) for r in rows]


class Rows:
    """Texts as a method is handed a corpus."""

    def __init__(self, texts: Callable[[], Iterator[pa.Array]]) -> None:
        self._texts = texts

    def stream(self, needs: object = None) -> Iterator[Any]:
        from selection.core.documents import Documents
        from selection.workflow.ahead import ahead

        for text in ahead(self._texts()):
            none = np.zeros(len(text), np.int64)
            yield Documents(none, none.astype(np.uint64), none, text=text)  # type: ignore[arg-type]


def log_weights(rows: Rows, wanted: list[str], **settings: Any) -> np.ndarray:
    """Winnow's, with the package's estimate; documents of any length where `settings` say so."""
    from selection.core.targets import Target
    from selection.methods.target.dsir import Dsir

    method = Dsir(smoothing=0, **settings)
    sets = [Target("0", "target", pa.array(wanted, pa.large_string()))]
    state = method.fit(rows, sets)  # type: ignore[arg-type]
    return np.concatenate([method.weigh(docs, state).log_weight for docs in rows.stream()])


def winnow(corpus: Path, n_docs: int, n_cores: int, hashing: str = "sha256") -> Callable[[], int]:
    wanted = target()
    log_weights(Rows(lambda: batches(corpus, 50)), wanted, hashing=hashing)
    sha_buckets.sha_of.cache_clear()  # nothing is known of the corpus when the clock starts
    return lambda: len(log_weights(Rows(lambda: batches(corpus, n_docs)), wanted, hashing=hashing))


def winnow_fast(corpus: Path, n_docs: int, n_cores: int) -> Callable[[], int]:
    return winnow(corpus, n_docs, n_cores, "fast")


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


SIDES: dict[str, sides.Side] = {
    "winnow": winnow,
    "winnow_fast": winnow_fast,
    "data_selection": data_selection,
    "tokens_by_re": tokens_by_re,
}
TITLES = {
    "winnow": "Winnow",
    "winnow_fast": "Winnow, its own hash",
    "data_selection": "data-selection 1.0.3, NLTK 3.10",
    "tokens_by_re": "data-selection 1.0.3, tokens by `re`",
}


if __name__ == "__main__":
    sides.main(SIDES)
