"""Decontamination by Winnow beside datatrove's filter: 12-word passages of seven benchmarks, from Parquet to flagged documents.

Building the index and loading the tokenizer are left out on both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyarrow as pa

from tests.benchmarks import sides
from tests.benchmarks.corpora import DATASETS
from tests.benchmarks.sides import batches
from tests.benchmarks.tables import Cell

N_WORDS = 12
_FILTERS: list = []  # datatrove's filter of this process, once it is made


def compare(corpus: Path) -> list[dict[str, Cell]]:
    """Rows of a table, see `sides`."""
    return sides.compare("text_passages", corpus, "decontamination", TITLES)


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


SIDES: dict[str, sides.Side] = {"winnow": winnow, "datatrove": datatrove}
TITLES = {"winnow": "Winnow", "datatrove": "datatrove, NGramsDecontFilter"}


if __name__ == "__main__":
    sides.main(SIDES)
