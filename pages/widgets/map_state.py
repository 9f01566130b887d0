"""What the Map page remembers and says: the outline drawn, the focus by words and groups, the facts of what is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import (
    colouring,
    composition,
    outline,
    preview,
    reader,
    scatter,
    shading,
    style,
    tiles,
    workspace,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import plotly.graph_objects as go

    from selection import Workspace
    from selection.core.documents import Categories

_FOUND = 5_000  # documents that a search by words highlights
_NEAREST = 100  # and one by meaning
_ORDERED = 20_000  # documents of an outline that are put in order to be read
_ROW_PX = 35  # of a table
_REGIONS_PX = 280  # kept beside the map for the regions of a subset, which stand below the groups
FIND_HELP = (
    f"Words: documents that contain them, case ignored. Meaning: the {_NEAREST} documents whose vectors are nearest to "
    "what you type."
)


def grouping(space: Workspace, colours: colouring.Colouring) -> tuple[str, Categories]:
    """The categories that titles and the table on the right show: those of the colour, else clusters, else sources."""
    own = colours.title not in ("Source", "Cluster") and colours.kept is None
    if colours.categories is not None and own:
        return colours.title.lower(), colours.categories
    if colours.title == "Source" or not workspace.status(space).ready.get("clusters"):
        return "source", selection.sources(space)
    return "cluster", selection.clusters(space)


@dataclass(frozen=True)
class Hits:
    """What a search found, best first; `cosine` where it was by meaning."""

    doc_id: np.ndarray  # (n_found,) int64
    told: str
    cosine: np.ndarray | None = None


def find(space: Workspace, words: str, by: str) -> Hits | None:
    """Documents that contain the words, or those nearest to them as a sentence; None where nothing is looked for."""
    words = words.strip()
    if not words:
        return None
    quoted = f"“{reader.plain(words, 60)}”"
    if by == "meaning":
        try:
            with st.spinner("Reading the sentence"):
                found = _nearest(space, words, workspace.signature(space))
        except selection.WinnowError as mistake:
            st.warning(reader.inert(str(mistake)), icon=":material/info:")
            return None
        told = f"the {len(found.doc_id)} nearest to {quoted} ({found.how_sure})"
        return Hits(found.doc_id, told, found.cosine)
    hits = selection.find_documents(space, words, _FOUND)
    first = f"the first {_FOUND:,} " if len(hits) >= _FOUND else ""
    return Hits(hits, f"{first}with {quoted}")


@st.cache_data(show_spinner=False, max_entries=64)
def _nearest(_space: Workspace, sentence: str, signature: tuple) -> Any:
    return selection.nearest(_space, sentence, _NEAREST)


def focus(
    name: str, groups: Categories, hits: Hits | None, colours: colouring.Colouring
) -> tuple[np.ndarray | None, str]:
    """(n_docs,) bool of the documents that were found and are in the groups picked in the table, or None; and in words."""
    codes = _picked(name, groups, colours)
    mask, told = None, []
    if codes:
        mask = np.isin(groups.codes, codes)
        told.append(f"{len(codes)} {name}{'s' if len(codes) > 1 else ''}")
    if hits is not None:
        found = np.zeros(len(groups.codes), bool)
        found[hits.doc_id] = True
        mask = found if mask is None else mask & found
        told.append(hits.told)
    return mask, ", ".join(told)


def _picked(name: str, groups: Categories, colours: colouring.Colouring) -> list[int]:
    """Codes picked in the table of groups, which is also the legend of the map."""
    import pandas as pd

    sizes = np.bincount(groups.codes[groups.codes >= 0], minlength=len(groups.names))
    order = [int(i) for i in np.argsort(-sizes, kind="stable") if sizes[i]]
    key = (
        shading.legend(colours) if colours.kept is None else {}
    )  # else of the subset, not of groups
    frame = pd.DataFrame(
        {
            "key": ["⬤" if i in key else "" for i in order],
            "name": [reader.plain(groups.names[i], 120) for i in order],
            "documents": sizes[order],
        }
    )
    high = scatter.HIGH_PX if colours.kept is None else scatter.HIGH_PX - _REGIONS_PX
    tints = [f"color: {key.get(i, '#9AA1AC')}" for i in order]
    event = st.dataframe(
        frame.style.apply(lambda _: tints, subset=["key"]),
        key=f"map_groups_{name}", hide_index=True, on_select="rerun", selection_mode="multi-row",
        height=high if _ROW_PX * (len(order) + 1) > high else "content",
        column_order=["key", "name", "documents"] if key else ["name", "documents"],
        column_config={
            "key": st.column_config.TextColumn("", width=28),
            "name": st.column_config.TextColumn(name, width=190),
            "documents": st.column_config.NumberColumn(format="localized", width=64),
        },
    )  # fmt: skip
    return [order[row] for row in event["selection"]["rows"] if row < len(order)]


def shown_area(view: tuple) -> outline.Area:
    """The outline to draw into the figure: fixed while the view stays, so that a new outline does not redraw the map."""
    if st.session_state.get("map_view") != view:
        st.session_state["map_view"] = view
        st.session_state["map_shown"] = st.session_state.get("map_area", outline.Area())
    return st.session_state["map_shown"]


def figure(view: tuple, make: Callable[[], go.Figure]) -> go.Figure:
    """The figure of this view, made once: a new outline or page of documents must not draw a million points again."""
    if st.session_state.get("map_figure", (None,))[0] != view:
        st.session_state["map_figure"] = (view, make())
    return st.session_state["map_figure"][1]


def read(event: Mapping[str, Any] | None, view: tuple) -> tuple[outline.Area, int | None]:
    """The outline in force and the document clicked; a selection undone on the map is undone here."""
    drawn, picked = outline.drawn_area(event), outline.clicked_document(event)
    if drawn:
        st.session_state["map_area"], st.session_state["map_live"] = drawn, view
    elif st.session_state.get("map_live") == view:
        st.session_state["map_area"], st.session_state["map_live"] = outline.Area(), None
    return st.session_state.get("map_area", outline.Area()), picked


def clear() -> None:
    """Forget the outline; the map is drawn anew."""
    for name in ("map_area", "map_live", "map_view"):
        st.session_state.pop(name, None)
    st.session_state["map_cleared"] = st.session_state.get("map_cleared", 0) + 1


def say_chosen(
    space: Workspace,
    chosen: np.ndarray,
    told: str,
    area: outline.Area,
    colours: colouring.Colouring,
    undo: Callable[[], None],
) -> None:
    """Counts of what is chosen, beside the corpus; `undo` is what the button beside an outline does."""
    n_tokens = selection.tokens(space)
    n_docs, total = int(chosen.sum()), int(n_tokens.sum())
    kept = int(n_tokens[chosen].sum())
    how = " · ".join([*(["inside the outline"] if area else []), *([told] if told else [])])
    head, button = st.columns([5, 1], vertical_alignment="bottom")
    head.subheader(reader.inert(f"Chosen: {how}"))
    if area:
        button.button("Clear outline", key="map_clear", on_click=undo, icon=":material/close:")
    boxes = tiles.four()
    boxes[0].metric("Documents", f"{n_docs:,}", border=True, height="stretch")
    boxes[1].metric(
        "Share of documents", style.share(n_docs / len(chosen)), border=True, height="stretch"
    )
    boxes[2].metric("Tokens", f"{kept:,}", border=True, height="stretch")
    if colours.values is not None and n_docs:
        here, everywhere = _mean(colours.values[chosen]), _mean(colours.values)
        title = f"Mean {reader.inert(colours.title, 40)}"
        gap = f"{here - everywhere:+.2g} against the corpus"
        boxes[3].metric(
            title, f"{here:.3g}", gap, "off", border=True, delta_arrow="off", height="stretch"
        )
    else:
        boxes[3].metric(
            "Share of tokens", style.share(kept / max(1, total)), border=True, height="stretch"
        )


def _mean(values: np.ndarray) -> float:
    rated = values[~np.isnan(values)]
    return float(rated.mean()) if len(rated) else float("nan")


def say_composition(space: Workspace, chosen: np.ndarray) -> None:
    """Where the chosen documents come from, by source and by cluster."""
    named = {"source": selection.sources(space)}
    if workspace.status(space).ready.get("clusters"):
        named["cluster"] = selection.clusters(space)
    for place, (name, groups) in zip(st.columns(2), named.items(), strict=False):
        with place:
            fig = composition.figure(composition.parts(groups, chosen))
            alt = f"Share of the chosen documents by {name}, beside the corpus"
            note = f"share of documents: bar chosen, tick corpus; {style.exact(int(chosen.sum()))}"
            preview.figure(f"By {name}", (fig, alt), f"map_by_{name}", note)


def ordered(
    points: np.ndarray, chosen: np.ndarray, colours: colouring.Colouring, hits: Hits | None
) -> np.ndarray:
    """Chosen doc_ids to read: nearest to a sentence first, else highest value first, else the most central first."""
    ids = np.flatnonzero(chosen)
    if hits is not None and hits.cosine is not None:
        return hits.doc_id[chosen[hits.doc_id]]
    if colours.values is not None:
        return _least_first(ids, -np.nan_to_num(colours.values[ids], nan=-np.inf))
    if not len(ids):
        return ids
    placed = points[ids].astype(np.float32)
    placed -= np.median(points[ids], axis=0).astype(np.float32)
    return _least_first(ids, np.einsum("ij,ij->i", placed, placed))


def _least_first(ids: np.ndarray, key: np.ndarray) -> np.ndarray:
    """All of `ids`; of very many, only the first thousands of pages stand in order."""
    if len(ids) <= _ORDERED:
        return ids[np.argsort(key, kind="stable")]
    order = np.argpartition(key, _ORDERED)
    head = np.sort(order[:_ORDERED])
    order[:_ORDERED] = head[np.argsort(key[head], kind="stable")]
    order[_ORDERED:].sort()
    return ids[order]


def beside(
    space: Workspace, colours: colouring.Colouring, ids: np.ndarray, hits: Hits | None = None
) -> Mapping[str, Sequence[Any]]:
    """Columns shown beside documents: how near they are to a sentence, the value they are coloured by, their cluster."""
    columns: dict[str, Sequence[Any]] = {}
    if hits is not None and hits.cosine is not None:
        near = dict(zip(hits.doc_id.tolist(), hits.cosine.tolist(), strict=True))
        columns["cosine"] = [round(near[i], 3) if i in near else None for i in ids.tolist()]
    if colours.values is not None:
        columns[colours.title] = colours.values[ids].round(3).tolist()
    elif colours.categories is not None and colours.title not in ("Source", "Cluster"):
        given = colours.categories
        columns[colours.title] = [
            given.names[c] if c >= 0 else colours.unlabelled for c in given.codes[ids].tolist()
        ]
    if workspace.status(space).ready.get("clusters"):
        groups = selection.clusters(space)
        columns["cluster"] = [groups.names[c] if c >= 0 else "none" for c in groups.codes[ids]]
    return columns
