"""Map: every document as a point; draw around some, and read them."""

from typing import Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import (
    colouring,
    map_labels,
    map_state,
    progress,
    reader,
    scatter,
    style,
    workspace,
)

st.title("Map")
space = workspace.current()
workspace.require(space, "map")
progress.running(space)
map_state.say_projection(space)

points = selection.points(space)
choices = colouring.options(space)
bar = st.columns([3, 4, 3, 1], vertical_alignment="bottom")
colour = bar[0].selectbox("Colour by", list(choices), key="colour", bind="query-params")
words = bar[1].text_input(
    "Find words", key="find", bind="query-params", type="search", icon=":material/search:",
    placeholder="anywhere in the text, case ignored",
)  # fmt: skip
drag = bar[2].segmented_control(
    "Drag", list(scatter.DRAG), default="lasso", key="drag", bind="query-params", required=True,
    help="Lasso and box choose the documents inside; move shifts the map, and a click opens a document.",
)  # fmt: skip
titled = bar[3].toggle("Titles", value=True, key="titles", bind="query-params")

colours = colouring.of(space, colour or "source", points)
name, groups = map_state.grouping(space, colours)
left, right = st.columns([7, 3])
with right:
    focus, told = map_state.focus(space, name, groups, words or "", colours)
with left:
    dark, drag = st.context.theme.type == "dark", drag or "lasso"
    focused = None if focus is None else hash(focus.tobytes())
    cleared = st.session_state.get("map_cleared", 0)
    view = (workspace.signature(space), colour, titled, focused, drag, dark, cleared)
    outlined = map_state.shown_area(view)

    def drawn() -> Any:
        labels = map_labels.titles(groups, points, scatter.units_per_px(points)) if titled else []
        return scatter.figure(
            points, colours, focus, outlined, labels, revision=str(cleared), dark=dark, drag=drag
        )

    event = st.plotly_chart(
        map_state.figure(view, drawn),
        key="map_chart", on_select="rerun", selection_mode=("points", "box", "lasso"),
        config={**style.CONFIG, "scrollZoom": True, "displayModeBar": True},
        alt=f"Map of {len(points):,} documents, one point each, coloured by {colours.title}",
    )  # fmt: skip
    st.caption(scatter.caption(points, colours, focus, drag))
area, picked = map_state.read(event, view)

chosen = np.ones(len(points), bool) if focus is None else focus
chosen = chosen & area.holds(points) if area else chosen
if picked is not None:
    st.subheader("Clicked document")
    one = np.array([picked])
    reader.documents(
        space, [picked], columns=map_state.beside(space, colours, one), key="map_picked"
    )
elif area or focus is not None:
    map_state.say_chosen(space, chosen, told, area, colours)
    map_state.say_composition(space, chosen)
    ids = map_state.ordered(points, chosen, colours)
    st.fragment(reader.documents)(
        space, ids.tolist(), columns=map_state.beside(space, colours, ids), key="map_reader"
    )
else:
    st.caption(
        "Draw around documents, pick rows of the table, or search words to read what is there."
    )
