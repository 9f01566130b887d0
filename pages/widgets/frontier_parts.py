"""The Frontier view of Compare: settings of a method swept at one budget; a click on a point opens it in Select."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import numpy as np
import streamlit as st

import selection
from pages.widgets import (
    arena_parts,
    compose,
    field_widget,
    forms,
    frontier_chart,
    progress,
    reader,
    recall,
    style,
)

if TYPE_CHECKING:
    from selection import Workspace

_DIVERSITY = {
    "distinct_documents": "distinct documents (Vendi)",
    "effective_clusters": "effective clusters",
    "clusters_covered": "clusters covered",
    "effective_sources": "effective sources",
}
_SWEPT = {"odis": {"gate": "0, 0.15, 0.3, 0.45, 0.6"}, "qurating": {"tau": "0.1, 0.3, 1, 3, 10"}}


def show(space: Workspace) -> None:
    """The form, then the frontier that was chosen, or the newest."""
    with st.container(border=True):
        _form(space)
    found = arena_parts.chosen(space, "frontier", _titled)
    if found is None:
        st.info("No frontier yet: choose what to sweep and run one.", icon=":material/show_chart:")
        return
    left, right = st.columns(2)
    dimensions = found["dimensions"]
    there = [name for name in _DIVERSITY if found["chance"].get(name) is not None]
    if not dimensions or not there:
        st.info("A frontier needs a scored dimension, and an embedding, clusters or sources.")
        return
    quality = left.selectbox(
        "Quality",
        dimensions,
        index=_usual(dimensions),
        format_func=reader.words,
        key="frontier_quality",
    )
    diversity = right.selectbox(
        "Diversity", there, format_func=_DIVERSITY.__getitem__, key="frontier_diversity"
    )
    _figure(space, found, quality or dimensions[0], diversity or there[0])


def _usual(dimensions: list[str]) -> int:
    return dimensions.index("educational_value") if "educational_value" in dimensions else 0


def _form(space: Workspace) -> None:
    rows = arena_parts.ready_methods(space)
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    ids = [name for name in rows if _numbers(name)]
    method = left.selectbox(
        "Method",
        ids,
        index=ids.index("odis") if "odis" in ids else 0,
        format_func=lambda name: f"{rows[name]['family'].capitalize()} / {rows[name]['title']}",
        key="frontier_method",
        persist_state="session",
    )
    n_seeds = right.number_input(
        "Seeds",
        1,
        10,
        1,
        key="frontier_seeds",
        persist_state="session",
        help="Draws of each point.",
    )
    sweep = _swept(method or ids[0])
    budget = forms.token_budget(space, "frontier_budget_tokens")
    filters = arena_parts.filters_of(
        rows, [method or ids[0]], "frontier_filters", "Before the method"
    )
    chosen = [rows[name] for name in (*filters, method or ids[0])]
    targets = arena_parts.targets_of(space, chosen, "frontier_targets")
    progress.start_button(
        space,
        "Sweep",
        "frontier",
        method or ids[0],
        f"--budget-tokens={budget}",
        f"--seeds={int(n_seeds)}",
        *sweep,
        *(f"--filter={name}" for name in filters),
        *(f"--target={key}" for key in targets),
        key="frontier_run",
        type="primary",
        disabled=not sweep,
        help="Draws and measures every point in the background; a stopped sweep goes on where it was.",
    )


def _swept(method: str) -> list[str]:
    """`--sweep=gate=0,0.3` of each setting that is chosen."""
    fields = _numbers(method)
    usual = [name for name in _SWEPT.get(method, {}) if name in fields] or list(fields)[:1]
    names = st.multiselect(
        "Sweep", list(fields), default=usual, format_func=field_widget.label, max_selections=2,
        key=f"frontier_sweep_{method}", persist_state="session", help="Up to two settings; every combination is a point.",
    )  # fmt: skip
    return [f"--sweep={name}={_values(method, name, fields[name])}" for name in names]


def _values(method: str, name: str, proposed: str) -> str:
    typed = st.text_input(
        f"Values of {field_widget.label(name).lower()}",
        value=_SWEPT.get(method, {}).get(name, proposed),
        key=f"frontier_values_{method}_{name}",
        persist_state="session",
    )
    return ",".join(part.strip() for part in typed.split(",") if part.strip())


def _numbers(method: str) -> dict[str, str]:
    """Settings that can be swept, with values to begin with: those of a choice, or around the default."""
    found = {}
    for name, info in type(selection.method(method)).model_fields.items():
        kind, default = info.annotation, info.get_default(call_default_factory=True)
        if get_origin(kind) is Literal:
            found[name] = ", ".join(map(str, get_args(kind)))
        elif kind in (int, float) and not isinstance(default, bool) and default is not None:
            low, high = (
                next((v for m in info.metadata if (v := getattr(m, end, None)) is not None), None)
                for end in ("ge", "le")
            )
            found[name] = ", ".join(_around(kind, default, low, high))
    return found


def _around(kind: type, default: float, low: float | None, high: float | None) -> list[str]:
    """Five even steps of a closed range, else from a tenth to ten times the default, within its bounds."""
    if low is not None and high is not None and high - low <= 100:
        made = np.linspace(low, high, 5)
    else:
        made = np.array([0.1, 0.3, 1, 3, 10]) * (default or 1)
        made = np.clip(made, low, high) if (low, high) != (None, None) else made
    return list(dict.fromkeys(f"{kind(round(float(v), 6)):g}" for v in made))


def _figure(space: Workspace, found: dict[str, Any], quality: str, diversity: str) -> None:
    points = selection.frontier_points(found, quality, diversity)
    fig, told = frontier_chart.figure(
        points, found["chance"], quality, diversity, _DIVERSITY[diversity]
    )
    with st.container(border=True, gap=None):
        st.markdown("**Quality against diversity**")
        st.caption(
            "Filled: no other point is better in both; grey: beaten in both; diamond: random draws. Click a point to open it"
            f" in Select · {style.exact(found['n_docs'])}, 95 % intervals over resampled documents"
        )
        key = f"frontier_{found['key']}_{st.session_state.setdefault('frontier_clicks', 0)}"
        clicked = st.plotly_chart(
            fig, key=key, on_select="rerun", selection_mode="points", alt=told,
            config={**style.CONFIG, "displayModeBar": False},
        )  # fmt: skip
        st.caption(
            "The scores that choose also judge: this says what was aimed at, not what a model gains."
        )
    for point in [p for p in found["points"] if "why" in p][:3]:
        st.caption(reader.inert(f"{point['name']} was left out: {point['why']}"))
    picked = [p["customdata"] for p in clicked["selection"]["points"] if "customdata" in p]  # pyright: ignore
    _open_by_name(space, found, points)
    if picked:
        number = picked[0][0] if isinstance(picked[0], list) else picked[0]
        st.session_state["frontier_clicks"] += 1  # so that coming back does not open it again
        _open(space, found, points[int(number)])


def _open_by_name(space: Workspace, found: dict[str, Any], points: list[dict[str, Any]]) -> None:
    """The same for who does not click on figures."""
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    number = left.selectbox(
        "Point",
        range(len(points)),
        format_func=lambda i: reader.plain(_named(points[i]), 120),
        key=f"frontier_point_{found['key']}",
    )
    if right.button("Open in Select", key="frontier_open", icon=":material/tune:"):
        _open(space, found, points[number or 0])


def _named(point: dict[str, Any]) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in point["swept"].items())
    return settings + (" · on the front" if point["on_front"] else "")


def _open(space: Workspace, found: dict[str, Any], point: dict[str, Any]) -> None:
    """Select with the recipe of a point: its filters, method and sampler with their settings, the budget, the first seed."""
    # parameters bound to widgets, such as the workspace, are kept by the session and may not be named here
    address = recall.reopen(point["methods"], point["sampler"], found["budget_tokens"], 1)
    st.switch_page("pages/select.py", query_params=address)


def _titled(found: dict[str, Any]) -> str:
    swept = "; ".join(
        f"{name} {', '.join(map(str, values))}" for name, values in found["sweep"].items()
    )
    when = found["created"][:16].replace("T", " ")
    title = compose.titles(found["points"][0]["methods"])
    return f"{title}, {swept}: {found['budget_tokens']:,} tokens ({when})"
