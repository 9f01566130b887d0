"""The benchmarks run end to end on a small corpus, and their tables read back; no time is asserted."""

import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.benchmarks import corpora, memory, path, process, tables, text_minhash
from tests.conftest import own_documents


@pytest.fixture
def small_corpus(tmp_path):
    out = tmp_path / "small.parquet"
    pq.write_table(pa.Table.from_pylist(own_documents(120)), out)
    return out


def cells(table):
    header, rule, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()
    ]
    assert all(set(cell) <= set("-:") for cell in rule)
    assert all(len(row) == len(header) for row in rows)
    return [dict(zip(header, row, strict=True)) for row in rows]


def number(cell):
    return float(cell.replace(",", ""))


def test_path_measures_every_verb_that_is_not_left_out(small_corpus):
    heading, table, *rest = path.of_corpus(
        small_corpus, frozenset(path.FALLS_WITH["embed"] | {"weigh"}), ratios=False
    )
    assert heading.startswith("**small.parquet**: 120 documents")
    assert rest == ["Left out: cluster, embed, map, weigh."]
    found = {row["verb"]: row for row in cells(table)}
    assert [name.split()[0] for name in found][1:] == (
        "ingest score axes draw draw compare export export apply".split()
    )
    for row in found.values():
        assert number(row["wall s"]) > 0
        assert 5 < number(row["peak MB"]) < 2_000
    documents_a_second = number(found["ingest"]["documents/s"])
    assert documents_a_second == pytest.approx(120 / number(found["ingest"]["wall s"]), rel=0.02)


def test_memory_makes_ingests_and_exports_a_corpus_and_leaves_nothing(small_corpus, tmp_path):
    folder = tmp_path / "room"
    folder.mkdir()
    row = memory.row(small_corpus, folder, 0.05, ("parquet",))
    assert row["documents"] > 120  # the rows were repeated, and no id was taken for a duplicate
    assert 0.05 <= row["JSONL.gz MB"] < 0.5
    assert row["ingest peak MB"] > 5 and row["parquet peak MB"] > 5
    assert not any(folder.iterdir())
    assert "Export parquet: +0 MB" in memory.verdict([row], ("parquet",))


def test_the_peak_is_that_of_the_command_and_not_of_who_started_it():
    ballast = bytearray(os.urandom(1) * (400 << 20))  # resident here, not in the child
    small = process.run([sys.executable, "-S", "-c", "pass"])
    large = process.run([sys.executable, "-S", "-c", "b = bytearray(b'x' * (100 << 20))"])
    assert small.peak_mb < 60 < 100 < large.peak_mb < 300
    assert len(ballast) == 400 << 20


def test_a_command_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match="nowhere"):
        process.verb("score", tmp_path / "nowhere", "--all")


def test_repeated_rows_keep_their_text_and_change_their_id(small_corpus, tmp_path):
    import gzip
    import json

    out = corpora.write_repeated(small_corpus, tmp_path / "many.jsonl.gz", 0.05)
    rows = [json.loads(line) for line in gzip.open(out)]
    own = own_documents(120)
    assert len({row["id"] for row in rows}) == len(rows) > 240
    assert rows[0] == {**own[0], "id": "0/own/00000"}
    assert rows[121] == {**own[1], "id": "1/own/00001"}


def test_tables_show_three_digits():
    shown = [tables.shown(value) for value in (None, "odis", 12345.6, 12.345, 0.1234, 7)]
    assert shown == ["–", "odis", "12,346", "12.3", "0.12", "7"]


@pytest.mark.parametrize("tool", ["winnow", "datasketch", "rensa"])
def test_every_tool_signs_every_document(small_corpus, tool):
    if tool != "winnow":
        pytest.importorskip(tool)
    assert getattr(text_minhash, tool)(small_corpus, 0, 120) == 120


def test_permutations_are_timed_on_the_same_shingles(small_corpus):
    pytest.importorskip("rensa")
    from selection.text.shingles import shingle_hashes

    starts, hashes = shingle_hashes(pq.read_table(small_corpus).column("text").combine_chunks(), 5)
    ours = text_minhash.winnow_permutes(starts, hashes)()
    theirs = text_minhash.rensa_permutes(starts, hashes)()
    assert ours.shape == (120, 112) and theirs is not None


@pytest.mark.parametrize(
    ("name", "other", "package"),
    [("text_dsir", "data_selection", "data_selection"), ("text_passages", "datatrove", "spacy")],
)
def test_n_grams_are_timed_beside_their_counterparts(name, other, package, mix_small):
    ours = process.module(name, "winnow", mix_small, "150", "1").answer
    assert ours["seconds"] > 0 and ours["mb"] > 0
    pytest.importorskip(package)
    theirs = process.module(name, other, mix_small, "150", "1").answer
    assert theirs["mb"] == ours["mb"]
    if name == "text_dsir":
        assert theirs["result"] == ours["result"] == 150  # documents weighed
