"""The Quality page on a small corpus, and the numbers behind its charts by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import spearmanr

import selection
from pages.widgets import charts, heatmaps, style, summaries
from selection.core.documents import Categories
from tests.pages.conftest import unsaid

NAN = np.nan


def healthy(page):
    assert not page.exception and not page.error, [e.value for e in [*page.exception, *page.error]]
    return page


def test_overview_shows_every_dimension_and_its_tie_to_length(workspaces, open_page):
    page = healthy(open_page("quality"))
    said = " ".join(caption.value for caption in page.caption)
    assert said.count("median") >= 11 and said.count("length") >= 11
    assert "exact" in said


@pytest.mark.parametrize(
    "view", ["One signal", "Correlation", "Groups", "Duplicates", "Audit", "Students", "Models"]
)
def test_every_view_opens_from_its_address(workspaces, open_page, view):
    assert unsaid(healthy(open_page("quality", view=view))) == []


def test_what_was_learnt_from_a_sample_says_so_on_every_page(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    selection.score(space, ["statistics"], {"n_sampled": 64})
    selection.cluster(space, "hdbscan", {"fit_docs": 50, "reduce": "pca", "min_cluster_size": 5})
    learnt = "learnt from a sample of {}, applied to all 72 documents"
    for page, n, more in (("quality", 64, ", ± 17 percentage points"), ("map", 50, "")):
        said = " ".join(c.value for c in healthy(open_page(page)).caption)
        assert learnt.format(n) + more in said, page
    cards = " ".join(each.value for each in healthy(open_page("corpus")).markdown)
    assert learnt.format(50) in cards


def test_percentiles_of_a_sample_are_as_far_off_as_they_say():
    rng, n = np.random.default_rng(3), 400
    reach = float(style.percentiles(n, 10**6).split("± ")[1].split()[0]) / 100
    steps = np.arange(n + 1) / n
    drawn = np.sort(rng.random((2000, n)), axis=1)
    off = np.maximum(np.abs(drawn - steps[1:]), np.abs(drawn - steps[:-1])).max(axis=1)
    assert 0.93 < (off <= reach).mean() < 0.99


def test_the_documents_of_a_bar_are_those_that_it_counts():
    values = np.array([0.0, 1.0, np.nan, 2.5, 2.6, 10.0, 10.0])
    found = summaries.histogram(values)
    listed = [summaries.in_bins(values, [k]) for k in range(len(found.counts))]
    assert [len(ids) for ids in listed] == found.counts.tolist()
    assert listed[-1].tolist() == [5, 6] and summaries.in_bins(values, [0, 10]).tolist() == [
        0,
        3,
        4,
    ]


def test_a_clicked_bar_of_the_overview_lists_its_documents(workspaces, open_page):
    page = open_page("quality")
    values = selection.signal_values(selection.find_workspace(workspaces, "tiny"), "reasoning")
    found = summaries.histogram(values, 30)
    bar = int(found.counts.argmax())
    picked = {"points": [{"point_index": bar}], "point_indices": [bar], "box": [], "lasso": []}
    page.session_state["overview_clicked"] = "reasoning"
    page.session_state["spread_reasoning"] = {"selection": picked}
    page = healthy(page.run())
    told = f"{found.counts[bar]:,} documents by reasoning"
    assert any(caption.value.startswith(told) for caption in page.caption)


def test_a_clicked_bar_lists_its_documents(workspaces, open_page):
    page = open_page("quality", view="One signal", signal="number of words")
    values = selection.signal_values(selection.find_workspace(workspaces, "tiny"), "n_words")
    picked = {"points": [{"point_index": 0}, {"point_index": 1}], "point_indices": [0, 1]}
    page.session_state["signal_spread"] = {"selection": {**picked, "box": [], "lasso": []}}
    page = page.run()
    ids = summaries.in_bins(values, [0, 1])
    assert any(
        caption.value.startswith(f"{len(ids):,} documents by number of words")
        for caption in page.caption
    )
    listed = [frame.value for frame in page.dataframe if "number of words" in frame.value.columns]
    assert any(table["document"].tolist() == ids[: len(table)].tolist() for table in listed)


def test_one_signal_shows_facts_and_both_ends(workspaces, open_page):
    page = healthy(open_page("quality", view="One signal", signal="number of words"))
    assert {heading.value for heading in page.subheader} >= {
        "Highest documents",
        "Lowest documents",
    }
    assert any("mostly document length" in str(table.value.to_numpy()) for table in page.table)


def test_a_student_shows_its_figures_and_is_audited_beside_another_rater(workspaces, open_page):
    space = selection.open_workspace(workspaces / "tiny")
    asked = {"source": "length", "column": "n_words", "kind": "ngrams"}
    selection.student(space, "mine", **asked, dimension="grammar")
    page = healthy(open_page("quality", view="Students"))
    shown = {metric.label: metric.value for metric in page.metric}
    assert {"Rank correlation", "R²", "Off by, on average", "Right in its best tenth"} <= set(shown)
    assert any("72 ratings" in caption.value for caption in page.caption)
    page = healthy(open_page("quality", view="Audit", signals="number of words"))
    assert any("Mostly document length" in warning.value for warning in page.warning)
    assert {"mine", "statistics"} <= set(page.dataframe[0].value.iloc[0].astype(str))


def test_a_student_may_learn_from_what_a_reader_said(workspaces, open_page):
    space = selection.open_workspace(workspaces / "tiny")
    desk = selection.open_desk(space, pairs=True, only=["grammar"], sample=20)
    for task in desk.tasks[:3]:
        selection.desk_record(space, desk, task, 1.0)
    page = healthy(open_page("quality", view="Students"))
    offered = page.selectbox(key="student_lesson").options
    assert offered[:2] == ["all axes", "grammar by you, pairs"] and "number of words" in offered
    page = healthy(page.selectbox(key="student_lesson").set_value(1).run())
    assert page.selectbox(key="student_kind_pairs").options == ["Bradley-Terry on embeddings"]
    assert not page.button(key="train_student").disabled


def test_without_signals_the_page_offers_to_score(empty_workspace, no_workspaces, open_page):
    page = open_page("quality")
    assert not page.exception and page.info


def test_correlation_leaves_out_pairs_that_miss_a_value():
    values = np.array([[1, 2, 1], [2, 4, NAN], [3, 6, -1], [4, NAN, -2.0]])
    found = summaries.correlation(values)
    assert found[0, 1] == pytest.approx(1)
    assert found[0, 2] == pytest.approx(np.corrcoef([1, 3, 4], [1, -1, -2])[0, 1])
    assert found[1, 2] == pytest.approx(-1)


def test_each_correlation_of_a_sample_has_its_own_interval():
    """Nineteen in twenty samples come as near to the correlation of everything as they say."""
    rng = np.random.default_rng(4)
    for r in (0.0, 0.9):
        values = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], size=(600, 200))
        for by_rank in (False, True):
            truth = 6 / np.pi * np.arcsin(r / 2) if by_rank else r
            near = []
            for sample in values:
                found = summaries.correlation(summaries.ranks(sample) if by_rank else sample)
                n = summaries.pairs_rated(sample)
                near.append(abs(found - truth)[0, 1] <= summaries.reach(found, n, by_rank)[0, 1])
            assert 0.91 < np.mean(near) < 0.98
    n = summaries.pairs_rated(np.array([[1.0, np.nan], [2.0, 3.0], [np.nan, 4.0]]))
    assert n.tolist() == [[2, 1], [1, 2]]


def test_a_constant_signal_has_no_correlation():
    found = summaries.correlation(np.array([[1.0, 5], [2, 5], [3, 5]]))
    assert np.isnan(found[0, 1]) and np.isnan(found[1, 1]) and found[0, 0] == pytest.approx(1)


@given(hnp.arrays(np.float64, (12, 3), elements=st.integers(-9, 9).map(float)))
def test_rank_correlation_is_spearmans(values):
    found = summaries.correlation(summaries.ranks(values))
    for i, j in ((0, 1), (1, 2)):
        if np.ptp(values[:, i]) and np.ptp(values[:, j]):
            assert found[i, j] == pytest.approx(
                spearmanr(values[:, i], values[:, j]).statistic, abs=1e-9
            )


def test_signals_that_go_together_stand_side_by_side():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 500))
    noise = 0.1 * rng.normal(size=(500, 2))
    values = np.column_stack([a, b, a + noise[:, 0], -b + noise[:, 1]])
    order = summaries.clustered_order(summaries.correlation(values))
    assert abs(order.index(0) - order.index(2)) == 1 and abs(order.index(1) - order.index(3)) == 1


def test_length_ties_name_the_signal_that_is_length():
    rng = np.random.default_rng(0)
    n_tokens = rng.integers(1, 1000, 300)
    values = np.column_stack([np.log(n_tokens), -n_tokens, rng.normal(size=300), np.ones(300)])
    ties = summaries.length_ties(values, n_tokens)
    assert ties[0] == pytest.approx(1) and ties[1] == pytest.approx(-1)
    assert abs(ties[2]) < summaries.LENGTH_LIMIT and np.isnan(ties[3])


def test_histogram_counts_every_document_once():
    values = np.concatenate([np.linspace(0, 1, 2_000), [1e6], [NAN, NAN]])
    found = summaries.histogram(values)
    assert found.counts.sum() + found.n_below + found.n_above == 2_001
    assert found.n_above == 1 and found.n_missing == 2
    assert summaries.histogram(np.array([2.0, 2.0])).counts.sum() == 2
    assert summaries.histogram(np.full(3, NAN)).n_missing == 3


def test_small_whole_numbers_get_a_bin_each():
    found = summaries.histogram(np.array([0, 1, 1, 5.0]))
    assert found.counts.tolist() == [1, 2, 0, 0, 0, 1]


def test_group_means_and_percentiles_skip_what_is_not_rated():
    codes = np.array([0, 0, 1, 1, -1])
    values = np.array([1.0, 3.0, NAN, 4.0, 100.0])
    assert summaries.group_means(values[:, None], codes, 3)[:, 0] == pytest.approx(
        [2, 4, NAN], nan_ok=True
    )
    assert summaries.five_numbers(values, codes, 2)[:, 2] == pytest.approx([2, 4])


def test_ends_are_ordered_and_rated():
    top, bottom = summaries.ends(np.array([3, NAN, 1, 2.0]), 2)
    assert top.tolist() == [0, 3] and bottom.tolist() == [2, 3]


def test_names_are_escaped_in_figures():
    groups = Categories(np.array([0, 1], np.int32), ("<b>bold</b>", "a & b"))
    figure = charts.boxes(np.array([1.0, 2.0]), groups)
    assert "<b>" not in "".join(figure.layout.yaxis.ticktext)
    matrix = heatmaps.matrix(np.eye(2), ["<i>x", "y"], ["<i>x", "y"])
    assert matrix.layout.xaxis.ticktext[0] == "&lt;i&gt;x"


def test_spread_and_length_bars_draw_the_numbers_they_are_given():
    figure = charts.spread(np.arange(100.0))
    assert sum(figure.data[0].y) == 100
    bars = charts.length_bars(["a", "b"], np.array([0.9, -0.1]))
    assert list(bars.data[0].x) == [-0.1, 0.9]


def test_cells_are_written_short_and_without_a_negative_zero():
    values = np.array([[0.854, -0.691, -0.001, 1.0, NAN]])
    assert heatmaps.written(values, ".2f") == [[".85", "-.69", ".00", "1.00", ""]]
    assert heatmaps.written(np.array([[0.09, 0.0]]), ".0%") == [["9%", "0%"]]


def test_a_classifier_is_trained_on_target_sets_and_tells_how_it_does(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    page = open_page("quality", view="Classifier")
    assert not page.exception and page.button(key="start_ngram_classifier").disabled
    assert any("Add a file" in caption.value for caption in page.caption)
    (workspaces / "shouts.jsonl").write_text('{"text": "CLICK HERE THE COMMITTEE MEASURES"}\n' * 30)
    key = selection.add_target(space, workspaces / "shouts.jsonl")
    page = open_page("quality", view="Classifier")
    assert not page.exception and not page.button(key="start_ngram_classifier").disabled
    assert page.multiselect(key="set_ngram_classifier_negatives").value == []
    selection.score(space, ["ngram_classifier"], {"targets": [key]})
    page = page.run()
    assert not page.exception and page.dataframe[0].value["auc"].between(0, 1).all()
