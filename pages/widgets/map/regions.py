"""Regions: where a subset keeps more or fewer documents than chance would, listed beside the map with titles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import reader, style

if TYPE_CHECKING:
    from pages.widgets.colouring import Colouring
    from selection.core.documents import Categories
    from selection.primitives.map_regions import Region

_SHOWN = 40
_RULE = (
    "Kept at least 1.5 times as often ▲, or as rarely ▼, as documents drawn at random; significant after "
    "Benjamini and Hochberg at 1 %."
)


def panel(
    points: np.ndarray,
    colours: Colouring,
    groups: Categories,
    focus: np.ndarray | None,
    told: str,
) -> tuple[list[Region], np.ndarray | None, str]:
    """The regions of the subset that the map shows, and the focus narrowed to those picked in their table."""
    if colours.kept is None:
        return [], focus, told
    found = _found(points, colours)
    if not found:
        st.caption("No region is kept significantly more or less often than at random.")
        return [], focus, told
    event = st.dataframe(
        _table(found, groups), key="map_regions", hide_index=True, on_select="rerun",
        selection_mode="multi-row", height="content" if len(found) < 6 else 210,
        column_config={
            "kept": st.column_config.TextColumn("", width=24),
            "region": st.column_config.TextColumn("region", width=160),
            "docs": st.column_config.NumberColumn("documents", format="localized", width=64),
            "times": st.column_config.NumberColumn("× chance", format="%.2f", width=60),
        },
    )  # fmt: skip
    n_all = st.session_state["map_regions_of"][2]
    st.caption(
        f"{_RULE} {style.exact(len(points)).capitalize()}; farthest from chance first,"
        f" {style.listed(len(found), n_all, 'regions')}."
    )
    rows = [row for row in event["selection"]["rows"] if row < len(found)]
    if not rows:
        return found, focus, told
    inside = np.zeros(len(points), bool)
    for row in rows:
        inside[found[row].members] = True
    said = f"{len(rows)} region{'s' if len(rows) > 1 else ''}"
    return found, inside if focus is None else inside & focus, ", ".join(filter(None, [told, said]))


def _found(points: np.ndarray, colours: Colouring) -> list[Region]:
    """Made once for a map and a subset."""
    assert colours.kept is not None
    mark = (hash(points.tobytes()), hash(colours.kept.tobytes()))
    if st.session_state.get("map_regions_of", (None,))[0] != mark:
        regions = selection.find_regions(points, colours.kept)
        st.session_state["map_regions_of"] = (mark, regions[:_SHOWN], len(regions))
    return st.session_state["map_regions_of"][1]


def _table(found: list[Region], groups: Categories) -> Any:
    import pandas as pd

    return pd.DataFrame(
        {
            "kept": ["▲" if region.over else "▼" for region in found],
            "region": [_title(region, groups) for region in found],
            "docs": [region.n_docs for region in found],
            "times": [region.n_kept / region.expected for region in found],
        }
    )


def _title(region: Region, groups: Categories) -> str:
    """The group that most of its documents belong to."""
    codes = groups.codes[region.members]
    codes = codes[codes >= 0]
    if not len(codes):
        return "no group"
    return reader.plain(groups.names[int(np.bincount(codes).argmax())], 80)
