"""Drawing: the map on the page, by WebGL or, where that is missing or too small, as a figure; and what was drawn on it.

The outline and the document in force live in the session, so that they outlast a visit to another page. They are read
before the map is mounted: what a lasso greys and what it counts come from one run of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import map_labels, map_state, outline, reader, scatter, shading, style
from pages.widgets.map import component, layers, projection, served, tiled

if TYPE_CHECKING:
    from pages.widgets.colouring import Colouring
    from selection import Workspace
    from selection.core.documents import Categories
    from selection.primitives.map_regions import Region

MOST_POINTS = 5_000_000  # 25 MB to fetch; above, pictures of what is looked at
_MOST_TITLES = 300


@dataclass(frozen=True)
class Scene:
    """Everything that the map shows; arrays are (n_docs, …)."""

    places: np.ndarray  # (n_docs, 2) uint16, map units
    colours: Colouring
    focus: np.ndarray | None  # bool; the others are grey
    groups: Categories  # whose titles are written
    regions: list[Region]  # outlined
    titled: bool
    drag: str
    dark: bool
    mark: tuple  # changes with the files, the colour and whatever else the layers stand on


@dataclass(frozen=True)
class Done:
    """What the hand has done: the outline in force, (n_docs,) bool of what lies inside it, and the document picked."""

    area: outline.Area
    inside: np.ndarray | None
    picked: int | None


def done(space: Workspace, scene: Scene) -> Done:
    """What is in force on the map, before it is drawn; a figure tells only once it is there, so it is drawn here."""
    _forget_other(space)
    area, picked = _as_figure(scene) if is_flat(len(scene.places)) else _act(scene.places)
    return Done(area, _inside(scene, area), picked)


def chosen(scene: Scene, done: Done) -> np.ndarray | None:
    """(n_docs,) bool of what is in focus and inside the outline; None where nothing narrows the map down."""
    return _all(scene.focus, done.inside)


def show(space: Workspace, scene: Scene, done: Done) -> None:
    """The map by the component; nothing where it is a figure."""
    if not is_flat(len(scene.places)):
        component.mount(_view(space, scene, done.area, done.inside))


def caption(scene: Scene) -> str:
    """What the map has seen, and what the hand can do on it."""
    n_docs = len(scene.places)
    seen = scatter.caption(n_docs, scene.colours, scene.focus)
    drawn = {"lasso": "Drag draws a lasso", "box": "Drag draws a box", "move": "Drag moves the map"}
    act = (
        f"{drawn[scene.drag]}, a double click undoes it, the wheel zooms, a click opens a document"
    )
    if not is_flat(n_docs):
        return f"{seen} {act}; with Shift, drag moves the map."
    sample = min(scatter.REACHED_DOCS, n_docs)
    why = "This browser has no WebGL, so the map is a picture of all"
    return f"{seen} {act}. {why}, and a click finds a sample of {sample:,}."


def is_flat(n_docs: int) -> bool:
    """Whether the map is a figure instead of the component."""
    return bool(st.session_state.get("map_flat")) and not is_tiled(n_docs)


def is_tiled(n_docs: int) -> bool:
    """Whether the server draws what is looked at, which takes no WebGL."""
    return n_docs > MOST_POINTS


def clear() -> None:
    """Forget the outline and the document."""
    st.session_state.pop("map_picked", None)
    map_state.clear()


def _forget_other(space: Workspace) -> None:
    """An outline belongs to one map of one workspace; documents that come later may change its units."""
    run = projection.projection(space)
    of = (str(space.path), run and (run.key, run.n_docs))
    if st.session_state.get("map_of") != of:
        clear()
        st.session_state["map_of"] = of


def _act(places: np.ndarray) -> tuple[outline.Area, int | None]:
    """Take over what was done on the map since the last run."""
    event, memory, n_docs = component.last_event(), st.session_state, len(places)
    if event.get("serial") != memory.get("map_serial"):
        memory["map_serial"] = event.get("serial")
        kind = event.get("kind")
        if kind in ("lasso", "box", "none"):
            memory["map_area"], memory["map_picked"] = component.area_of(event), None
        elif kind == "click" and "at" in event:
            nearest = selection.nearest_place(places, None, *map(float, event["at"]))
            memory["map_picked"] = nearest if nearest >= 0 else None
        elif kind == "click" and 0 <= int(event["index"]) < n_docs:
            memory["map_picked"] = int(layers.order(n_docs)[int(event["index"])])
        elif kind == "stale":
            memory.pop("map_layers", None)
            memory.pop("map_focus", None)
        elif kind == "flat":
            memory["map_flat"] = True
            st.rerun()
    return memory.get("map_area", outline.Area()), memory.get("map_picked")


def _inside(scene: Scene, area: outline.Area) -> np.ndarray | None:
    """Tested once for an outline, however often the page runs."""
    if not area:
        return None
    key = (scene.mark, area)
    if st.session_state.get("map_inside", (None,))[0] != key:
        st.session_state["map_inside"] = (key, area.holds(scene.places))
    return st.session_state["map_inside"][1]


def _view(
    space: Workspace, scene: Scene, area: outline.Area, inside: np.ndarray | None
) -> dict[str, Any]:
    n_docs, places = len(scene.places), scene.places
    layers_of, focus_of = (_titled, _tiles) if is_tiled(n_docs) else (_layers, _focus)
    base = _kept("map_layers", scene.mark, lambda: layers_of(space, scene))
    focused = None if scene.focus is None else hash(scene.focus.tobytes())
    shown = _all(scene.focus, inside)
    focus = _kept("map_focus", (scene.mark, focused, area), lambda: focus_of(space, scene, shown))
    return {
        **base,
        **focus,
        "page": "map",
        "n": n_docs,
        "height": scatter.HIGH_PX,
        "extent": [float(side) / layers.SIDE for side in places.max(axis=0)],
        "size": scatter.point_size(n_docs),
        "titles": base["titles"] if scene.titled else [],
        "drag": scene.drag,
        "regions": [
            {"over": region.over, "rings": [ring.tolist() for ring in region.rings]}
            for region in scene.regions
        ],
        "outlines": [*map(list, area.lassos), *(_corners(*box) for box in area.boxes)],
        "scale": layers.scale(scene.colours, scene.dark),
        "alt": f"Map of {n_docs:,} documents, one point each, coloured by {scene.colours.title}",
    }


def _kept(name: str, mark: tuple, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What was made for this mark before, unless the server has forgotten a layer of it."""
    before, made = st.session_state.get(name, (None, {}))
    addresses = [made.get(layer) for layer in ("points", "codes", "focus", "describe", "tiles")]
    if before != mark or not all(map(served.is_kept, addresses)):
        made = make()
        st.session_state[name] = (mark, made)
    return made


def _layers(space: Workspace, scene: Scene) -> dict[str, Any]:
    colours, codes = shading.palette_codes(scene.colours, scene.dark)
    opacity = scatter.opacity(len(codes))
    return {
        "points": served.keep(layers.places_bytes(scene.places)),
        "codes": served.keep(layers.codes_bytes(codes)),
        "palette": layers.palette(colours, opacity),
        "titles": _titles(scene),
        "describe": served.keep_describer(_describer(space, scene.colours, len(codes))),
    }


def _titled(space: Workspace, scene: Scene) -> dict[str, Any]:
    return {"titles": _titles(scene)}


def _focus(space: Workspace, scene: Scene, shown: np.ndarray | None) -> dict[str, Any]:
    return {"focus": None if shown is None else served.keep(layers.focus_bytes(shown))}


def _tiles(space: Workspace, scene: Scene, shown: np.ndarray | None) -> dict[str, Any]:
    """Addresses of pictures and of the document at a spot; another focus is another address."""
    palette, codes = tiled.palette_and_codes(scene.colours, scene.dark, scene.mark)
    facts = partial(_facts, space, scene.colours)
    return {
        "tiles": served.keep_painter(tiled.painter(scene.places, palette, codes, shown)),
        "describe": served.keep_describer(tiled.finder(scene.places, shown, facts)),
    }


def _all(*masks: np.ndarray | None) -> np.ndarray | None:
    given = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(given) if given else None


def _titles(scene: Scene) -> list[tuple[float, float, str]]:
    return _titles_of(scene, scene.mark)


@st.cache_data(show_spinner=False, max_entries=16)
def _titles_of(_scene: Scene, mark: tuple) -> list[tuple[float, float, str]]:
    """Every group at its median, the largest first; the same for all who look at this mark."""
    names, codes = _scene.groups.names, _scene.groups.codes
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    middle = map_labels.medians(_scene.places, codes, len(names))
    largest = [int(group) for group in np.argsort(-sizes, kind="stable") if sizes[group]]
    return [
        (*middle[group].tolist(), " ".join(reader.plain(names[group], 60).split()) or "untitled")
        for group in largest[:_MOST_TITLES]
    ]


def _corners(a: tuple[float, float], c: tuple[float, float]) -> list[tuple[float, float]]:
    return [a, (c[0], a[1]), c, (a[0], c[1])]


def _describer(space: Workspace, colours: Colouring, n_docs: int) -> served.Describe:
    return lambda index: _facts(space, colours, int(layers.order(n_docs)[index]))


def _facts(space: Workspace, colours: Colouring, doc_id: int) -> dict[str, Any]:
    """The beginning, source, size and colour of a document."""
    row = selection.read_documents(space, [doc_id], 240)[0]
    facts = [["document", f"{doc_id:,}"], ["source", reader.plain(row["source"] or "none", 80)]]
    facts.append(["tokens", f"{row['n_tokens']:,}"])
    if colours.values is not None:
        facts.append([colours.title, style.number(colours.values[doc_id])])
    elif colours.categories is not None and colours.title != "Source":
        code = int(colours.categories.codes[doc_id])
        named = colours.categories.names[code] if code >= 0 else colours.unlabelled
        facts.append([reader.plain(colours.title, 80), reader.plain(named, 80)])
    return {"title": " ".join(reader.plain(row["text"], 140).split()), "facts": facts}


def _as_figure(scene: Scene) -> tuple[outline.Area, int | None]:
    cleared = st.session_state.get("map_cleared", 0)
    focused = None if scene.focus is None else hash(scene.focus.tobytes())
    view = (scene.mark, scene.titled, focused, scene.drag, cleared)
    outlined = map_state.shown_area(view)

    def drawn() -> Any:
        per_px = scatter.units_per_px(scene.places)
        labels = map_labels.titles(scene.groups, scene.places, per_px) if scene.titled else []
        return scatter.figure(
            scene.places, scene.colours, scene.focus, outlined, labels,
            revision=str(cleared), dark=scene.dark, drag=scene.drag, regions=scene.regions,
        )  # fmt: skip

    event: Mapping[str, Any] = st.plotly_chart(
        map_state.figure(view, drawn),
        key="map_chart", on_select="rerun", selection_mode=("points", "box", "lasso"),
        config={**style.CONFIG, "scrollZoom": True, "displayModeBar": True},
        alt=f"Map of {len(scene.places):,} documents, one point each, coloured by {scene.colours.title}",
    )  # fmt: skip
    return map_state.read(event, view)
