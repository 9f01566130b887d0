"""The component: registers the scripts of the map with Streamlit, and says what the hand on it has done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from pages.widgets.outline import Area

_HERE = Path(__file__).parent
# one module, in this order
_SCRIPTS = ("points.js", "tiles.js", "overlay.js", "hint.js", "hand.js", "map.js")
KEY = "map_points"

_mounted = component(
    "winnow_map",
    css=(_HERE / "map.css").read_text(),
    js="\n".join((_HERE / name).read_text() for name in _SCRIPTS),
)


def mount(view: Mapping[str, Any]) -> None:
    """Put the map on the page; `view` is the small part, with the addresses of the large ones."""
    _mounted(
        data=view,
        key=KEY,
        default={"event": None},
        width="stretch",
        height=view["height"],
        on_event_change=lambda: None,
    )


def last_event() -> Mapping[str, Any]:
    """What was done last, known before the map is mounted again: `kind` and `serial`, and for an outline its corners.

    Kinds: lasso, box, click (`index` in drawing order, or `at`: x, y and reach), none
    (undone), stale (a layer is not kept any more), flat (no WebGL).
    """
    state = st.session_state.get(KEY)
    event = (state or {}).get("event")
    return event if isinstance(event, Mapping) and "serial" in event else {}


def area_of(event: Mapping[str, Any]) -> Area:
    """The outline of a lasso or box event, in map units; none for another event."""
    corners = tuple((float(x), float(y)) for x, y in event.get("outline") or ())
    if event.get("kind") == "lasso" and len(corners) >= 3:
        return Area(lassos=(corners,))
    if event.get("kind") == "box" and len(corners) == 2:
        return Area(boxes=((corners[0], corners[1]),))
    return Area()
