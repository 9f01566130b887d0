"""The audit of a workspace: dimensions against length and source, raters and versions against one another."""

import numpy as np

import selection
from tests.conftest import own_documents, write_jsonl


def test_an_attached_dimension_that_is_length_is_found_out(tmp_path):
    rows = own_documents(240)
    space = selection.create(tmp_path / "space")
    selection.ingest(space, [write_jsonl(tmp_path / "a.jsonl", rows)])
    selection.score(space, ["statistics", "lines", "language"])
    lines = [{"id": r["id"], "q": float(len(r["text"]))} for r in rows]
    np.save(tmp_path / "v.npy", np.random.default_rng(0).normal(size=(240, 4)).astype(np.float32))
    selection.attach(space, tmp_path / "v.npy", "embedding")
    file = str(write_jsonl(tmp_path / "q.jsonl", lines))
    selection.attach(space, tmp_path / "q.jsonl", "signals")
    found = selection.audit(space, ["q", "grammar__statistics"])
    assert found["q"].verdict().startswith("mostly document length")
    assert set(found["q"].told) == {"length", "source", "language", "formatting"}
    assert found["grammar__statistics"].told["formatting"] > found["q"].told["source"]

    assert selection.between_raters(space) == [] and selection.between_versions(space) == []
    selection.student(space, "mine", file, "q", dimension="grammar")
    (pair,) = selection.between_raters(space)
    assert (pair.name, pair.first, pair.second) == ("grammar", "mine", "statistics")
    assert pair.found.n == 240 and len(pair.found.rows) == 20
    taught = selection.student(space, "echo", "statistics", "grammar__statistics", "ngrams")
    compared = {(each.first, each.second): each for each in selection.between_raters(space)}
    assert set(compared) == {
        ("echo", "mine"),
        ("echo (held out)", "statistics"),
        ("mine", "statistics"),
    }
    echo = compared["echo (held out)", "statistics"]
    assert echo.found.n == taught.facts["learnt"][0]["n"] < 240 and not len(echo.found.rows)
    selection.student(space, "mine", file, "q", dimension="grammar", settings={"penalty": 100})
    (change,) = selection.between_versions(space)
    assert change.name == "grammar__mine" and change.found.spearman > 0.5
