"""The Axes page on a small corpus, and the numbers behind its charts by hand."""

import numpy as np
import pytest

import selection
from pages.widgets import axes_charts, axes_fit, axes_parts
from selection.primitives.axes_settings import AxesSettings
from selection.primitives.axis_tops import overlap_of_tops
from selection.primitives.principal_axes import fit_axes


def healthy(page):
    assert not page.exception and not page.error, [e.value for e in [*page.exception, *page.error]]
    return page


@pytest.fixture
def model():
    rng = np.random.default_rng(0)
    base = rng.normal(size=(400, 2))
    values = np.column_stack(
        [base[:, 0], base[:, 0] + 0.2 * rng.normal(size=400), base[:, 1], -base[:, 1]]
    )
    return fit_axes(values, [1, 1, 1, 1], ["a", "b", "c", "d"], AxesSettings(n_axes=2), rng)


def test_the_page_shows_axes_poles_tops_and_drift(workspaces, open_page):
    page = healthy(open_page("axes"))
    headings = {heading.value for heading in page.subheader}
    assert {
        "How many axes",
        "What they are made of",
        "High end",
        "Low end",
        "Do the tops overlap?",
    } <= headings
    assert {metric.label for metric in page.metric} >= {"Axes kept", "Mean overlap of two tops"}


def test_a_flip_turns_one_axis_round_and_a_second_flip_turns_it_back(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    before = selection.axis_scores(space)
    page = healthy(open_page("axes"))
    healthy(page.button(key="flip_2").click().run())
    turned = selection.axis_scores(space)
    assert np.allclose(turned[:, 1], -before[:, 1]) and np.allclose(turned[:, 0], before[:, 0])
    healthy(page.button(key="flip_2").click().run())
    assert np.array_equal(selection.axis_scores(space), before)


def test_fitting_on_chosen_signals_replaces_the_axes(workspaces, open_page):
    page = healthy(open_page("axes"))
    page.multiselect(key="axes_signals").set_value(["n_words", "compression_ratio", "grammar"])
    page = healthy(page.button(key="fit_axes").click().run())
    assert any("matched one to one" in caption.value for caption in page.caption)  # drift
    assert selection.axes_model(selection.find_workspace(workspaces, "tiny")).names == (
        "compression_ratio", "grammar", "n_words",
    )  # fmt: skip


def test_too_many_axes_is_one_sentence(workspaces, open_page):
    page = healthy(open_page("axes"))
    page.multiselect(key="axes_signals").set_value(["n_words", "grammar"])
    page.run()
    page.slider(key="axes_n_axes").set_value(9)
    page.button(key="fit_axes").click().run()
    assert not page.exception and "n" in page.error[0].value and "9" in page.error[0].value


def test_without_documents_the_page_gives_advice(empty_workspace, open_page):
    page = open_page("axes")
    assert not page.exception and page.info


def test_what_a_run_was_fitted_from_is_read_back(workspaces):
    space = selection.find_workspace(workspaces, "tiny")
    run = selection.axes(space, ["n_words", "grammar"], AxesSettings(scaling="rank_normal"), [1], 3)
    assert axes_fit.asked_for(run) == (
        ["grammar", "n_words"],
        AxesSettings(scaling="rank_normal"),
        [1],
    )


def test_scree_ends_at_all_of_the_variance(model):
    assert axes_charts.cumulative(model)[-1] == pytest.approx(1)
    figure = axes_charts.scree(model)
    assert list(figure.data[0].y) == pytest.approx(list(model.eigenvalues))
    assert len(set(figure.data[0].marker.color)) == 2  # kept, and not kept


def test_loadings_stand_by_axis(model):
    order = axes_charts.loading_order(model.loadings)
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset({0, 1}), frozenset({2, 3})}


def test_overlap_leaves_the_diagonal_empty():
    scores = np.column_stack([np.arange(100.0), np.arange(100.0), -np.arange(100.0)])
    found = overlap_of_tops(scores, np.ones(100, np.int64), 0.1)
    cells = np.array(axes_charts.overlap(found).data[0].z, float)
    assert np.isnan(np.diag(cells)).all() and cells[0, 1] == 1 and cells[0, 2] == 0
    assert axes_charts.mean_pair(found.pairwise) == pytest.approx(1 / 3)


def test_readings_of_a_turn():
    assert axes_parts.turning(0.999) == "the same"
    assert axes_parts.turning(-0.95) == "slightly turned, pointing the other way"
    assert axes_parts.turning(0.2) == "another axis"


def test_odis_is_taken_apart_on_demand(workspaces, open_page):
    page = healthy(open_page("axes"))
    assert not any(frame.key == "ablation_table" for frame in page.dataframe)
    page = healthy(page.button(key="ablate").click().run())
    table = next(frame.value for frame in page.dataframe if "variant" in frame.value)
    assert {"odis", "axis 1 alone", "raw dimensions", "shuffled axes"} <= set(table["variant"])
    assert table["mean quality"].between(0, 5).all() and (table["documents"] > 0).all()


def test_a_student_of_axes_is_told_of_and_the_fitted_ones_can_be_had_back(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    fitted = selection.status(space).axes.key
    healthy(open_page("axes"))
    run = selection.student(space, "guess", "axes")
    page = healthy(open_page("axes"))
    tables = [frame.value for frame in page.dataframe]
    n_axes = len(run.columns)
    assert any("rank correlation" in t and len(t) == n_axes for t in tables)
    assert any("by chance" in t and len(t) == n_axes * (n_axes - 1) // 2 for t in tables)
    choice = page.selectbox(key=f"axes_in_use_{run.key}")
    assert choice.value == run.key
    page = healthy(choice.set_value(fitted).run())
    assert selection.status(space).axes.key == fitted


def test_axes_may_be_fitted_on_what_a_reader_rated(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    desk = selection.open_desk(space, only=["grammar", "coherence", "reasoning"], sample=60)
    for number, task in enumerate(desk.tasks):
        selection.desk_record(space, desk, task, float(len(task.dimension) * number * 7 % 6))
    page = healthy(open_page("axes"))
    page = healthy(page.segmented_control(key="axes_rater").set_value("you").run())
    names = ["grammar__you", "coherence__you", "reasoning__you"]
    page = healthy(page.multiselect(key="axes_signals_you").set_value(names).run())
    page = healthy(page.button(key="fit_axes").click().run())
    assert selection.axes_model(space).names == tuple(sorted(names))
    scores = selection.axis_scores(space)
    assert np.isfinite(scores).all(axis=1).sum() == 60 and np.isnan(scores).any()
