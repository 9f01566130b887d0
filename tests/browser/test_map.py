"""The map in a real browser: what is drawn, what a gesture counts, and what happens without WebGL or after losing it."""

import io
import time

import numpy as np
import pytest
from PIL import Image

import selection
from pages.widgets.map import layers
from selection.primitives.polygon import crossings_odd

MARGIN = 0.94  # of map.js


def open_map(seen, **query):
    page = seen.open("map", workspace="filled", **query)
    page.wait_for_function("document.readyState === 'complete'")
    canvas = page.locator("canvas[data-shown]")
    canvas.wait_for()
    assert int(canvas.get_attribute("data-shown")) == 240
    return page, canvas


def units(box, places, corners):
    """Pixels of the page as map units, by the camera that shows all."""
    extent = places.max(axis=0) / layers.SIDE
    unit = MARGIN * min(box["width"] / extent[0], box["height"] / extent[1])
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    away = (np.array(corners) - middle) / unit * [1, -1]
    return (extent / 2 + away) * layers.SIDE


def drag(page, corners):
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in [*corners[1:], corners[0]]:
        page.mouse.move(*corner, steps=8)
    page.mouse.up()


def picture(canvas):
    return Image.open(io.BytesIO(canvas.screenshot())).convert("HSV")


def coloured(canvas):
    """How many pixels have a colour, and how many hues there are."""
    hues = [hue // 16 for hue, depth, light in picture(canvas).getdata() if depth > 90 < light]
    return len(hues), len(set(hues))


def until(holds):
    """The points turn grey after the count has come, the later the slower they are drawn."""
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("the map has not changed")


AXES = """() => {
    const plot = document.querySelector('.js-plotly-plot'), at = plot.getBoundingClientRect();
    const { xaxis: x, yaxis: y } = plot._fullLayout;
    return [[at.x + x._offset, x._length, ...x.range], [at.y + y._offset, y._length, ...y.range]];
}"""


def square(axes, x, y, half):
    """The corners of a square around a spot of the page, in the units of a Plotly figure."""
    (left, wide, x0, x1), (top, high, y0, y1) = axes
    corners = np.array(
        [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    )
    share = (corners - [left, top]) / [wide, high]
    return np.column_stack([x0 + share[:, 0] * (x1 - x0), y1 - share[:, 1] * (y1 - y0)])


@pytest.fixture
def places(app):
    space = selection.find_workspace(app.root, "filled")
    return layers.placed(selection.points(space))


def test_a_lasso_counts_what_numpy_counts_and_greys_the_rest(app, watch, places, screenshots):
    seen = watch(app)
    page, canvas = open_map(seen, titles="false")
    before, hues = coloured(canvas)
    assert before > 500 and hues >= 3
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    corners = [(x - 250, y + 200), (x + 180, y + 220), (x - 20, y - 230)]
    drag(page, corners)
    seen.metric("Documents").wait_for()
    seen.settle()
    expected = crossings_odd(places.astype(float), units(box, places, corners)).sum()
    assert 5 < expected < len(places) - 5
    assert seen.metric("Documents").inner_text() == f"{expected:,}"
    until(lambda: coloured(canvas)[0] < before)
    page.screenshot(path=screenshots / "map-lasso.png")
    page.get_by_role("button", name="Clear outline").click()
    seen.expect(seen.metric("Documents")).to_have_count(0)
    seen.settle()


def test_a_click_opens_the_document_whose_beginning_the_pointer_shows(app, watch, places):
    seen = watch(app, height=2000)
    page, canvas = open_map(seen, drag="move")
    box = canvas.bounding_box()
    extent = places.max(axis=0) / layers.SIDE
    unit = MARGIN * min(box["width"] / extent[0], box["height"] / extent[1])
    away = (places / layers.SIDE - extent / 2) * unit * [1, -1]
    lonely = int(np.argmax(np.abs(away).sum(axis=1)))  # far out, where no other is near
    spot = away[lonely] + [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    page.mouse.move(*spot)
    told = page.locator(".said:visible")
    told.wait_for()
    assert f"document: {lonely:,}" in told.inner_text()
    page.mouse.click(*spot)
    page.get_by_role("heading", name="Clicked document").wait_for()
    seen.settle()
    assert page.get_by_text(f"document {lonely:,}", exact=False).count()


def test_keys_zoom_move_and_undo(app, watch):
    seen = watch(app)
    page, canvas = open_map(seen, titles="false")
    whole = canvas.screenshot()
    canvas.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(300)
    assert canvas.screenshot() != whole
    page.keyboard.press("0")
    page.wait_for_timeout(300)
    page.get_by_role("heading", name="Map", level=1).click()
    page.mouse.move(5, 5)
    assert (
        np.abs(
            np.asarray(picture(canvas), int)
            - np.asarray(Image.open(io.BytesIO(whole)).convert("HSV"), int)
        ).mean()
        < 2
    )


def test_a_lost_context_comes_back_with_every_point(app, watch):
    seen = watch(app)
    page, canvas = open_map(seen, titles="false")
    before = coloured(canvas)[0]
    assert before > 500
    lost = """() => {
        const host = [...document.querySelectorAll('*')].find(e => e.shadowRoot?.querySelector('canvas'));
        const gl = host.shadowRoot.querySelector('canvas').getContext('webgl2');
        const kept = gl.getExtension('WEBGL_lose_context');
        kept.loseContext();
        return new Promise(done => setTimeout(() => { kept.restoreContext(); setTimeout(done, 300) }, 300));
    }"""
    page.evaluate(lost)
    page.wait_for_timeout(300)
    assert abs(coloured(canvas)[0] - before) < before / 10


def test_without_webgl_the_map_is_a_picture_with_a_lasso(app, watch, places, screenshots):
    seen = watch(app)
    seen.page.add_init_script(
        """const given = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return kind === 'webgl2' || kind === 'webgl' ? null : given.call(this, kind, ...rest);
        };"""
    )
    page = seen.open("map", workspace="filled")
    page.get_by_text("no WebGL").wait_for()
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    seen.settle()
    box = page.locator(".js-plotly-plot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.wait_for_timeout(1000)  # until Plotly listens
    drag(page, [(x - 150, y - 150), (x + 150, y - 150), (x + 150, y + 150), (x - 150, y + 150)])
    seen.metric("Documents").wait_for()
    seen.settle()
    axes = page.evaluate(AXES)
    fewest, most = (  # Plotly rounds the corners of a lasso by a pixel or two
        int(crossings_odd(places.astype(float), square(axes, x, y, half)).sum())
        for half in (147, 153)
    )
    assert 5 < fewest <= int(seen.metric("Documents").inner_text()) <= most < len(places)
    page.screenshot(path=screenshots / "map-without-webgl.png")
