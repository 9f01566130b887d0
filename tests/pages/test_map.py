"""The Map page on a small corpus, and the parts of the map by hand."""

import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import selection
from pages.widgets import composition, map_labels, map_state, outline, raster, scatter, style
from pages.widgets.colouring import Colouring
from pages.widgets.map import component, drawing, layers, served, tiled
from selection.core.documents import Categories

SOURCES = Categories(np.array([0, 0, 1, 2, -1], np.int32), ("<b>web</b>", "books", "code"))


def healthy(page):
    assert not page.exception and not page.error, [e.value for e in [*page.exception, *page.error]]
    return page


def lasso(*corners):
    """What a Plotly figure says of a lasso."""
    xs, ys = zip(*corners, strict=True)
    return {
        "selection": {
            "points": [],
            "point_indices": [],
            "box": [],
            "lasso": [{"x": list(xs), "y": list(ys)}],
        }
    }


def act(page, **event):
    """What the map says after a gesture."""
    page.session_state[component.KEY] = {"event": {"serial": len(str(event)), **event}}
    return healthy(page.run())


def view_of(page):
    """What the map on the page was sent."""
    (mounted,) = [e.proto for e in page.main.get("bidi_component")]
    return json.loads(mounted.json)


@pytest.mark.parametrize(
    "colour", ["cluster", "source", "language", "grammar", "axis_1", "n_words"]
)
def test_every_colouring_opens_from_its_address(workspaces, open_page, colour):
    page = healthy(open_page("map", colour=colour))
    assert page.selectbox(key="colour").value == colour
    assert any("72 documents" in caption.value for caption in page.caption)


def left_half(points):
    x = float(np.median(points[:, 0]))
    return [[-9, -9], [x, -9], [x, 99_999], [-9, 99_999]], int((points[:, 0] < x).sum())


def test_a_lasso_counts_what_lies_inside_and_greys_the_rest(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    points = layers.placed(selection.points(space))
    outline, expected = left_half(points)
    page = act(open_page("map"), kind="lasso", outline=outline)
    assert page.metric[0].label == "Documents" and page.metric[0].value == f"{expected}"
    sent = view_of(page)
    lit = np.unpackbits(np.frombuffer(fetched(sent["focus"]), np.uint8), bitorder="little")
    inside = np.flatnonzero(points[:, 0] < outline[1][0])
    assert sorted(layers.order(len(points))[np.flatnonzero(lit)]) == sorted(inside)
    assert sent["outlines"] == [outline]


def test_a_box_counts_and_a_double_click_undoes(workspaces, open_page):
    page = act(open_page("map"), kind="box", outline=[[-1, -1], [65_536, 65_536]])
    assert page.metric[0].value == "72"
    page = act(page, kind="none")
    assert not page.metric and view_of(page)["outlines"] == []


def test_an_outline_outlasts_another_page_and_the_button_clears_it(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    outline, expected = left_half(layers.placed(selection.points(space)))
    page = act(open_page("map"), kind="lasso", outline=outline)
    page.session_state[component.KEY] = {"event": None}  # as after a visit to another page
    page = healthy(page.run())
    assert page.metric[0].value == f"{expected}"
    page = healthy(page.button(key="map_clear").click().run())
    assert not page.metric


def test_an_outline_goes_when_the_map_grows(workspaces, open_page, tmp_path):
    space = selection.find_workspace(workspaces, "tiny")
    page = act(open_page("map"), kind="box", outline=[[-1, -1], [65_536, 65_536]])
    assert page.metric
    points = selection.points(space)
    (tmp_path / "more.jsonl").write_text('{"id": "far", "text": "one more document"}\n')
    selection.ingest(space, [tmp_path / "more.jsonl"])
    np.save(tmp_path / "grown.npy", np.vstack([points, [[900, 900]]]).astype(np.float32))
    selection.attach(space, tmp_path / "grown.npy", "map")
    page = healthy(page.run())
    assert not page.metric and len(fetched(view_of(page)["points"])) == 73 * 4


def test_without_webgl_the_map_is_a_figure_with_the_same_lasso(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    outline, expected = left_half(layers.placed(selection.points(space)))
    page = act(open_page("map"), kind="flat")
    assert any("no WebGL" in caption.value for caption in page.caption)
    page.session_state["map_chart"] = lasso(*outline)
    page = healthy(page.run())
    assert page.metric[0].value == f"{expected}"


def test_a_map_too_large_to_send_is_drawn_by_the_server_view_by_view(
    workspaces, open_page, monkeypatch
):
    monkeypatch.setattr(drawing, "MOST_POINTS", 10)
    space = selection.find_workspace(workspaces, "tiny")
    points = layers.placed(selection.points(space))
    outline, expected = left_half(points)
    page = act(open_page("map"), kind="lasso", outline=outline)
    assert page.metric[0].label == "Documents" and page.metric[0].value == f"{expected}"
    sent = view_of(page)
    assert "points" not in sent and sent["n"] == len(points)
    paint = served._SHELF.painters[sent["tiles"].rpartition("/")[2]]
    left = Image.open(io.BytesIO(paint((-99, -99, int(outline[1][0]), 65_600, 400, 400))))
    right = Image.open(io.BytesIO(paint((int(outline[1][0]) + 1, -99, 65_600, 65_600, 400, 400))))
    grey = {tuple(tiled._GREY)}
    assert {pixel[:3] for pixel in right.getdata() if pixel[3]} == grey  # outside the outline
    assert not grey & {pixel[:3] for pixel in left.getdata() if pixel[3]}
    x, y = points[7].tolist()
    told = served._SHELF.describers[sent["describe"].rpartition("/")[2]](x + 3, y, 50)
    assert told["place"] == [x, y] and ["document", "7"] in told["facts"]
    page = act(page, kind="click", at=[x + 3, y, 50])
    assert any(header.value == "Clicked document" for header in page.subheader)


def test_words_put_their_documents_in_focus(workspaces, open_page):
    hits = selection.find_documents(selection.find_workspace(workspaces, "tiny"), "click here")
    page = healthy(open_page("map", find="CLICK here"))
    assert page.metric[0].value == f"{len(hits)}" and len(hits) == 18


def test_vectors_from_a_file_can_be_searched_by_words_only(workspaces, open_page):
    page = open_page("map", find="a proof", by="meaning")
    assert not page.exception and not page.error
    assert "run `embed`" in page.warning[0].value.replace("\\", "")
    assert not page.metric


def test_what_was_found_by_meaning_is_read_nearest_first(monkeypatch, open_page, workspaces):
    hits = map_state.Hits(np.array([7, 3, 5]), "the 3 nearest", np.array([0.9, 0.5, 0.1]))
    colours = Colouring("Source", SOURCES)
    chosen = np.isin(np.arange(9), [3, 5, 7, 8])
    points = np.zeros((9, 2))
    assert map_state.ordered(points, chosen, colours, hits).tolist() == [7, 3, 5]
    space = selection.find_workspace(workspaces, "tiny")
    beside = map_state.beside(space, colours, np.array([3, 8]), hits)
    assert beside["cosine"] == [0.5, None]


def test_a_clicked_point_opens_its_document(workspaces, open_page):
    page = act(open_page("map"), kind="click", index=5)
    doc_id = layers.order(72)[5]
    assert page.subheader[0].value == "Clicked document"
    assert any(f"document {doc_id}" in text.value for text in page.text)


def test_no_text_travels_with_the_points(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    sent = view_of(healthy(open_page("map", colour="source")))
    for row in selection.read_documents(space, range(5)):
        assert row["text"][:30] not in json.dumps(sent)
    places = np.frombuffer(fetched(sent["points"]), "<u2").reshape(-1, 2)
    assert (places == layers.placed(selection.points(space))[layers.order(72)]).all()
    codes = np.frombuffer(fetched(sent["codes"]), np.uint8)
    labels = selection.sources(space).codes[layers.order(72)]
    assert len(np.unique(codes)) == len(np.unique(labels)) and len(sent["palette"]["colours"]) > 3


def fetched(address):
    return served._SHELF.layers[address.rpartition("/")[2]]


def test_a_subset_shows_what_it_keeps_and_where_it_keeps_too_little(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    name = selection.list_subsets(space)[0]["name"]
    page = healthy(open_page("map", colour=f"subset: {name}"))
    kept = selection.subset_copies(space, name) > 0
    assert any(f"{kept.sum()} kept" in caption.value for caption in page.caption)
    sent = view_of(page)
    codes = np.frombuffer(fetched(sent["codes"]), np.uint8)
    assert ((codes == len(sent["palette"]["colours"]) - 1) == ~kept[layers.order(72)]).all()
    told = [c.value for c in page.caption if "at random" in c.value]
    assert told and bool(sent["regions"]) == told[0].startswith("Kept at least")


def test_a_region_is_listed_by_its_commonest_group_and_narrows_the_focus(open_page):
    from streamlit.testing.v1 import AppTest

    def alone():
        import numpy as np
        import streamlit as st

        from pages.widgets.colouring import Colouring
        from pages.widgets.map import regions
        from selection.core.documents import Categories

        points = np.random.default_rng(0).normal(size=(5000, 2))
        codes = (points[:, 0] > 0).astype(np.int32)
        kept = np.random.default_rng(1).random(5000) < np.where(codes == 1, 0.9, 0.1)
        labels = Categories(np.where(kept, 0, -1), ("kept",))
        groups = Categories(codes, ("<b>left", "right"))
        found, focus, told = regions.panel(
            points, Colouring("S", labels, kept=kept), groups, None, ""
        )
        st.text(f"{len(found)} {0 if focus is None else focus.sum()} {told}")

    page = healthy(AppTest.from_function(alone).run())
    table = page.dataframe[0].value
    assert set(table["region"]) == {"<b>left", "right"} and len(table) >= 2
    assert (table["times"][table["kept"] == "▲"] > 1.5).all()
    assert (table["region"][table["kept"] == "▲"] == "right").all()
    page.session_state["map_regions"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page = healthy(page.run())
    assert page.text[0].value == f"{len(table)} {table['docs'][0]} 1 region"


def test_a_layer_that_the_server_has_forgotten_is_made_again(workspaces, open_page, monkeypatch):
    page = healthy(open_page("map"))
    first = view_of(page)
    served._SHELF.layers.clear()
    page = act(page, kind="stale")
    again = view_of(page)
    assert again["points"] == first["points"] and fetched(
        again["points"]
    )  # same layer, same address


def test_old_layers_go_when_they_hold_too_much(monkeypatch):
    monkeypatch.setattr(served, "_SHELF", served._Shelf())
    monkeypatch.setattr(served, "_MOST_BYTES", 100)
    first, second, third = (served.keep(bytes([n]) * 45) for n in range(3))
    assert not served.is_kept(first) and served.is_kept(second) and served.is_kept(third)
    assert served.keep(bytes([2]) * 45) == third and served.is_kept(second)


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


def test_an_attached_map_needs_no_vectors(tmp_path, monkeypatch, open_page):
    monkeypatch.setenv("WINNOW_WORKSPACES", str(tmp_path))
    (tmp_path / "rows.jsonl").write_text("".join(f'{{"text": "one, {i}"}}\n' for i in range(5)))
    space = selection.create(tmp_path / "attached")
    selection.ingest(space, [tmp_path / "rows.jsonl"])
    np.save(tmp_path / "points.npy", np.arange(10).reshape(5, 2).astype(np.float32))
    selection.attach(space, tmp_path / "points.npy", "map")
    page = healthy(open_page("map"))
    assert len(fetched(view_of(page)["points"])) == 5 * 4 and not page.button


def test_outlines_are_read_and_the_listed_points_are_not():
    event = lasso((0, 0), (2, 0), (0, 2))
    event["selection"]["points"] = [{"customdata": 1}] * 3
    event["selection"]["box"] = [{"x": [5, 4], "y": [0, 1]}]
    area = outline.drawn_area(event)
    points = np.array([[0.5, 0.5], [1.5, 1.5], [4.5, 0.5], [6, 0.5]])
    assert area.holds(points).tolist() == [True, False, True, False]
    assert outline.clicked_document(event) is None
    assert not outline.drawn_area(None) and not outline.drawn_area({"selection": {}})


def test_the_figure_shows_all_and_reaches_a_sample_of_those_in_focus():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(scatter.REACHED_DOCS + 900, 2)).astype(np.float32)
    groups = Categories(rng.integers(0, 3, len(points)).astype(np.int32), ("a", "b", "c"))
    figure = scatter.figure(points, Colouring("Source", groups))
    assert figure.layout.images[0].source.startswith("data:image/png;base64,")
    (trace,) = figure.data
    assert len(trace.x) == scatter.REACHED_DOCS and trace.x.dtype == np.float32
    assert trace.text is None and trace.hovertext is None and trace.type == "scatter"
    assert figure.layout.yaxis.scaleanchor == "x"
    focus = rng.random(len(points)) < 0.1
    area = outline.Area(boxes=(((-9, -9), (0, 9)),))
    (trace,) = scatter.figure(points, Colouring("Source", groups), focus, area).data
    assert sorted(trace.customdata) == np.flatnonzero(focus & (points[:, 0] <= 0)).tolist()


def test_the_figure_outlines_the_regions_of_a_subset():
    points = np.random.default_rng(0).uniform(size=(4_000, 2))
    found = selection.find_regions(points, points[:, 0] < 0.5)
    groups = Categories(np.zeros(4_000, np.int32), ("a",))
    figure = scatter.figure(points, Colouring("Source", groups), regions=found)
    shapes = figure.layout.shapes
    assert len(shapes) == len(found) == 2
    for shape, region in zip(shapes, found, strict=True):
        assert shape.path.count("M") == shape.path.count("Z") == len(region.rings)
        x, y = map(float, shape.path[1:].split("L")[0].split(","))
        assert np.allclose((x, y), region.rings[0][0])
    assert {shape.line.color for shape in shapes} == {"rgb(218, 138, 62)", "rgb(91, 147, 199)"}


def test_the_figure_of_a_signal_shows_its_scale():
    values = np.array([1.0, np.nan, 3.0])
    figure = scatter.figure(np.arange(6).reshape(3, 2), Colouring("<b>", values=values))
    bar = figure.data[1].marker
    assert (
        bar.showscale
        and bar.colorbar.title.text == "&lt;b&gt;"
        and list(figure.data[1].x) == [None]
    )


def test_map_coordinates_keep_the_aspect_and_their_order_is_a_permutation():
    points = np.array([[0, 0], [4, 1], [2, 2]], float)
    placed = layers.placed(points)
    assert placed.tolist() == [[0, 0], [65_535, 16_384], [32_768, 32_768]]
    assert layers.placed(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]
    assert not len(layers.placed(np.zeros((0, 2))))
    assert sorted(layers.order(9)) == list(range(9))


def test_what_has_no_colour_is_half_as_solid():
    made = layers.palette(["#0072B2", "#8C929E"], 0.8)
    assert made["colours"] == [[0, 114, 178, 204], [140, 146, 158, 102]] and made["grey"][3] < 102


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
