"""Nearest documents: of a document and of a sentence, against the plain product of all vectors."""

import json
import re

import numpy as np
import pytest

import selection
from selection.__main__ import main
from selection.core.errors import BadSetting
from selection.primitives.neighbours import Neighbours
from selection.primitives.vector_blocks import Shards
from selection.store import runs
from selection.workflow import load, search
from tests.conftest import write_jsonl


def test_the_nearest_of_a_document_are_those_of_the_plain_product(scored):
    vectors = np.concatenate(runs.read_vectors(scored, load.embedding_run(scored)))
    vectors = vectors.astype(np.float64)
    cosine = vectors @ vectors[7] / np.linalg.norm(vectors, axis=1) / np.linalg.norm(vectors[7])
    cosine[7] = -2
    found = selection.nearest(scored, 7, k=12)
    assert found.recall == 1.0 and found.exact and 7 not in found.doc_id
    assert found.how_sure == f"exact, {len(vectors):,} documents"
    assert set(found.doc_id.tolist()) == set(np.argsort(-cosine)[:12].tolist())
    assert np.allclose(found.cosine, np.sort(cosine)[::-1][:12], atol=2e-3)


def test_another_k_searches_the_same_index_and_only_the_recall_is_of_k(scored, monkeypatch):
    """The index was once kept per k, and with it a copy of all vectors."""
    built = []

    def inverted(vectors: Shards) -> Neighbours:
        built.append(type(vectors))
        return Neighbours(vectors, exact_to=100)

    monkeypatch.setattr(search, "Neighbours", inverted)
    for cached in (search._index, search._recall):
        cached.cache_clear()
    try:
        found = [selection.nearest(scored, 7, k=k) for k in (3, 12, 12)]
    finally:
        for cached in (search._index, search._recall):
            cached.cache_clear()
    assert built == [Shards]
    assert all(0.5 < one.low <= one.recall <= one.high <= 1 and not one.exact for one in found)
    assert re.fullmatch(
        r"approximate among 400 documents: recall [\d.]+ % \([\d.]+ to [\d.]+\), a sample of 200 documents",
        found[0].how_sure,
    )
    assert [len(one.doc_id) for one in found] == [3, 12, 12]


def test_a_sentence_finds_the_document_that_says_it_otherwise(tmp_path):
    rows = [
        {"id": "a", "text": "Interest rates were raised by the central bank on Thursday."},
        {"id": "b", "text": "The recipe needs two eggs, flour and a pinch of salt."},
        {"id": "c", "text": "A goalkeeper saved the penalty in the last minute."},
    ]
    space = selection.create(tmp_path / "space")
    selection.ingest(space, [write_jsonl(tmp_path / "rows.jsonl", rows)])
    selection.embed(space)
    assert selection.nearest(space, "how to bake a cake", k=1).doc_id.tolist() == [1]
    assert selection.nearest(space, "monetary policy", k=1).doc_id.tolist() == [0]
    assert selection.nearest(space, 0, k=50).doc_id.tolist().count(0) == 0


def test_what_cannot_be_searched_is_one_sentence(scored):
    with pytest.raises(BadSetting, match="attached from a file"):
        selection.nearest(scored, "a sentence")
    with pytest.raises(BadSetting, match="doc_id is 0 to 399, got 400"):
        selection.nearest(scored, 400)


def test_the_shell_says_whether_a_search_is_exact(scored, capsys):
    assert main(["nearest", str(scored.path), "--doc", "7", "--k", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["doc_id"] for row in told["nearest"]] == selection.nearest(
        scored, 7, k=3
    ).doc_id.tolist()
    assert told["exact"] and told["recall"] == 1 and told["n_docs"] == 400
    assert main(["nearest", str(scored.path), "--doc", "7"]) == 0
    assert "exact, 400 documents" in capsys.readouterr().out
    assert (
        main(["nearest", str(scored.path)]) == 2
        and "takes a sentence or" in capsys.readouterr().err
    )
