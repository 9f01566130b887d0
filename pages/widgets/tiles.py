"""Four numbers side by side: in one row, or in two rows of two where the screen is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def four() -> list[DeltaGenerator]:
    """Four places; each half of the row keeps its pair together."""
    return [place for half in st.columns(2) for place in half.columns(2, wrap=False)]
