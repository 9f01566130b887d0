"""The Compare page: the numbers are the library's, beside the corpus and beside chance."""

from __future__ import annotations

import numpy as np

import selection
from pages.widgets import subset_charts, upset


def healthy(page):
    assert not page.exception and not page.error, [e.value for e in [*page.exception, *page.error]]
    return page


def test_an_empty_machine_points_to_corpus(no_workspaces, open_page):
    page = healthy(open_page("compare"))
    assert "no workspace yet" in page.info[0].value


def test_without_subsets_the_page_points_to_select(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    for facts in selection.list_subsets(space):
        selection.delete_subset(space, facts["name"])
    page = healthy(open_page("compare"))
    assert "no subset yet" in page.info[0].value


def test_the_table_is_the_librarys_comparison(workspaces, open_page):
    page = healthy(open_page("compare"))
    space = selection.find_workspace(workspaces, "tiny")
    rows = {row["subset"]: row for row in selection.compare(space, ["best", "chance"]).table()}
    shown = page.dataframe[0].value.set_index("")
    assert list(shown.columns) == ["best", "chance", "random, 3 seeds", "corpus"]
    assert shown.loc["Tokens", "best"] == f"{rows['best']['n_tokens']:,.0f}"
    told = shown.loc["Length over the corpus'", "best"]
    reach = (rows["best"]["length_ratio_high"] - rows["best"]["length_ratio_low"]) / 2
    assert told == f"{rows['best']['length_ratio']:.2f} ± {reach:.2f}"
    vendi = f"{rows['chance']['distinct_documents']:,.2f} ± "
    assert shown.loc["Distinct documents (Vendi)", "chance"].startswith(vendi)
    assert "±" in shown.loc["Clusters covered", "random, 3 seeds"]


def test_one_subset_is_compared_with_chance_alone(workspaces, open_page):
    page = healthy(open_page("compare", subsets="best"))
    assert list(page.dataframe[0].value.columns) == ["", "best", "random, 3 seeds", "corpus"]
    page = healthy(page.toggle(key="control").set_value(False).run())
    assert "Choose two subsets" in page.info[0].value


def test_documents_that_subsets_disagree_on_are_listed(workspaces, open_page):
    page = healthy(open_page("compare", control="false"))
    space = selection.find_workspace(workspaces, "tiny")
    best, chance = (selection.subset_copies(space, name) > 0 for name in ("best", "chance"))
    only_best = set(np.flatnonzero(best & ~chance).tolist())
    listed = next(table.value for table in page.dataframe if "document" in table.value.columns)
    assert set(listed["document"].tolist()) <= only_best and len(listed) == min(10, len(only_best))


def test_overlap_is_told_with_its_lift():
    share = np.array([[np.nan, 0.25], [0.25, np.nan]])
    lift = np.array([[4.0, 2.5], [2.5, 4.0]])
    fig, told = subset_charts.overlap(["a<", "b"], share, lift, "tokens")
    assert list(fig.data[1].text) == ["", "25.0%<br>2.50×", "25.0%<br>2.50×", ""]
    assert "b and a< 25.0%, 2.50 times chance" in told
    assert fig.layout.xaxis.ticktext[0] == "a&lt;"


def test_random_draws_are_a_band_of_their_interval():
    chance = np.array([[2.0, 1.8, 2.2]])
    best = {"best": np.array([[3.0, 2.9, 3.2]])}
    fig, _ = subset_charts.means(["grammar"], np.array([1.5]), best, chance)
    assert list(fig.data[0].base) == [1.8] and list(fig.data[0].x) == [2.2 - 1.8]
    assert fig.data[2].error_x.array[0] == 3.2 - 3.0


def test_an_upset_column_stands_beside_what_chance_gives():
    assert upset.expected([0], np.array([50, 20]), 100) == 40  # half, and not in a fifth
    regions = [
        {"members": [0], "n_docs": 45, "n_tokens": 9},
        {"members": [0, 1], "n_docs": 5, "n_tokens": 1},
    ]
    fig, told = upset.figure(["a<", "b"], regions, 100, "documents")
    assert list(fig.data[0].y) == [45, 5] and list(fig.data[0].customdata) == [47.5, 2.5]
    assert "a< and b alone: 5" in told and fig.layout.yaxis2.ticktext[0] == "a&lt;"


def test_subsets_are_compared_with_a_target(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    (workspaces / "shouts.jsonl").write_text('{"text": "CLICK HERE THE COMMITTEE MEASURES"}\n' * 20)
    key = selection.add_target(space, workspaces / "shouts.jsonl")
    page = open_page("compare")
    assert not page.exception
    page = page.multiselect(key="likeness_targets").set_value([key]).run()
    assert not page.exception
    table = next(frame.value for frame in page.dataframe if "reduction" in frame.value)
    wanted = selection.resemblance(space, table["subset"].tolist()[::2], [key])
    assert table["reduction"].tolist() == [row["kl_reduction"] for row in wanted]


def test_an_arena_and_a_frontier_are_shown_from_what_was_kept(workspaces, open_page):
    page = healthy(open_page("compare", compare_view="Arena"))
    assert "No arena yet" in page.info[0].value
    assert "odis" in page.multiselect(key="arena_methods").value
    space = selection.find_workspace(workspaces, "tiny")
    methods = [[selection.method(name)] for name in ("odis", "longest")]
    found = selection.arena(space, methods, 3_000, 2)
    page = healthy(open_page("compare", compare_view="Arena", arena=found["key"]))
    shown = page.dataframe[0].value.set_index("")
    assert list(shown.columns) == ["odis", "longest", "random, 2 seeds", "corpus"]
    assert "±" in shown.loc["Distinct documents (Vendi)", "odis"]
    page.multiselect(key="arena_filters").set_value(["exact"])
    healthy(page.run())
    behind = [[selection.method("exact"), *each] for each in methods]
    found = selection.arena(space, behind, 3_000, 2)
    page = healthy(open_page("compare", compare_view="Arena", arena=found["key"]))
    shown = page.dataframe[0].value.set_index("")
    assert list(shown.columns) == ["odis", "longest", "random, 2 seeds", "corpus"]
    assert shown.loc["Method", "odis"] == "Exact duplicates + ODiS"
    assert any("Every method behind exact" in caption.value for caption in page.caption)
    healthy(page.button(key="arena_delete").click().run())
    page = healthy(page.button(key="arena_delete").click().run())
    assert "No arena yet" in page.info[0].value
    selection.frontier(space, methods[0], {"gate": [0.0, 0.5]}, 3_000, n_control=2)
    page = healthy(open_page("compare", compare_view="Frontier"))
    assert page.selectbox(key="frontier_quality").value == "educational_value"
    assert any("beaten in both" in caption.value for caption in page.caption)
