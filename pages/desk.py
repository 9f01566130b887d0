"""Desk: read documents blind, judge them, and see how far every other rater agrees with you."""

from __future__ import annotations

import streamlit as st

from pages.widgets import agreement, desk_parts, progress, workspace

st.title("Desk")
space = workspace.current()
progress.running(space)
desk = desk_parts.ask(space)


@st.fragment
def _live() -> None:
    desk_parts.read(space, desk)
    agreement.with_others(space, desk)
    agreement.student(space, desk)


_live()
