"""What people decide in a real browser: lists by hand that outlive a re-draw, and constraints that cannot hold together."""

import csv

import numpy as np
import pytest

import selection
from selection.core.errors import ImpossibleMixture
from tests.browser.test_choosing import drawn

BUDGET = 6_000


@pytest.fixture
def space(app):
    """The workspace of the tests, its lists left as they were found."""
    found = selection.find_workspace(app.root, "filled")
    acts = len(selection.list_tags(found))
    yield found
    while len(selection.list_tags(found)) > acts:
        selection.undo_tag(found)


def test_documents_put_on_lists_stay_in_and_out_of_every_draw(app, watch, space, screenshots):
    kept = drawn(space, "longest", BUDGET).copies() > 0
    inside, outside = int(np.flatnonzero(kept)[2]), int(np.flatnonzero(~kept)[2])
    seen = watch(app, height=1600)
    page = seen.open(
        "select", workspace="filled", method="longest", budget_tokens=str(BUDGET), view="Why"
    )
    for doc_id, tag, told in (
        (inside, "exclude", "excluded by hand"),
        (outside, "include", "included by hand"),
    ):
        field = page.get_by_label("Document", exact=True)
        field.fill(str(doc_id))
        field.press("Enter")
        page.get_by_text(f"document {doc_id:,} ·").first.wait_for()
        seen.settle()  # the tags below the text may still be those of the document before
        page.get_by_role("button", name=tag, exact=True).click()
        page.get_by_test_id("stMarkdown").filter(has_text=told).first.wait_for()
        seen.settle()
    page.get_by_text("1 excluded").first.wait_for()
    assert page.get_by_text("but fitted on").count()
    page.screenshot(path=screenshots / "select-by-hand.png")
    # another budget, another method, another visitor: the lists decide as before
    for method, budget in (("longest", 2 * BUDGET), ("random", BUDGET)):
        other = watch(app)
        page = other.open("select", workspace="filled", method=method, budget_tokens=str(budget))
        now = drawn(space, method, budget)
        assert now.copies()[inside] == 0 and now.copies()[outside] == 1
        assert other.metric("Tokens").inner_text() == f"{now.drawn.n_tokens:,}"
        page.get_by_text("1 included first").first.wait_for()
    page.get_by_text("Hand-made lists (2)").click()
    other.settle()
    page.wait_for_timeout(500)  # until the panel stands still
    page.get_by_role("button", name="Undo").click()
    other.expect(page.get_by_text("1 included first")).to_have_count(0)
    assert selection.tagged(space, "include").tolist() == []


def test_constraints_that_conflict_are_named_until_one_goes(app, watch, screenshots):
    space = selection.find_workspace(app.root, "filled")
    sources, n_tokens = selection.sources(space), selection.tokens(space)
    sizes = np.bincount(sources.codes, n_tokens)
    largest, budget = sources.names[int(sizes.argmax())], int(sizes.max())
    seen = watch(app, height=1600)
    wanted = f'"{largest}" >= 60%'
    page = seen.open(
        "select", workspace="filled", method="constrained", budget_tokens=str(budget), set_constrained_constraints=wanted
    )  # fmt: skip
    page.get_by_text("Mixture", exact=True).wait_for()
    page.get_by_role("button", name="Add a constraint").click()
    groups = page.get_by_label("Groups").nth(1)
    groups.fill(largest)
    page.get_by_role("option", name=largest, exact=True).click()
    error = page.get_by_test_id("stAlert").filter(has_text="cannot hold together")
    error.wait_for()
    seen.settle()
    told = error.locator("li").all_inner_texts()
    with pytest.raises(ImpossibleMixture) as impossible:
        drawn(space, "constrained", budget, constraints=[wanted, f'"{largest}" <= 15%'])
    assert told == list(impossible.value.conflict) and len(told) >= 2
    page.screenshot(path=screenshots / "select-conflict.png")
    page.locator(".st-key-set_constrained_constraints_1_drop button").first.click()
    page.get_by_text("Mixture", exact=True).wait_for()
    seen.settle()
    made = drawn(space, "constrained", budget, constraints=[f'"{largest}" <= 15%'])
    assert seen.metric("Tokens").inner_text() == f"{made.drawn.n_tokens:,}"
    share = (
        np.bincount(sources.codes, made.copies() * n_tokens)[sizes.argmax()] / made.drawn.n_tokens
    )
    assert share <= 0.15 + n_tokens.max() / budget


def test_compare_tells_what_the_library_tells(app, watch):
    space = selection.find_workspace(app.root, "filled")
    result = selection.compare(space, ["best", "chance"])
    (pair,) = result.pairs()
    seen = watch(app, height=2400)
    page = seen.open("compare", workspace="filled", control="false")
    alt = page.locator("[aria-label*='times chance']").first.get_attribute("aria-label")
    share = pair["shared_tokens"] / min(row["n_tokens"] for row in result.table())
    assert f"{share:.1%}, {pair['lift_tokens']:.2f} times chance" in alt
    with page.expect_download() as sent:
        page.get_by_role("button", name="Table as CSV").click()
    with open(sent.value.path(), newline="") as file:
        shown = {row["subset"]: row for row in csv.DictReader(file)}
    for row in result.table():
        for name in (
            "n_docs",
            "n_tokens",
            "distinct_documents",
            "length_ratio_low",
            "clusters_covered",
        ):
            assert float(shown[row["subset"]][name]) == pytest.approx(row[name]), name
