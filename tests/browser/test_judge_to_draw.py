"""From what a judge says of a sample to a draw from all, in a browser: judge, student, axes, axis student, draw."""

import json
import re

import numpy as np
import pytest

import selection
from tests.browser.conftest import embedded
from tests.judge_server import JudgeServer, documents_of

N_DOCS, N_JUDGED = 120, 80
JOB_MS = 180_000
_LEANINGS = np.random.default_rng(0).normal(size=(2, 11))


def judged(request, number):
    """Eleven dimensions, each a mix of two things that can be seen in the text."""
    text = documents_of(request)[0]
    words = text.split()
    long = np.clip(np.mean([len(word) for word in words]) - 5, -3, 3)
    odd = np.clip(12 * (sum(c in "{}()[]=;_0123456789" for c in text) / len(text) - 0.05), -3, 3)
    told = np.array([long, odd]) @ _LEANINGS
    values = np.clip(2.5 + 0.6 * told, 0, 5)
    names = selection.dimensions()
    scores = zip(names, values.round(2).tolist(), strict=True)
    return json.dumps({name: {"reason": "as planted", "score": score} for name, score in scores})


@pytest.fixture
def asked(serve, tmp_path, real_rows, monkeypatch):
    """An app that offers the judge, over a workspace whose vectors are there."""
    space = selection.create(tmp_path / "workspaces" / "judged")
    embedded(space, real_rows(N_DOCS))
    selection.score(space, ["words", "lines"])
    with JudgeServer(judged) as server:
        monkeypatch.setenv("WINNOW_JUDGE_URLS", server.url)
        yield serve(tmp_path / "workspaces"), space, server


@pytest.mark.timeout(600)
def test_a_judge_of_a_sample_becomes_a_draw_from_all(asked, watch, screenshots):
    app, space, server = asked
    seen = watch(app, height=1400)
    _ask(seen, server)
    _teach(seen, screenshots)
    _fit(seen)
    _predict(seen, space, screenshots)
    page = seen.open("select", workspace="judged", method="odis", budget_tokens="4000")
    name = page.get_by_label("Name of the subset", exact=True)
    name.fill("by_judge")
    name.press("Enter")
    page.get_by_role("button", name="Save subset").click()
    seen.expect(page.get_by_text("Saved by_judge")).to_be_visible()
    page.screenshot(path=screenshots / "judge-5-drawn.png")

    axes, facts = selection.status(space).axes, selection.subset_facts(space, "by_judge")
    assert axes and axes.verb == "student" and axes.n_docs == N_DOCS > N_JUDGED
    assert 0 < facts["n_tokens"] <= 4000
    (record,) = selection.list_ratings(space)
    seen_by_judge = [row["doc_id"] for row in selection.judged_documents(space, record["key"], 0, N_DOCS)[0]]  # fmt: skip
    drawn = np.flatnonzero(selection.subset_copies(space, "by_judge"))
    assert np.setdiff1d(drawn, seen_by_judge).size, "what nobody judged is drawn as well"


def _ask(seen, server) -> None:
    page = seen.open("quality", workspace="judged", view="Judges")
    for label, value in (("Model", "lab/small"), ("Documents", str(N_JUDGED))):
        page.get_by_label(label, exact=True).fill(value)
        page.get_by_label(label, exact=True).press("Enter")
        seen.settle()
    page.get_by_role("button", name="Ask the judge").click()
    page.get_by_role("heading", name="What judges and readers said").wait_for(timeout=JOB_MS)
    seen.settle()
    assert len(server.requests) == N_JUDGED


def _teach(seen, screenshots) -> None:
    page = seen.open("quality", workspace="judged", view="Students")
    page.get_by_role("combobox", name="Learns from").click()
    page.get_by_role("option", name="grammar by small", exact=True).click()
    seen.settle()
    page.get_by_role("button", name="Train", exact=True).click()
    tile = page.get_by_test_id("stMetric").filter(has_text="Rank correlation")
    tile.wait_for(timeout=JOB_MS)
    seen.settle()
    told = tile.inner_text()
    assert re.search(r"0\.\d\d to 0\.\d\d, \d+ held out", told), told
    page.screenshot(path=screenshots / "judge-2-student.png", full_page=True)


def _fit(seen) -> None:
    page = seen.open("axes", workspace="judged")
    form = page.get_by_test_id("stExpander").filter(has_text="Fit axes")
    form.get_by_text("small", exact=True).click()
    seen.settle()
    form.get_by_role("button", name="Fit axes").click()
    page.get_by_text(re.compile(rf"{N_JUDGED}\b.*documents")).first.wait_for(timeout=JOB_MS)
    seen.settle()


def _predict(seen, space, screenshots) -> None:
    page = seen.page
    page.screenshot(path=screenshots / "judge-3-axes.png", full_page=True)
    page.get_by_role("button", name="Train on these axes").click()
    page.get_by_text(re.compile(r"A sample of \d+ documents held out")).wait_for(timeout=JOB_MS)
    seen.settle()
    page.screenshot(path=screenshots / "judge-4-axis-student.png", full_page=True)
