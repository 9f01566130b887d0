"""Choosing in a real browser: what a slider, a flip, a question, a click and a second visitor do is what the library says."""

import re

import selection

SEED = 0
_DOCUMENT = re.compile(r"^document [\d,]+ ·")


def drawn(space, method, budget_tokens, seed=SEED, **settings):
    chosen = [selection.method(method, settings)]
    return selection.preview(space, chosen, selection.sampler(chosen, None), budget_tokens, seed)


def read(page, n=0):
    """The number of a document that is open to read."""
    shown = page.get_by_text(_DOCUMENT).nth(n).inner_text()
    return int(shown.split()[1].replace(",", ""))


def test_a_slider_lists_the_documents_that_came_in_and_went_out(app, watch, screenshots):
    space = selection.find_workspace(app.root, "filled")
    total = selection.status(space).n_tokens
    before, after = (round(total * share) for share in (0.1, 0.2))
    seen = watch(app, height=1600)
    page = seen.open("select", workspace="filled", method="odis", budget_tokens=str(before))
    page.get_by_role("slider", name="Share of the corpus").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**budget_tokens={after}**")
    page.get_by_text("Changes", exact=True).click()
    page.get_by_label("Compared with").wait_for()
    seen.settle()
    assert page.get_by_label("Compared with").input_value() == "the setting before"
    # two presses are one move, or two of which the page tells the second
    past = [round(total * 0.1), round(total * 0.15)]
    now, tokens = drawn(space, "odis", after).copies(), selection.tokens(space)
    moves = [selection.swap(drawn(space, "odis", b).copies(), now, tokens) for b in past]
    told = page.get_by_text("tokens came in,").last.inner_text()
    (found,) = [m for m in moves if f"{m.tokens_in:,} tokens came in" in told]
    page.get_by_text(f"Came in ({found.n_in:,})", exact=True).wait_for()
    assert read(page) == found.came_in[0] and found.n_in > 0
    page.screenshot(path=screenshots / "select-swap.png")


def test_why_tells_the_verdict_of_the_library_and_a_click_turns_it(app, watch):
    space = selection.find_workspace(app.root, "filled")
    budget = selection.status(space).n_tokens // 4
    made = drawn(space, "odis", budget)
    kept, offered = made.copies() > 0, made.weighed.weights.log_weight > float("-inf")
    seen = watch(app, height=1600)
    for inside in (True, False):
        doc_id = int(((kept == inside) & offered).nonzero()[0][3])
        page = seen.open(
            "select", workspace="filled", method="odis", budget_tokens=str(budget), view="Why", doc=str(doc_id)
        )  # fmt: skip
        verdict = selection.why(space, made, doc_id).verdict
        page.get_by_test_id("stMarkdown").filter(has_text=verdict).first.wait_for()
        assert read(page) == doc_id
        page.get_by_role("button", name="Find the smallest change").click()
        first = page.locator(".st-key-why_flip_0 button").first
        assert "Token budget" in first.inner_text() or "Gate" in first.inner_text()
        first.click()  # sets it, and the document is on the other side
        turned = page.get_by_test_id("stMarkdown").filter(
            has_text=re.compile("(Left out|Never drawn):" if inside else "Kept:")
        )
        turned.first.wait_for()
        seen.settle()


def test_a_flip_turns_an_axis_round_and_back(app, watch):
    space = selection.find_workspace(app.root, "filled")
    scores = selection.axis_scores(space)[:, 0]
    ends = [int(scores.argmax()), int(scores.argmin())]
    seen = watch(app, height=2400)
    page = seen.open("axes", workspace="filled")
    assert [read(page, 0), read(page, 1)] == ends
    for expected in (ends[::-1], ends):
        page.get_by_role("button", name="Flip").first.click()
        high = page.get_by_text(_DOCUMENT).first
        seen.expect(high).to_contain_text(f"document {expected[0]:,} ")
        seen.settle()
        assert [read(page, 0), read(page, 1)] == expected


def test_a_point_of_a_frontier_opens_in_select(app, watch, screenshots):
    seen = watch(app, height=2400)
    page = seen.open("compare", workspace="filled")
    for title in ("Overlap in tokens", "Shared by exactly these", "Distinct documents"):
        page.get_by_text(title, exact=True).first.wait_for()
    page.screenshot(path=screenshots / "compare-subsets.png")
    page.get_by_text("Frontier", exact=True).click()
    seen.settle()
    values = page.get_by_label("Values of gate")
    values.fill("0, 0.5")
    values.press("Tab")
    seen.settle()
    page.get_by_label("Filters", exact=True).fill("Gopher rep")
    page.get_by_role("option", name="Gopher repetition").click()
    page.keyboard.press("Escape")
    seen.settle()
    page.get_by_role("button", name="Sweep", exact=True).click()
    page.get_by_text("Quality against diversity").wait_for()
    seen.settle()
    page.screenshot(path=screenshots / "compare-frontier.png")
    page.wait_for_timeout(1000)  # until Plotly listens
    at = page.locator(".scatterlayer .trace .points path").first.bounding_box()
    words = page.locator(".scatterlayer .textpoint").first.text_content()
    page.mouse.click(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.get_by_role("heading", name="Select", exact=True, level=1).wait_for()
    seen.settle()
    gate = float(words.removeprefix("gate "))
    space = selection.find_workspace(app.root, "filled")
    (found,) = selection.list_findings(space, "frontier")
    (point,) = [p for p in found["points"] if p["swept"]["gate"] == gate]
    assert list(point["methods"]) == ["gopher_repetition", "odis"]
    assert seen.metric("Documents").inner_text() == f"{point['row']['n_docs']:,.0f}"
    assert page.get_by_label("Workspace").input_value() == "filled"


def test_two_visitors_at_once_have_their_own_settings_and_one_workspace(app, watch):
    space = selection.find_workspace(app.root, "filled")
    one, two = watch(app), watch(app)
    first = one.open("select", workspace="filled", method="random", budget_tokens="3000")
    second = two.open("select", workspace="filled", method="longest", budget_tokens="9000")
    tokens = two.metric("Tokens").inner_text()
    first.get_by_label("Seed", exact=True).fill("7")
    first.get_by_label("Seed", exact=True).press("Enter")
    first.wait_for_url("**seed=7**")
    name = first.get_by_label("Name of the subset", exact=True)
    name.fill("of-one")
    name.press("Enter")
    first.get_by_role("button", name="Save subset").click()
    one.expect(first.get_by_text("Saved of-one")).to_be_visible()
    facts = selection.subset_facts(space, "of-one")
    try:
        assert (facts["methods"], facts["seed"], facts["budget_tokens"]) == (["random"], 7, 3000)
        assert two.metric("Tokens").inner_text() == tokens
        assert second.get_by_label("Token budget", exact=True).input_value() == "9000"
        two.visit("compare")
        second.get_by_text("of-one", exact=True).first.wait_for()
    finally:
        selection.delete_subset(space, "of-one")
