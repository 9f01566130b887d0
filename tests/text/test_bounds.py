"""No kernel reads or writes outside its arrays, whatever a text holds: numba asks at every index, in a process of its own."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from selection.text import content, language, measure, minhash, ngrams, warm

_PARTS = [
    *"aA1t .\n\t-'@#:/{}[]<>\"!?%$ ",
    *"éßΩж東のक\u200b\u0301\U0001f600’“…—\u2028\x85\x00İ",
    "n't",
    "http://",
    "4111 1111",
]
_LENGTHS = 0, 1, 2, 3, 7, 8, 16, 17, 33, 100


def _texts() -> pa.Array:
    rng = random.Random(1)
    made = ["".join(rng.choices(_PARTS, k=rng.choice(_LENGTHS))) for _ in range(1000)]
    return pa.array([*made, *(part * n for part in _PARTS for n in (1, 8, 24))], pa.large_string())


def check() -> None:
    """What the other process does; an index outside is an IndexError."""
    warm._begun.set()
    text = _texts()
    measure.measure(text)
    language.detect(text, language.FIRST_BYTES)
    content.content_hashes(text)
    ngrams.NGrams().counts(text)
    minhash.signatures(text, 8)


@pytest.mark.slow
def test_no_index_lies_outside_its_array(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from tests.text.test_bounds import check; check(); print('inside')",
        ],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)},
    )
    assert done.stdout == "inside\n", done.stderr
