"""Select: choose a method, move its settings, see at once what would be kept, and save it as a subset."""

from __future__ import annotations

import streamlit as st

from pages.widgets import by_hand, compose, preview, progress, saved, workspace

st.title("Select")
space = workspace.current()
progress.running(space)


@st.fragment
def _live() -> None:
    settings, result = st.columns([3, 8], gap="medium")
    with settings:
        asked = compose.panel(space)
        by_hand.panel(space)
    with result:
        above = st.container()  # where it is seen, however long the form
        seen = preview.show(space, asked)
    with above:
        saved.save(space, seen)


_live()
saved.subsets(space)
