"""Tags and the lists by hand: what people name is what every draw keeps in and out, here and elsewhere."""

import json

import numpy as np
import pytest

import selection
from selection.core.errors import BadInput, BadSetting, ImpossibleBudget, UnknownName, WinnowError
from selection.store import query
from tests.conftest import own_documents, write_jsonl

BUDGET = 4_000


def drawn(space, method="random", budget=BUDGET, sampler=None, **settings):
    chosen = [selection.method(method, settings)]
    return selection.preview(space, chosen, selection.sampler(chosen, sampler), budget, 3)


def rows_of(space, sql):
    with query.select(space, sql) as reader:
        return reader.read_all().to_pylist()


def test_what_is_named_is_what_the_view_shows(tmp_path):
    urls = [
        "https://www.Blog.example.org:8080/a/b?x=1",
        "http://example.org",
        "http://notexample.org/a",
    ]
    lines = [{"id": f"d{i}", "text": f"text {i}", "url": url} for i, url in enumerate(urls)]
    space = selection.create(tmp_path / "space")
    selection.ingest(space, [write_jsonl(tmp_path / "rows.jsonl", lines)])
    for tag, kind, values, ids in (
        ("site", "url", ["example.org"], [0, 1]),
        ("page", "url", ["HTTPS://blog.example.org/a/"], [0]),
        ("elsewhere", "url", ["blog.example.org/ab", "org.example"], []),
        ("one", "uid", ["d2", "absent"], [2]),
    ):
        facts = selection.tag(space, tag, values, kind)
        assert (facts["n_docs"], facts["n_values"]) == (len(ids), len(values))
        assert selection.tagged(space, tag).tolist() == ids
        told = rows_of(space, f"SELECT doc_id, uid FROM tags WHERE tag = '{tag}' ORDER BY doc_id")
        assert told == [{"doc_id": i, "uid": f"d{i}"} for i in ids]
    assert selection.tags_of(space, [2, 0]) == [["one"], ["page", "site"]]
    assert selection.tag(space, "one", ["absent"])["n_matched"] == 0


def test_every_act_can_be_taken_back_and_opposites_exclude_each_other(space):
    selection.tag(space, "include", ["own/00001", "own/00002"])
    selection.tag(space, "exclude", ["own/00002"])
    assert selection.tagged(space, "include").tolist() == [1]
    assert selection.undo_tag(space).tag == "exclude"
    assert selection.tagged(space, "include").tolist() == [1, 2]
    selection.tag(space, "include", ["own/00001"], remove=True)
    assert [row["n_docs"] for row in selection.list_tags(space)] == [1]
    with (space.tags / "acts.jsonl").open("a") as file:
        file.write('{"number": 9, "tag": "inc')  # a kill in the middle of a line
    many = [f"own/{number:05d}" for number in range(250)]  # more than stand in a line
    selection.tag(space, "bulk", many)
    assert selection.tagged(space, "bulk").tolist() == list(range(250))
    for _ in range(3):
        assert selection.undo_tag(space)
    assert selection.undo_tag(space) is None and selection.list_tags(space) == []
    assert len((space.tags / "acts.jsonl").read_text().splitlines()) == 9  # nothing was overwritten


@pytest.mark.parametrize(
    ("method", "sampler"),
    [("random", None), ("longest", "top"), ("random", "copies"), ("random", "quota")],
)
def test_lists_are_honoured_within_the_budget(space, method, sampler):
    n_tokens = selection.tokens(space)
    free = drawn(space, method, sampler=sampler).copies()
    out, inside = np.flatnonzero(free)[:3], np.flatnonzero(free == 0)[:3]
    selection.tag_documents(space, "include", [*inside, int(out[0])])
    selection.tag_documents(space, "exclude", out[1:2])
    selection.tag_documents(space, "opt-out", [out[2], inside[2]])  # beats include
    result = drawn(space, method, sampler=sampler)
    copies = result.copies()
    assert copies[[*inside[:2], out[0]]].tolist() == [1, 1, 1]
    assert copies[[out[1], out[2], inside[2]]].tolist() == [0, 0, 0]
    total = int((copies * n_tokens).sum())
    assert total == result.drawn.n_tokens <= BUDGET
    assert BUDGET - total < n_tokens.max()
    assert selection.why(space, result, int(inside[0])).verdict.startswith("Kept: included by hand")
    assert selection.why(space, result, int(out[1])).verdict == "Never drawn: excluded by hand."
    assert selection.why(space, result, int(out[2])).verdict == "Never drawn: opted out."
    left_out = {row["reason"]: row["n_docs"] for row in selection.picture(space, result).left_out}
    assert left_out["opted out"] == 2 and left_out["excluded by hand"] == 1
    assert int(inside[0]) not in selection.near_cut(space, result).just_in[:5]


def test_a_document_is_named_more_closely_than_its_source(space):
    selection.tag(space, "exclude", ["web"], "source")
    selection.tag(space, "include", ["own/00002", "own/00000"])  # web and prose
    selection.tag(space, "include", ["notes"], "source")
    selection.tag(space, "exclude", ["own/00001"])  # of notes
    hand = selection.by_hand(space)
    assert {0, 2} <= set(hand.included) and 1 not in hand.included
    assert hand.counts() == {"include": 100 - 1 + 2, "exclude": 100 - 1 + 1, "opt-out": 0}
    selection.tag(space, "opt-out", ["notes", "prose", "web"], "source")
    assert selection.by_hand(space).counts() == {"include": 0, "exclude": 0, "opt-out": 300}


def test_what_is_included_may_fill_the_budget_but_not_exceed_it(space):
    n_tokens = selection.tokens(space)
    selection.tag_documents(space, "include", range(20))
    there = int(n_tokens[:20].sum())
    result = drawn(space, budget=there)
    assert np.flatnonzero(result.copies()).tolist() == list(range(20))
    assert "included by hand leaves 0 tokens" in selection.why(space, result, 30).verdict
    with pytest.raises(ImpossibleBudget, match="included by hand must fit the budget"):
        drawn(space, budget=there - 1)
    facts = selection.save_draw(space, result, "full")
    assert facts["n_tokens"] == there and facts["by_hand"]["include"] == 20


def test_lists_survive_another_ingest_and_travel_with_the_recipe(space, corpus_file, tmp_path):
    selection.tag(space, "include", ["own/00007"])
    selection.tag(space, "opt-out", ["own/00008", "late/00001"])
    selection.tag(space, "opt-out", ["notes"], "source")
    selection.tag(space, "favourite", ["own/00007"])
    selection.draw(space, [selection.method("random")], "best", BUDGET)
    manifest = selection.export(space, "best", tmp_path / "out")
    again = selection.apply(tmp_path / "out", [corpus_file], tmp_path / "again")
    assert again["same_input"] and again["manifest"]["files"] == manifest["files"]
    assert manifest["lists"]["facts"]["n_docs"]["opt-out"] == 101
    assert "opted out by hand too" in manifest["lists"]["facts"]["fitted_on"]
    kept = again["manifest"]["lists"]["artefact"]
    stored = np.load(tmp_path / "out" / "artefacts" / kept / "state.npz")["marks"].tobytes()
    assert set(json.loads(stored)) == {"include", "opt-out"}  # a free tag is nobody else's business

    late = [{**row, "id": row["id"].replace("own", "late")} for row in own_documents(60, 5)]
    other = write_jsonl(tmp_path / "late.jsonl", late)
    selection.apply(tmp_path / "out", [other], tmp_path / "elsewhere")
    import duckdb

    there = duckdb.sql(f"SELECT uid, source FROM '{tmp_path}/elsewhere/part-*.parquet'").fetchall()
    assert there and "late/00001" not in {uid for uid, _ in there}
    assert "notes" not in {source for _, source in there}

    selection.ingest(space, [other])
    assert {7} == set(selection.tagged(space, "include"))
    assert 301 in selection.tagged(space, "opt-out")


def test_what_opts_out_later_leaves_with_no_export(space, tmp_path):
    facts = selection.draw(space, [selection.method("random")], "old", BUDGET)
    rows = np.flatnonzero(selection.subset_copies(space, "old"))
    selection.tag_documents(space, "opt-out", rows[:2])
    with pytest.raises(WinnowError, match="2 documents of 'old' have since it was drawn"):
        selection.export(space, "old", tmp_path / "out")
    assert facts["by_hand"] == {} and not (tmp_path / "out").exists()


def test_refined_documents_keep_their_tags(space, tmp_path):
    selection.tag(space, "opt-out", ["own/00004"])
    selection.refine(space, selection.refiner("c4_lines"), tmp_path / "refined")
    refined = selection.open_workspace(tmp_path / "refined")
    uids = rows_of(refined, "SELECT DISTINCT uid FROM tags")
    assert uids in ([{"uid": "own/00004"}], []) and selection.tags_key(
        refined
    ) == selection.tags_key(space)


def test_documents_are_found_by_a_condition(space):
    selection.score(space, ["length"])
    uids = selection.documents_where(space, "n_words < 40 AND source = 'web'")
    expected = rows_of(
        space,
        "SELECT uid FROM documents JOIN signals USING (doc_id) WHERE n_words < 40 AND source = 'web'",
    )
    assert uids and sorted(uids) == sorted(row["uid"] for row in expected)
    with pytest.raises(BadSetting, match="exactly one SELECT|did not parse"):
        selection.documents_where(space, "true); DROP TABLE marks; SELECT (1")


@pytest.mark.parametrize(
    ("act", "error", "says"),
    [
        (lambda s: selection.tag(s, "../x", ["a"]), BadSetting, "a tag's name is"),
        (lambda s: selection.tag(s, "x", ["a"], "colour"), BadSetting, "uid, source, url"),
        (lambda s: selection.tag(s, "x", [" "]), BadSetting, "at least one uid"),
        (lambda s: selection.tag(s, "x", ["a"], remove=True), UnknownName, "there is no tag 'x'"),
        (lambda s: selection.read_values(s.path), BadInput, "one value a line"),
    ],
)
def test_a_mistake_is_one_sentence(space, act, error, says):
    with pytest.raises(error, match=says):
        act(space)
