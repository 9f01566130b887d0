"""Map: every document as a point; draw around some, and read them."""

from functools import partial

import streamlit as st

from pages.widgets import (
    colouring,
    labels,
    listing,
    map_state,
    progress,
    scatter,
    workspace,
)
from pages.widgets.map import drawing, layers, projection, regions

st.title("Map")
space = workspace.current()
progress.running(space)
workspace.require(space, "map")
projection.say(space)

points = layers.places(space, workspace.signature(space))
titles = colouring.options(space)
choices = labels.unique(titles, titles.__getitem__)
bar = st.columns([3, 4, 2, 3, 1], vertical_alignment="bottom")
labels.understand("colour", choices)
colour = bar[0].selectbox(
    "Colour by", list(choices), format_func=choices.__getitem__, key="colour", bind="query-params"
)
words = bar[1].text_input(
    "Find", key="find", bind="query-params", type="search", icon=":material/search:",
    placeholder="words, or a sentence to be like",
)  # fmt: skip
by = bar[2].segmented_control(
    "Find by", ["words", "meaning"], default="words", key="by", bind="query-params", required=True,
    help=map_state.FIND_HELP,
)  # fmt: skip
drag = bar[3].segmented_control(
    "Drag", list(scatter.DRAG), default="lasso", key="drag", bind="query-params", required=True,
    help="Lasso and box choose the documents inside; move shifts the map, and a click opens a document.",
)  # fmt: skip
titled = bar[4].toggle("Titles", value=True, key="titles", bind="query-params")

colours = colouring.of(space, colour or "source")
name, groups = map_state.grouping(space, colours)


@st.fragment
def _live() -> None:
    """The map and what is chosen on it: an outline runs this alone, and is counted before anything is drawn anew."""
    left, right = st.columns([2, 1])
    told_of = st.container()
    with right:
        hits = map_state.find(space, words or "", by or "words")
        focus, told = map_state.focus(name, groups, hits, colours)
        found, focus, told = regions.panel(points, colours, groups, focus, told)
    dark = st.context.theme.type == "dark"
    mark = (workspace.signature(space), colour, dark)
    scene = drawing.Scene(
        points, colours, focus, groups, found, bool(titled), drag or "lasso", dark, mark
    )
    with left:
        done = drawing.done(space, scene)
    chosen = drawing.chosen(scene, done)
    with told_of:
        if done.picked is None and chosen is not None:
            map_state.say_chosen(space, chosen, told, done.area, colours, drawing.clear)
    with left:
        drawing.show(space, scene, done)
        st.caption(drawing.caption(scene))
    with told_of:
        if done.picked is not None:
            st.subheader("Clicked document")
            beside = partial(map_state.beside, space, colours)
            listing.documents(space, [done.picked], columns=beside, key="map_picked")
        elif chosen is not None:
            map_state.say_composition(space, chosen)
            ids = map_state.ordered(points, chosen, colours, hits)
            beside = partial(map_state.beside, space, colours, hits=hits)
            st.fragment(listing.documents)(space, ids, columns=beside, key="map_reader")
        else:
            st.caption(
                "Draw around documents, pick rows of the table, or search words to read what is there."
            )


_live()
