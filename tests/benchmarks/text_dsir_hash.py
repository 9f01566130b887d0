"""How near DSIR's option `fast` comes to the package's sha256, which is the default: Spearman's correlation of log weights.

On the 1,000 documents of the Pile sample against GSM8K. In 10,000 buckets each n-gram shares its own with others, and which
they are is up to the hash. So beside "fast and sha256" stands what sha256 reaches with itself when a salt precedes each
n-gram: two hashes of the same quality, which can differ in nothing but whom they put together.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa

from tests.benchmarks.corpora import DATASETS
from tests.benchmarks.tables import Cell
from tests.benchmarks.text_dsir import Rows, log_weights, target
from tests.text.slow_ngrams import SlowNGrams

N_BUCKETS = (10_000, 100_000, 1_000_000)
SALTS = ("", "a ", "b ", "c ")


def compare(corpus: Path | None = None) -> list[dict[str, Cell]]:
    """Rows of a table: buckets, and the least and mean correlation of each kind of pair; `corpus` is not read."""
    lines = (DATASETS / "web" / "pile.jsonl").read_text().splitlines()
    texts = pa.array([json.loads(line)["contents"] for line in lines], pa.large_string())
    rows, wanted = Rows(lambda: iter([texts])), target()
    made: list[dict[str, Cell]] = []
    for n_buckets in N_BUCKETS:
        fast = log_weights(rows, wanted, n_buckets=n_buckets, min_tokens=0, hashing="fast")
        slow = [_salted(rows, wanted, n_buckets, salt) for salt in SALTS]
        with_fast = [_rank_correlation(fast, each) for each in slow]
        among = [_rank_correlation(one, other) for one, other in combinations(slow, 2)]
        row: dict[str, Cell] = {"buckets": n_buckets, "fast and sha256": with_fast[0]}
        row["fast and salted sha256"] = f"{np.mean(with_fast):.4f} (least {min(with_fast):.4f})"
        row["sha256 and itself, salted"] = f"{np.mean(among):.4f} (least {min(among):.4f})"
        made.append(row)
    return made


def _salted(rows: Rows, wanted: list[str], n_buckets: int, salt: str) -> np.ndarray:
    from selection.methods.target.dsir import Dsir

    if not salt:
        return log_weights(rows, wanted, n_buckets=n_buckets, min_tokens=0)
    slow = SlowNGrams(2, n_buckets, salt)
    with patch.object(Dsir, "_features", lambda method: slow):
        return log_weights(rows, wanted, n_buckets=n_buckets, min_tokens=0)


def _rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    from scipy.stats import rankdata

    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])
