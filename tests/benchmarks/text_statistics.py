"""All statistics of a text by Winnow's one pass, beside the four quality filters of datatrove; from Parquet to result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa

from tests.benchmarks import sides
from tests.benchmarks.sides import BATCH, batches
from tests.benchmarks.tables import Cell


def compare(corpus: Path) -> list[dict[str, Cell]]:
    """Rows of a table, see `sides`."""
    return sides.compare("text_statistics", corpus, "statistics", TITLES)


def winnow(corpus: Path, n_docs: int, n_cores: int) -> Callable[[], int]:
    """Every column of every heuristic signal that reads text row by row."""
    from selection.core.documents import Documents
    from selection.core.registry import catalogue
    from selection.core.signal import Signal
    from selection.workflow.ahead import ahead, spread

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
            yield self.sample(BATCH, needs)

    states = [signal.prepare(Head()) for signal in signals]  # type: ignore[arg-type]

    def score(text: pa.Array) -> int:
        docs = batch(text)
        return sum(
            len(values)
            for signal, state in zip(signals, states, strict=True)
            for values in signal.score(docs, state).values()
        )

    score(next(batches(corpus, 50)))
    n_batches = sum(1 for _ in batches(corpus, n_docs))
    return lambda: sum(spread(score, ahead(batches(corpus, n_docs)), n_batches))


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


SIDES: dict[str, sides.Side] = {"winnow": winnow, "datatrove": datatrove}
TITLES = {"winnow": "Winnow, every statistic", "datatrove": "datatrove, four quality filters"}


if __name__ == "__main__":
    sides.main(SIDES)
