"""RedPajama's rules as released, over whole real documents, and facts counted by hand."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from selection.text.measure import measure
from tests.text.slow_redpajama import redpajama

LOOSE = {
    "n_types",
    "entropy",
    "top_2",
    "top_3",
}  # what lower case in context and accents apart may change


def test_documents_agree_with_the_rules_as_released(mix_small: Path) -> None:
    texts = pq.read_table(mix_small, columns=["text"])["text"].to_pylist()[::3]
    rows = measure(pa.array(texts)).redpajama
    differing = 0
    for text, row in zip(texts, rows, strict=True):
        wanted = redpajama(text, by_character=False)
        wrong = {name for name in wanted if row[name] != pytest.approx(wanted[name], rel=1e-9)}
        assert wrong <= LOOSE, (wrong, text[:80])
        differing += bool(wrong)
    assert differing <= 1


def one(text: str):
    return measure(pa.array([text])).redpajama[0]


def test_punctuation_is_deleted_and_does_not_divide_words() -> None:
    row = one("Well-known facts, well known: facts")
    assert row["n_words"] == 5 and row["n_types"] == 4  # wellknown facts well known
    assert row["entropy"] == pytest.approx(-(2 / 5 * math.log(2 / 5) + 3 / 5 * math.log(1 / 5)))


def test_an_accent_counts_as_a_character() -> None:
    assert one("é e\u0301")["word_chars"] == 4


def test_tokens_sentences_and_lines() -> None:
    row = one('He said: "3.5 is 7!"\n\nYES…\n')
    assert row["n_tokens"] == 12  # He said : " 3 . 5 is 7 !" YES …
    assert row["n_alphabetic_tokens"] == 4
    assert row["n_sentences"] == 3 and row["n_lines"] == 3
    assert row["n_terminal_lines"] == 0
    assert row["upper_share_sum"] == pytest.approx(1 / 21 + 0 + 3 / 5)
    assert row["numeric_share_sum"] == pytest.approx(3 / 15)  # "he said 35 is 7"


def test_of_equally_frequent_pairs_the_first_counts() -> None:
    row = one("a b longer words a b longer words")
    assert row["top_2"] == 2 * 2 and row["top_3"] == 2 * 8
