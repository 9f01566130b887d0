"""Export and apply: the proof that a subset can be made again, byte for byte."""

import hashlib
import json

import duckdb
import pytest

import selection
from selection.core.errors import BadInput, UnknownName
from tests.conftest import own_documents, write_jsonl


def digest(folder):
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture
def drawn(space):
    selection.score(space)
    selection.axes(space)
    selection.draw(space, [selection.method("odis")], "best", 5_000, seed=4)
    return space


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """150 documents with MiniLM's vectors, clusters and the signals that stand on them."""
    folder = tmp_path_factory.mktemp("embedded")
    corpus_file = write_jsonl(folder / "corpus.jsonl", own_documents(150))
    space = selection.create(folder / "space")
    selection.ingest(space, [corpus_file])
    selection.embed(space)
    selection.cluster(space, settings={"n_clusters": 5})
    selection.score(space, ["prototypicality"])
    return space, corpus_file


@pytest.mark.parametrize("format", ["parquet", "jsonl.zst", "csv", "hf"])
def test_apply_re_creates_every_file_byte_for_byte(drawn, corpus_file, tmp_path, format):
    manifest = selection.export(drawn, "best", tmp_path / "out", format)
    report = selection.apply(tmp_path / "out" / "recipe.json", [corpus_file], tmp_path / "again")
    assert report["same_input"] and report["differing_docs"] == 0
    assert digest(tmp_path / "again") == digest(tmp_path / "out")
    for file in manifest["files"]:
        data = (tmp_path / "out" / file["path"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["size_bytes"])


def test_the_exported_rows_are_the_subset(drawn, tmp_path):
    selection.export(drawn, "best", tmp_path / "out", "parquet")
    rows = duckdb.sql(f"SELECT uid, n_tokens FROM '{tmp_path}/out/part-*.parquet'").fetchall()
    copies = selection.subset_copies(drawn, "best")
    assert len(rows) == int((copies > 0).sum())
    assert sum(n for _, n in rows) == int((copies * selection.tokens(drawn)).sum())


@pytest.mark.parametrize("method", ["quadmix", "qurating", "mean_of_signals", "random", "longest"])
def test_other_methods_apply_too(drawn, corpus_file, tmp_path, method):
    selection.draw(drawn, [selection.method(method)], "other", 4_000, seed=2)
    selection.export(drawn, "other", tmp_path / "out", "jsonl.zst")
    selection.apply(tmp_path / "out", [corpus_file], tmp_path / "again")
    assert digest(tmp_path / "again") == digest(tmp_path / "out")


CLUSTER_QUOTA = ("top_signal", {"signal": "prototypicality"}, "quota", {"stratum": "cluster"})


@pytest.mark.parametrize("choice", [("cluster_balanced", {}, None, {}), CLUSTER_QUOTA])
def test_clusters_of_a_real_embedding_apply_byte_for_byte(embedded, tmp_path, choice):
    name, settings, sampler, sampler_settings = choice
    space, corpus_file = embedded
    methods = [selection.method(name, settings)]
    picked = selection.sampler(methods, sampler, sampler_settings)
    selection.draw(space, methods, f"by-{name}", 3_000, 2, picked)
    selection.export(space, f"by-{name}", tmp_path / "out", "jsonl.zst")
    report = selection.apply(tmp_path / "out", [corpus_file], tmp_path / "again")
    assert report["differing_docs"] == 0
    assert digest(tmp_path / "again") == digest(tmp_path / "out")


def test_other_input_is_cut_where_the_recipe_says(drawn, tmp_path):
    selection.draw(drawn, [selection.method("random")], "top", 15_000)
    selection.export(drawn, "top", tmp_path / "out")
    other = write_jsonl(
        tmp_path / "other.jsonl",
        [{**r, "id": f"o/{i}"} for i, r in enumerate(own_documents(300, seed=8))],
    )
    report = selection.apply(tmp_path / "out", [other], tmp_path / "elsewhere")
    assert not report["same_input"]
    assert 0.5 < report["n_tokens"] / report["expected_tokens"] < 2
    recipe = json.loads((tmp_path / "elsewhere" / "recipe.json").read_text())
    assert recipe["drawn"]["n_docs"] == report["n_docs"]


def test_a_folder_with_files_is_not_written_into(drawn, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep")
    with pytest.raises(BadInput, match="new or empty folder"):
        selection.export(drawn, "best", tmp_path / "full")
    assert (tmp_path / "full" / "mine.txt").read_text() == "keep"


def test_unknown_format_and_subset_are_one_sentence(drawn, tmp_path):
    with pytest.raises(UnknownName, match="no subset 'bets'; did you mean best"):
        selection.export(drawn, "bets", tmp_path / "out")
    with pytest.raises(UnknownName, match="no export format 'xml'"):
        selection.export(drawn, "best", tmp_path / "out", "xml")
    assert not (tmp_path / "out").exists()


def test_a_recipe_that_is_none_is_one_sentence(tmp_path, corpus_file):
    (tmp_path / "recipe.json").write_text('{"format": 1}')
    with pytest.raises(BadInput, match=r"a recipe is the recipe\.json"):
        selection.apply(tmp_path / "recipe.json", [corpus_file], tmp_path / "out")
