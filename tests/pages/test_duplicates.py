"""The Duplicates view on a small corpus, and its numbers by hand."""

import json

import numpy as np
import pytest

import selection
from pages.widgets import duplicate_charts
from tests.pages.test_quality import healthy

WORDS = (
    "river stone theory market engine measure garden signal vector compute reason because".split()
)


def texts():
    """40 different documents; then 4 once more, 4 twice more and 9 with its last words changed."""
    rng = np.random.default_rng(0)
    made = [" ".join(rng.choice(WORDS, 90)) for _ in range(40)]
    return [*made, made[4], made[4], made[7], made[9] + " **bold** <b>x</b>"]


@pytest.fixture
def doubled(no_workspaces, tmp_path):
    rows = [{"id": f"d{i}", "text": text, "source": "own"} for i, text in enumerate(texts())]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    space = selection.create(no_workspaces / "doubled")
    selection.ingest(space, [tmp_path / "rows.jsonl"])
    selection.score(space, ["near_duplicates", "exact_duplicates", "length"])
    return space


def test_what_is_counted(doubled):
    found = selection.duplicates(doubled, "near")
    tokens = selection.tokens(doubled)
    assert found.firsts.tolist() == [4, 7, 9] and found.sizes.tolist() == [3, 2, 2]
    assert (found.docs_in, found.docs_beside) == (7, 4)
    assert found.tokens_beside == tokens[40:].sum()
    assert found.classes == ("2", "3") and found.docs_by_class.tolist() == [4, 3]
    assert found.members(4).tolist() == [4, 40, 41]
    labels = selection.duplicate_labels(doubled, "near").codes
    assert labels[[4, 7, 9, 40, 41, 42, 43]].tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert (np.delete(labels, [4, 7, 9, 40, 41, 42, 43]) == -1).all()
    exact = selection.duplicates(doubled, "exact")
    assert exact.firsts.tolist() == [4, 7] and exact.docs_beside == 3
    assert selection.shingle_similarity(doubled, 4, 40) == 1
    assert selection.shingle_similarity(doubled, 9, 43) == pytest.approx(86 / 90)
    assert selection.shingle_similarity(doubled, 1, 2) == 0


def test_the_measured_curve_follows_the_formula(doubled):
    curve = selection.match_curve(doubled)
    assert curve.n_documents == 44 and curve.n_pairs.sum() == 44 * 24
    assert (np.diff(curve.measured_at) > 0).all()
    inside = (curve.low <= curve.expected) & (curve.expected <= curve.high)
    assert inside.mean() > 0.8
    figure, told = duplicate_charts.match_curve(curve)
    assert list(figure.data[1].y) == curve.rate.tolist() and "formula in brackets" in told


def test_the_view_shows_counts_and_two_documents_as_they_stand(doubled, open_page):
    page = healthy(open_page("quality", view="Duplicates"))
    assert [metric.value for metric in page.metric][:3] == ["3", "7", "4"]
    page.selectbox(key="cluster_near").select(2)
    healthy(page.run())
    assert [code.value for code in page.code] == [texts()[9], texts()[43]]
    assert any("95.6% of their runs" in caption.value for caption in page.caption)


def test_exact_duplicates_from_their_address(doubled, open_page):
    page = healthy(open_page("quality", view="Duplicates", duplicates="Exact duplicates"))
    assert [metric.value for metric in page.metric][:3] == ["2", "5", "3"]


def test_without_them_the_view_offers_to_look(no_workspaces, tmp_path, open_page):
    (tmp_path / "rows.jsonl").write_text(json.dumps({"text": "one two three"}) + "\n")
    space = selection.create(no_workspaces / "plain")
    selection.ingest(space, [tmp_path / "rows.jsonl"])
    selection.score(space, ["length"])
    page = healthy(open_page("quality", view="Duplicates"))
    assert page.button(key="score_duplicates").label == "Look for duplicates" and page.info


def test_a_corpus_without_duplicates_says_so(workspaces, open_page):
    page = healthy(open_page("quality", view="Duplicates", duplicates="Exact duplicates"))
    assert any("No two documents are the same" in told.value for told in page.info)
