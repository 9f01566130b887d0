"""Export holds one document part and one piece of the subset at a time, and their edges leave no trace."""

import pyarrow.parquet as pq
import pytest

import selection
from selection.store import columns, documents, subsets
from tests.conftest import own_documents, write_jsonl


@pytest.fixture
def in_many_parts(tmp_path, monkeypatch):
    """300 documents in parts of about 50, and a subset of about half of them."""
    monkeypatch.setattr(documents, "MAX_DOCS", 50)
    space = selection.create(tmp_path / "space")
    for start in range(0, 300, 50):
        rows = own_documents(300)[start : start + 50]
        selection.ingest(space, [write_jsonl(tmp_path / f"{start}.jsonl", rows)])
    half = int(columns.identity(space)[2].sum() // 2)
    selection.draw(space, [selection.method("random")], "half", half)
    assert len(documents.list_parts(space)) == 6
    return space


@pytest.mark.parametrize("at_once", [1, 7, 50, 1000])
def test_pieces_and_parts_may_end_anywhere(in_many_parts, tmp_path, monkeypatch, at_once):
    drawn = subsets.read(in_many_parts, "half").column("doc_id").to_pylist()
    monkeypatch.setattr(subsets, "ROWS_AT_ONCE", at_once)
    selection.export(in_many_parts, "half", tmp_path / "out")
    uids = pq.read_table(tmp_path / "out/part-00000.parquet").column("uid").to_pylist()
    assert uids == [f"own/{doc_id:05d}" for doc_id in drawn]


@pytest.mark.parametrize("format", ["parquet", "jsonl.zst", "csv", "hf"])
def test_nothing_is_read_for_the_whole_corpus_or_subset(
    in_many_parts, tmp_path, monkeypatch, format
):
    def refuse(*_):
        raise AssertionError("this holds a column of every document in memory")

    monkeypatch.setattr(documents, "read_columns", refuse)
    monkeypatch.setattr(subsets, "read", refuse)
    columns._identity.cache_clear()
    manifest = selection.export(in_many_parts, "half", tmp_path / "out", format)
    assert sum(file["n_docs"] for file in manifest["files"]) == manifest["n_docs"] > 100
