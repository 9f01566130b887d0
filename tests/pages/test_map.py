"""The Map page on a small corpus, and the parts of the map by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import selection
from pages.widgets import composition, map_labels, outline, raster, scatter, style
from pages.widgets.colouring import Colouring
from selection.core.documents import Categories

SOURCES = Categories(np.array([0, 0, 1, 2, -1], np.int32), ("<b>web</b>", "books", "code"))


def healthy(page):
    assert not page.exception and not page.error, [e.value for e in [*page.exception, *page.error]]
    return page


def lasso(*corners):
    xs, ys = zip(*corners, strict=True)
    return {
        "selection": {
            "points": [],
            "point_indices": [],
            "box": [],
            "lasso": [{"x": list(xs), "y": list(ys)}],
        }
    }


@pytest.mark.parametrize(
    "colour", ["cluster", "source", "language", "grammar", "axis_1", "n_words"]
)
def test_every_colouring_opens_from_its_address(workspaces, open_page, colour):
    page = healthy(open_page("map", colour=colour))
    assert page.selectbox(key="colour").value == colour
    assert any("72 documents" in caption.value for caption in page.caption)


def test_a_lasso_counts_what_lies_inside(workspaces, open_page):
    points = selection.points(selection.find_workspace(workspaces, "tiny"))
    x = float(np.median(points[:, 0]))
    expected = int((points[:, 0] < x).sum())
    page = open_page("map")
    page.session_state["map_chart"] = lasso((-99, -99), (x, -99), (x, 99), (-99, 99))
    page = healthy(page.run())
    assert page.metric[0].label == "Documents" and page.metric[0].value == f"{expected}"


def test_words_put_their_documents_in_focus(workspaces, open_page):
    hits = selection.find_documents(selection.find_workspace(workspaces, "tiny"), "click here")
    page = healthy(open_page("map", find="CLICK here"))
    assert page.metric[0].value == f"{len(hits)}" and len(hits) == 18


def test_a_clicked_point_opens_its_document(workspaces, open_page):
    page = open_page("map")
    page.session_state["map_chart"] = {
        "selection": {"points": [{"customdata": 5}], "box": [], "lasso": []}
    }
    page = healthy(page.run())
    assert page.subheader[0].value == "Clicked document"
    assert any("document 5" in text.value for text in page.text)


def test_the_quick_preview_says_what_it_is_and_offers_the_better_map(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    selection.map(space, "pca")
    page = healthy(open_page("map"))
    assert any(caption.value.startswith("PCA preview") for caption in page.caption)
    assert any(button.label == "Make UMAP map" for button in page.button)


def test_the_legend_names_sources_inertly(workspaces, open_page):
    page = healthy(open_page("map", colour="source"))
    names = page.dataframe[0].value["name"].tolist()
    assert "**not bold** <b>x</b>" in names
    assert not any("<b>x" in block.value for block in page.markdown)


def test_without_documents_the_page_gives_advice(empty_workspace, open_page):
    page = open_page("map")
    assert not page.exception and page.info


def test_without_a_map_the_page_offers_to_make_one(tmp_path, monkeypatch, open_page):
    monkeypatch.setenv("WINNOW_WORKSPACES", str(tmp_path))
    (tmp_path / "a.txt").write_text("one small document")
    selection.ingest(selection.create(tmp_path / "fresh"), [tmp_path / "a.txt"])
    page = open_page("map")
    assert not page.exception and any("Embed" in button.label for button in page.button)


def test_outlines_are_read_and_the_listed_points_are_not():
    event = lasso((0, 0), (2, 0), (0, 2))
    event["selection"]["points"] = [{"customdata": 1}] * 3
    event["selection"]["box"] = [{"x": [5, 4], "y": [0, 1]}]
    area = outline.drawn_area(event)
    points = np.array([[0.5, 0.5], [1.5, 1.5], [4.5, 0.5], [6, 0.5]])
    assert area.holds(points).tolist() == [True, False, True, False]
    assert outline.clicked_document(event) is None
    assert not outline.drawn_area(None) and not outline.drawn_area({"selection": {}})


def test_the_figure_holds_every_document_once_as_float32_without_text():
    points = np.random.default_rng(0).normal(size=(5, 2))
    figure = scatter.figure(points, Colouring("Source", SOURCES))
    ids = np.concatenate([trace.customdata for trace in figure.data])
    assert sorted(ids.tolist()) == [0, 1, 2, 3, 4]
    for trace in figure.data:
        assert trace.x.dtype == np.float32 and trace.customdata.dtype == np.int32
        assert trace.text is None and trace.hovertext is None
        assert "<b>" not in trace.name and trace.type == "scattergl"
    assert figure.layout.yaxis.scaleanchor == "x"


def test_out_of_focus_is_grey_not_gone():
    points = np.zeros((5, 2))
    focus = np.array([True, False, False, True, False])
    figure = scatter.figure(points, Colouring("Source", SOURCES), focus)
    assert sum(len(trace.x) for trace in figure.data) == 5
    assert figure.data[0].name == "not in focus" and len(figure.data[0].x) == 3


def test_an_area_marks_its_documents_in_every_trace():
    points = np.arange(10, dtype=float).reshape(5, 2)
    area = outline.Area(boxes=(((-1, -1), (2.5, 3.5)),))
    figure = scatter.figure(points, Colouring("Source", SOURCES), None, area)
    marked = [trace.customdata[list(trace.selectedpoints)] for trace in figure.data]
    assert sorted(np.concatenate(marked)) == [0, 1]


def test_values_that_are_not_rated_get_a_trace_of_their_own():
    values = np.array([1.0, np.nan, 3.0])
    figure = scatter.figure(np.zeros((3, 2)), Colouring("S", values=values))
    assert [len(trace.x) for trace in figure.data] == [1, 2]


def test_large_maps_become_a_raster_of_every_document():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(scatter.EXACT_DOCS + 1, 2)).astype(np.float32)
    groups = Categories(rng.integers(0, 3, len(points)).astype(np.int32), ("a", "b", "c"))
    figure = scatter.figure(points, Colouring("Source", groups))
    assert figure.layout.images[0].source.startswith("data:image/png;base64,")
    assert sum(len(trace.x) for trace in figure.data) == scatter.RASTER_SAMPLE
    said = scatter.caption(points, Colouring("Source", groups), None)
    assert "Raster" in said and "50,001" in said and "4,000" in said


def test_a_raster_mixes_the_colours_of_a_pixel_and_is_clear_elsewhere():
    points = np.array([[0, 0], [0, 0], [10, 10], [5, 0]], np.float32)
    groups = Categories(np.array([0, 1, 0, 0], np.int32), ("a", "b"))
    shown = np.array([True, True, True, False])
    picture = np.array(raster.picture(points, Colouring("S", groups), shown, radius=0))
    first, second = (
        np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in style.CATEGORICAL[:2]
    )
    assert np.allclose(picture[-1, 0, :3], (first + second) / 2, atol=1)
    assert (picture[0, -1, :3] == first).all() and picture[-1, 0, 3] > picture[0, -1, 3]
    assert picture[450, 450, 3] == 0 and len(set(picture[-1, 450, :3])) > 1  # grey, out of focus
    assert (picture[..., 3] > 0).sum() == 3


def test_colours_of_close_clusters_differ():
    places = np.array([[0, 0], [0.1, 0], [10, 0], [10.1, 0]])
    found = map_labels.colours(places, np.array([4, 3, 2, 1]), 2)
    assert found[0] != found[1] and found[2] != found[3]


@given(st.integers(0, 2**31), st.integers(1, 40))
def test_titles_never_cover_each_other(seed, n):
    rng = np.random.default_rng(seed)
    labels = map_labels.place(
        ("two words, three",) * n, rng.uniform(0, 3, (n, 2)), rng.integers(1, 9, n), 0.01
    )
    assert labels
    for i, a in enumerate(labels):
        for b in labels[:i]:
            assert abs(a.y - b.y) > 0.14 or abs(a.x - b.x) > 0.6


def test_medians_skip_documents_without_a_group():
    points = np.array([[0, 0], [2, 4], [9, 9], [5, 5]], float)
    found = map_labels.medians(points, np.array([0, 0, -1, 2]), 3)
    assert found[0].tolist() == [1, 2] and np.isnan(found[1]).all() and found[2].tolist() == [5, 5]


def test_composition_stands_beside_the_corpus():
    found = composition.parts(SOURCES, np.array([True, False, True, False, True]), limit=2)
    assert [(p.n_docs, p.corpus_share) for p in found] == [(1, 0.4), (1, 0.2), (1, 0.2)]
    assert found[2].name == "1 more" and sum(p.share for p in found) == pytest.approx(1)
    figure = composition.figure(found)
    assert "&lt;b&gt;" in figure.layout.yaxis.ticktext[-1]


def test_a_dot_of_the_raster_is_a_disc_cut_at_the_edge():
    grid = np.zeros((5, 5), int)
    grid[2, 2] = 3
    assert raster.spread(grid, 1).sum() == 3 * 9 and raster.spread(grid, 2).sum() == 3 * 21
    grid = np.zeros((5, 5), int)
    grid[0, 0] = 1
    assert raster.spread(grid, 1).sum() == 4
    assert raster.spread(grid, 0) is grid
