"""Refine: a new workspace with the same documents edited, a diff that can be read, and a lineage that recipes carry."""

from __future__ import annotations

import json

import pytest

import selection
from selection.core.errors import WinnowError
from selection.store import documents
from selection.workflow import refine
from tests.conftest import write_jsonl

PAGE = "Home\nThe river runs below the hills [4].\nNext page\nOld stones lie under the bridge.\n"


@pytest.fixture
def pages(tmp_path):
    """Nine documents with menu lines, one of them nothing but a menu."""
    rows = [{"id": f"d{n}", "text": PAGE + f"We met {n} times.", "source": "web"} for n in range(8)]
    rows.append({"id": "menu", "text": "Home\nNext", "source": "web", "extra": 7})
    file = tmp_path / "pages.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    space = selection.create(tmp_path / "raw")
    selection.ingest(space, [file])
    return space, file


def test_the_same_documents_edited_and_what_is_empty_set_aside(pages, tmp_path):
    space, _ = pages
    report = selection.refine(space, selection.refiner("c4_lines"), tmp_path / "clean")
    clean = selection.open_workspace(tmp_path / "clean")
    assert (report.n_docs, report.n_emptied, report.n_spans) == (8, 1, 8 * 3 + 2)
    row = selection.read_documents(clean, [3])[0]
    assert row["uid"] == "d3" and row["source"] == "web"
    assert row["text"] == (
        "The river runs below the hills .\nOld stones lie under the bridge.\nWe met 3 times."
    )
    assert 0 < row["n_tokens"] < selection.read_documents(space, [3])[0]["n_tokens"]
    _, bad = selection.quarantine(clean)
    assert [each["reason"] for each in bad] == ["nothing left after c4_lines"]
    ids = documents.read_columns(clean, ["doc_id"]).column(0).to_pylist()
    assert ids == list(range(8))


def test_the_diff_tells_the_document_as_it_was(pages, tmp_path):
    space, _ = pages
    selection.refine(space, selection.refiner("c4_lines"), tmp_path / "clean")
    clean = selection.open_workspace(tmp_path / "clean")
    pieces = selection.document_diff(clean, 2)
    assert "".join(piece["text"] for piece in pieces) == PAGE + "We met 2 times."
    gone = [(piece["text"], piece["rule"]) for piece in pieces if piece["rule"]]
    assert gone[:2] == [("Home\n", "no terminal punctuation"), ("[4]", "citation")]
    told = {row["rule"]: row["n_docs"] for row in selection.refined_rules(clean)}
    assert told == {"no terminal punctuation": 9, "citation": 8}


def test_the_documents_that_lost_most_come_first_and_those_that_are_gone_not_at_all(tmp_path):
    lost = ["", "A menu\n" * 3, "Home\n", "A menu\n" * 3 + "Home\n"]
    rows = [{"text": cut + "The river runs below the hills."} for cut in lost]
    rows.append({"text": "Home\n" * 50})  # nothing is left of it
    space = selection.create(tmp_path / "raw")
    selection.ingest(space, [write_jsonl(tmp_path / "pages.jsonl", rows)])
    selection.refine(space, selection.refiner("c4_lines"), tmp_path / "clean")
    clean = selection.open_workspace(tmp_path / "clean")
    told = [
        (row["doc_id"], row["n_spans"], row["n_chars"]) for row in selection.most_changed(clean)
    ]
    assert told == [(3, 4, 26), (1, 3, 21), (2, 1, 5)]
    assert selection.most_changed(clean, 1) == [{"doc_id": 3, "n_spans": 4, "n_chars": 26}]


def test_a_recipe_refines_raw_input_again_byte_for_byte(pages, tmp_path):
    space, file = pages
    selection.refine(space, selection.refiner("c4_lines", {"citations": False}), tmp_path / "one")
    one = selection.open_workspace(tmp_path / "one")
    selection.refine(one, selection.refiner("fineweb_lines"), tmp_path / "two")
    two = selection.open_workspace(tmp_path / "two")
    selection.score(two, ["length"])
    method = selection.method("top_signal", {"signal": "n_words"})
    budget = int(selection.tokens(two).sum() // 2)
    selection.draw(two, [method], "best", budget)
    selection.export(two, "best", tmp_path / "out", "jsonl.zst")
    steps = selection.subset_recipe(two, "best")["refined"]
    assert [(s["id"], s["settings"].get("citations")) for s in steps] == [
        ("c4_lines", False),
        ("fineweb_lines", None),
    ]
    report = selection.apply(tmp_path / "out/recipe.json", [file], tmp_path / "again")
    assert report["same_input"] and report["differing_docs"] == 0
    made = sorted(path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*"))
    for path in made:
        if (tmp_path / "out" / path).is_file():
            assert (tmp_path / "out" / path).read_bytes() == (
                tmp_path / "again" / path
            ).read_bytes()
    assert not list(tmp_path.glob("again.workspace*"))


def test_refine_goes_on_where_it_was_and_follows_a_corpus_that_grows(pages, tmp_path, monkeypatch):
    space, _ = pages
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"id": "late", "text": PAGE}) + "\n")
    selection.ingest(space, [more])  # a second part
    chosen, taken = selection.refiner("c4_lines"), refine._take

    def die(space, part, *rest):
        if part.number == 1:
            raise KeyboardInterrupt
        taken(space, part, *rest)

    monkeypatch.setattr(refine, "_take", die)
    with pytest.raises(KeyboardInterrupt):
        selection.refine(space, chosen, tmp_path / "clean")
    clean = selection.open_workspace(tmp_path / "clean")
    first = {path: path.stat().st_mtime_ns for path in clean.documents.iterdir()}
    monkeypatch.setattr(refine, "_take", taken)
    assert selection.refine(space, chosen, tmp_path / "clean").n_docs == 9
    assert all(path.stat().st_mtime_ns == made for path, made in first.items())
    assert selection.refine(space, chosen, tmp_path / "clean").n_docs == 9  # nothing to do


def test_other_documents_are_refused(pages, tmp_path):
    space, file = pages
    selection.refine(space, selection.refiner("c4_lines"), tmp_path / "clean")
    clean = selection.open_workspace(tmp_path / "clean")
    with pytest.raises(WinnowError, match="made by refine and takes no other documents"):
        selection.ingest(clean, [file])
    with pytest.raises(WinnowError, match="name another with --into"):
        selection.refine(space, selection.refiner("fineweb_lines"), tmp_path / "clean")
    with pytest.raises(WinnowError, match="name another with --into"):
        selection.refine(clean, selection.refiner("c4_lines"), space.path)


def test_benchmark_items_are_cut_out_and_a_recipe_cuts_them_again(space, corpus_file, tmp_path):
    item = "Which of these twelve quite ordinary words would ever be found in this order?"
    bench = tmp_path / "bench.jsonl"
    bench.write_text(json.dumps({"text": item}) + "\n")
    rows = [json.loads(line) for line in corpus_file.read_text().splitlines()]
    for row in rows[:20]:
        row["text"] = f"{row['text']} {'so it is said. ' * 40}{item} {'as they say. ' * 40}"
    file = tmp_path / "dirty.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dirty = selection.create(tmp_path / "dirty")
    selection.ingest(dirty, [file])
    key = selection.add_target(dirty, bench)
    selection.refine(dirty, selection.refiner("cut_passages", {"targets": [key]}), tmp_path / "cut")
    clean = selection.open_workspace(tmp_path / "cut")
    assert selection.refined_rules(clean)[0]["n_docs"] == 20
    found = selection.weigh(clean, [selection.method("decontaminate", {"targets": [key]})])
    assert found.facts["found"] == [] and found.n_docs == 300
    selection.draw(clean, [selection.method("longest")], "long", 3000)
    recipe = selection.subset_recipe(clean, "long")
    assert recipe["targets"] == {key: "bench"} and recipe["refined"][0]["artefact"]
    selection.export(clean, "long", tmp_path / "out", "parquet")
    report = selection.apply(tmp_path / "out", [file], tmp_path / "again")
    assert report["same_input"] and report["differing_docs"] == 0
    bytes_ = [(tmp_path / name / "part-00000.parquet").read_bytes() for name in ("out", "again")]
    assert bytes_[0] == bytes_[1]
