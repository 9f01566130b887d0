"""No kernel reads or writes outside its arrays, whatever a text holds: numba asks at every index, in a process of its own."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from selection.text import (
    content,
    cut_lines,
    key_words,
    language,
    measure,
    minhash,
    ngrams,
    passages,
    second_compiler,
    sentence_texts,
)
from selection.text.fasttext import FastText
from selection.text.fasttext_file import read_fasttext
from tests.conftest import DATASETS
from tests.text.slow_fasttext import Model, write

_PARTS = [
    *"aA1t .\n\t-'@#:/{}[]<>\"!?%$ ",
    *"éßΩΣж東のक\u200b\u0301\U0001f600’“…—\u2028\x85\x00İ\U0010ffff",
    "n't",
    "http://",
    "4111 1111",
    "[12]",
    "1.5",
    "one two three ",
]
_LENGTHS = 0, 1, 2, 3, 7, 8, 16, 17, 33, 100
_RULES = (
    cut_lines.C4Options(1000, 3, True, True, True, True, True),
    cut_lines.C4Options(5, 0, False, True, True, True, False),
    cut_lines.FineWebOptions(True, 30),
)
_FIVE = {"labels": list("vwxyz"), "counts": [20, 9, 9, 5, 1]}
_MODELS = (
    Model([b"</s>", b"t", "éß".encode()], **_FIVE, minn=2, maxn=4, longest=3),
    Model([b"a"], **_FIVE, minn=1, maxn=1, kept={3: 0, 17: 1}),
    Model([b"</s>", b"one"], **_FIVE, longest=1, bucket=0),
)


def _texts() -> pa.Array:
    """Made up and real, behind others: a slice, so that no document begins where the buffer does."""
    rng = random.Random(1)
    made = ["".join(rng.choices(_PARTS, k=rng.choice(_LENGTHS))) for _ in range(1000)]
    real = DATASETS / "mix_small.parquet"
    few = pq.read_table(real, columns=["text"])["text"].to_pylist()[::10] if real.exists() else []
    alike = (part * n for part in _PARTS for n in (1, 8, 24))
    return pa.array(["not read", *made, *alike, *few], pa.large_string()).slice(1)


def check(folder: Path) -> None:
    """What the other process does; an index outside is an IndexError."""
    second_compiler.begun.set()
    text = _texts()
    measures = measure.measure(text)
    first = measures.type_offsets[:-1]
    there = np.where(np.diff(measures.type_offsets) > 0, first, -1)
    key_words.words_of(text, measures, there[:, None])
    language.detect(text)
    language.detect(pa.array(["the quick brown fox " * 20] * 257), 300, 300)  # many pieces at once
    content.content_hashes(text)
    for hashing in ("fast", "sha256"):
        ngrams.NGrams(3, 1000, hashing).buckets(text)
    minhash.signatures(text, 8)
    sentence_texts.sentence_texts(text, 9)
    for rules in _RULES:
        cut_lines.cut_lines(text, rules)
    for n_words, shortest in ((12, 8), (2, 1)):
        passages.find_spans(text, passages.index_passages(text[::7], n_words, shortest))
    for model in _MODELS:
        FastText(read_fasttext(write(model, folder / "m.bin"))).probabilities(text)


@pytest.mark.slow
def test_no_index_lies_outside_its_array(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.text.test_bounds import check;"
        "check(Path(sys.argv[1])); print('inside')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)},
    )
    assert done.stdout == "inside\n", done.stderr
