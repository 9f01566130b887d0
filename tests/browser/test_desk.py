"""The reading desk in a browser: judged by keys, gone on with after a reload, nothing told of where a text is from."""

import pytest

import selection
from selection.store import ratings
from tests.browser.conftest import fill


@pytest.fixture
def desk(serve, tmp_path, real_rows):
    space = selection.create(tmp_path / "workspaces" / "read")
    rows = [{**row, "id": f"uid-{n}", "source": "telltale"} for n, row in enumerate(real_rows(60))]
    fill(space, rows, 4)
    return serve(tmp_path / "workspaces"), space


def press(seen, key, n_done):
    """A key as a reader presses it, after a look at the page; waits for the next text."""
    seen.page.wait_for_timeout(400)
    seen.page.keyboard.press(key)
    seen.expect(seen.page.get_by_text(f"{n_done} of ")).to_be_visible()
    seen.settle()


def statuses(space, shown="documents"):
    (record,) = [r for r in selection.list_ratings(space) if r["pairs"] == (shown == "pairs")]
    return [given["status"] for given in ratings.answers(space, record["key"])]


def test_judging_by_keys_with_a_reload_in_the_middle(desk, watch, screenshots):
    app, space = desk
    seen = watch(app)
    page = seen.open("desk", workspace="read")
    plan = selection.open_desk(space, only=["grammar"], sample=60)
    texts = {
        row["doc_id"]: row["text"] for row in selection.read_documents(space, range(60), 20_000)
    }
    words = page.locator("body").inner_text()
    assert "telltale" not in words and "uid-" not in words, "the desk is blind"
    for number, key in enumerate("431", start=1):
        shown = page.get_by_test_id("stCode").inner_text().split()
        assert shown[:8] == texts[plan.tasks[number - 1].doc_ids[0]].split()[:8]
        press(seen, key, number)
    assert statuses(space) == ["rated"] * 3

    page.reload(wait_until="domcontentloaded")
    seen.expect(page.get_by_text("3 of 65 judgements")).to_be_visible()
    seen.settle()
    shown = page.get_by_test_id("stCode").inner_text().split()
    assert shown[:8] == texts[plan.tasks[3].doc_ids[0]].split()[:8]
    press(seen, "s", 4)
    press(seen, "u", 3)
    press(seen, "u", 2)
    seen.page.wait_for_timeout(400)
    page.get_by_role("button", name="as an edited publication").click()
    seen.expect(page.get_by_text("3 of ")).to_be_visible()
    press(seen, "2", 4)
    standing = selection.desk_standing(space, plan)
    assert (standing.n_rated, standing.n_skipped) == (4, 0)
    values = [
        given["ratings"][0]["value"]
        for given in ratings.answers(space, plan.key)
        if given["ratings"]
    ]
    assert values == [4, 3, 1, 5, 2] and statuses(space).count("withdrawn") == 2
    for number in range(5, 13):
        press(seen, "543"[number % 3], number)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    seen.expect(page.get_by_text("looked at again every 5 judgements")).to_be_visible()
    page.screenshot(path=screenshots / "desk-documents.png", full_page=True)


def test_a_key_pressed_several_times_judges_one_text(desk, watch):
    app, space = desk
    seen = watch(app)
    page = seen.open("desk", workspace="read")
    page.wait_for_timeout(400)
    for _ in range(3):
        page.keyboard.press("4")
    seen.expect(page.get_by_text("1 of 65 judgements")).to_be_visible()
    seen.settle()
    press(seen, "3", 2)
    plan = selection.open_desk(space, only=["grammar"], sample=60)
    kept = [
        (given["item"], given["ratings"][0]["value"]) for given in ratings.answers(space, plan.key)
    ]
    assert kept == [(plan.tasks[0].name, 4.0), (plan.tasks[1].name, 3.0)]


def test_pairs_are_judged_by_arrows(desk, watch, screenshots):
    app, space = desk
    seen = watch(app, dark=True)
    page = seen.open("desk", workspace="read", desk_shown_odis="pairs")
    assert page.get_by_test_id("stCode").count() == 2
    for number, key in enumerate(("ArrowLeft", "ArrowDown", "ArrowRight"), start=1):
        press(seen, key, number)
    assert statuses(space, "pairs") == ["rated"] * 3
    plan = selection.open_desk(space, pairs=True, only=["grammar"], sample=60)
    kept = list(ratings.answers(space, plan.key))
    assert [given["ratings"][0]["value"] for given in kept] == [0.0, 0.5, 1.0]
    assert [(g["doc_id"], g["other_id"]) for g in kept] == [t.doc_ids for t in plan.tasks[:3]]
    page.screenshot(path=screenshots / "desk-pairs.png")
