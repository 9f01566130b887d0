"""Decontamination: planted benchmark items are all found, named and placed, and nothing else is."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

import selection
from selection.workflow import weigh
from tests.conftest import DATASETS, own_documents, write_jsonl
from tests.text.test_passages import passages, words

BENCHMARKS = (
    "arc_easy",
    "arc_challenge",
    "openbookqa",
    "piqa",
    "winogrande",
    "humaneval",
    "gsm8k_test",
)
N_EACH = 40


def disguised(text: str, rng: np.random.Generator) -> str:
    """Typed differently: case, line breaks, spaces, quotes and digits changed; the words are the same."""
    text = [text.upper, text.lower, text.title, text.swapcase][rng.integers(4)]()
    text = text.translate({ord("'"): "’", ord('"'): "“"}) if rng.random() < 0.5 else text
    text = text.translate({ord(str(i)): str((i + 3) % 10) for i in range(10)})
    return "\n ".join(text.split()) if rng.random() < 0.5 else "  ".join(text.split(" "))


@pytest.fixture(scope="module")
def planted(tmp_path_factory, mix_small):
    """A workspace of real documents, some with an item in their middle; (row, target key, item) of each."""
    home = tmp_path_factory.mktemp("planted")
    rng = np.random.default_rng(5)
    texts = pq.read_table(mix_small, columns=["text"])["text"].to_pylist()
    space = selection.create(home / "planted")
    free = iter(rng.permutation(len(texts)).tolist())
    plants = []
    for name in BENCHMARKS:
        key = selection.add_target(space, DATASETS / "targets" / f"{name}.jsonl")
        items = selection.read_target(space, key)["text"].to_pylist()
        long = [i for i, item in enumerate(items) if passages(item, 12, 8)]
        for item in rng.choice(long, N_EACH, replace=False).tolist():
            row = next(free)
            middle = texts[row].find(" ", len(texts[row]) // 2)
            texts[row] = f"{texts[row][:middle]}\n{disguised(items[item], rng)}\n{texts[row][middle:]}"  # fmt: skip
            plants.append((row, name, item))
    selection.ingest(
        space, [write_jsonl(home / "planted.jsonl", [{"text": text} for text in texts])]
    )
    return space, plants, texts


def keys(space):
    return [facts["key"] for facts in selection.list_targets(space)]


def weights(space, **settings):
    method = selection.method("decontaminate", {"targets": keys(space), **settings})
    run = selection.weigh(space, [method])
    return weigh.compute(space, [method]).weights, run


def test_every_planted_item_is_found_and_nothing_else_is(planted):
    space, plants, texts = planted
    found, run = weights(space)
    rows = [row for row, _, _ in plants]
    assert np.isneginf(found.log_weight[rows]).all()  # recall 1.0
    sets = {
        facts["name"]: selection.read_target(space, facts["key"])["text"].to_pylist()
        for facts in selection.list_targets(space)
    }
    flagged = np.flatnonzero(np.isneginf(found.log_weight))
    for row in flagged:  # no false alarm: what is told is really there, in both texts
        item = sets[found.because["target"][row]][int(found.because["target_row"][row])]
        where, said = int(found.because["where"][row]), found.because["passage"][row]
        assert texts[row][where : where + len(said)] == said
        passage = tuple(words(said))
        assert passage in passages(item, 12, 8) or len(said) == 300
    shown = selection.contamination_labels(space, selection.list_contamination(space)[0].key)
    assert np.flatnonzero(shown.codes >= 0).tolist() == flagged.tolist()
    assert shown.names[shown.codes[flagged[0]]] == found.because["target"][flagged[0]]
    told = sum(row["documents"] for row in run.facts["found"])
    assert told == len(flagged) and found.log_weight[np.setdiff1d(np.arange(3000), flagged)].max() == 0  # fmt: skip


def test_a_planted_item_is_told_by_target_and_row(planted):
    space, plants, _ = planted
    found, _ = weights(space)
    right = [
        (found.because["target"][row], found.because["target_row"][row]) == (name, item)
        for row, name, item in plants
    ]
    assert (
        np.mean(right) > 0.9
    )  # the rest shares its first passage with another item, or held one before


def test_flagging_drops_nothing_and_says_the_same(planted):
    space, _, _ = planted
    dropped, _ = weights(space)
    flagged, _ = weights(space, mode="flag")
    assert (flagged.log_weight == 0).all() and "rule" not in flagged.because
    for name, column in flagged.because.items():
        np.testing.assert_array_equal(column, dropped.because[name])


@pytest.mark.parametrize("n_words", [8, 13])
def test_longer_passages_find_less_and_whatever_length_finds_the_plants(planted, n_words):
    space, plants, _ = planted
    found, _ = weights(space, n_words=n_words)
    usual, _ = weights(space)
    assert np.isneginf(found.log_weight[[row for row, _, _ in plants]]).all()
    fewer = min((usual, found), key=lambda w: np.isneginf(w.log_weight).sum())
    assert (fewer is found) == (n_words == 13)


def test_it_composes_with_a_method_and_its_reason_is_told(space, tmp_path):
    spam = {
        "text": "Click here to subscribe! Now, as every one of our many good friends has done before."
    }
    key = selection.add_target(
        space, write_jsonl(tmp_path / "bench.jsonl", [spam, {"text": "too short"}])
    )
    rows = [{"id": "bad", "text": "So they said: " + spam["text"] + " And more.", "source": "x"}]
    selection.ingest(space, [write_jsonl(tmp_path / "bad.jsonl", rows)])
    clean = selection.method("decontaminate", {"targets": [key]})
    run = selection.weigh(space, [clean])
    assert run.facts["learnt"] == [
        {"target": "bench", "items": 2, "passages": 5, "items_too_short": 1}
    ]
    assert run.facts["warning"] == "1 items have fewer than 8 words and cannot be found"
    assert run.facts["found"] == [{"target": "bench", "documents": 1, "items": 1, "passages": 5}]
    total = selection.status(space).n_tokens
    longest = selection.method("longest")
    drawn = selection.preview(space, [clean, longest], selection.sampler([clean, longest], None), total // 2)  # fmt: skip
    assert drawn.copies()[300] == 0
    reasons = [row for row in selection.picture(space, drawn).left_out if row["reason"].startswith("fails")]  # fmt: skip
    assert [(row["reason"], row["n_docs"]) for row in reasons] == [("fails no passage of bench", 1)]


def test_a_corpus_without_any_of_it_is_left_alone(tmp_path):
    space = selection.create(tmp_path / "clean")
    selection.ingest(space, [write_jsonl(tmp_path / "own.jsonl", own_documents(50))])
    item = {"text": "an item of which no word at all is in the corpus anywhere"}
    key = selection.add_target(space, write_jsonl(tmp_path / "b.jsonl", [item]))
    method = selection.method("decontaminate", {"targets": [key]})
    run = selection.weigh(space, [method])
    assert run.facts["found"] == [] and run.facts["n_drawable"] == 50
