"""Forms drawn from a settings class: its fields are the widgets, their descriptions the tooltips."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

import selection
from pages.widgets import constraints, field_widget, reader, target_sets, workspace

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from streamlit.delta_generator import DeltaGenerator

    from selection import Workspace
    from selection.core.settings import Settings

    SettingsT = TypeVar("SettingsT", bound=Settings)

_MOST = 9  # settings of one column that are all shown
_FIRST = 6  # of more, these; the rest on request
_SHARES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)


def settings(
    kind: type[SettingsT],
    key: str,
    space: Workspace | None = None,
    columns: int = 2,
    fixed: Mapping[str, Any] | None = None,
) -> SettingsT:
    """One widget per field; the settings as they stand. What is invalid is said in one sentence and stops the page.

    Fields in `fixed` have their value already and get no widget.
    """
    values: dict[str, Any] = dict(fixed or {})
    fields = {
        name: info
        for name, info in kind.model_fields.items()
        if name not in values and field_widget.extra(info).get("widget") != "none"
    }
    if columns > 1:  # switches are lower than other fields: they have rows of their own
        fields = dict(sorted(fields.items(), key=lambda each: each[1].annotation is bool))
    first = list(fields)[: _FIRST if columns == 1 and len(fields) > _MOST else None]
    rest = {name: info for name, info in fields.items() if name not in first}
    _draw({name: fields[name] for name in first}, values, key, space, columns)
    if rest:
        with st.expander(_more(rest, key), icon=":material/tune:", key=f"{key}_more"):
            _draw(rest, values, key, space, columns)
    try:
        return kind.build(values)
    except selection.WinnowError as mistake:
        workspace.fail(mistake)
        raise


def _draw(
    fields: Mapping[str, FieldInfo], values: dict[str, Any], key: str, space: Workspace | None, columns: int
) -> None:  # fmt: skip
    """A widget for each field, whose value is added to `values`."""
    places: list[DeltaGenerator] = []
    for name, info in fields.items():
        decider, wanted = field_widget.extra(info).get("when", (name, None))
        if values.get(decider) != wanted:
            continue  # the setting would mean nothing
        if not places:  # row by row: neighbours are level, a narrow screen keeps the order
            places = st.columns(min(columns, len(fields)), vertical_alignment="bottom")
        with places.pop(0):
            values[name] = _field(name, info, f"{key}_{name}", space)


def _more(fields: Mapping[str, FieldInfo], key: str) -> str:
    """What the closed part of a long form is called: how many settings it holds, and how many are not as they come."""
    n_changed = 0
    for name, info in fields.items():
        default = field_widget.held(info, info.get_default(call_default_factory=True))
        n_changed += st.session_state.get(f"{key}_{name}", default) != default
    return f"More settings ({len(fields)}{f', {n_changed} changed' if n_changed else ''})"


def fill(kind: type[Settings], key: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Put settings into a form that is drawn next; what the address must say besides."""
    address = {}
    for name, info in kind.model_fields.items():
        place, widget = f"{key}_{name}", field_widget.extra(info).get("widget")
        if name not in values or widget == "none":
            continue
        if widget == "constraints":
            st.session_state.pop(f"{place}_rows", None)  # rows are made from the address
            address[place] = ";".join(values[name])
        else:
            st.session_state[place] = field_widget.held(info, values[name])
    return address


def _field(name: str, info: FieldInfo, key: str, space: Workspace | None) -> Any:
    """The widget of one field, or the form of its own that some settings need."""
    widget = field_widget.extra(info).get("widget")
    if widget == "targets":
        default = info.get_default(call_default_factory=True)
        shown = field_widget.common(name, info, key)
        return target_sets.choose(space, shown, default) if space is not None else tuple(default)
    if widget == "constraints" and space is not None:
        return constraints.rows(space, key, info.description)
    return field_widget.draw(name, info, key, space)


def token_budget(space: Workspace, key: str = "budget_tokens") -> int:
    """A number of tokens, typed or as a share of the corpus in sensible steps; in the URL as `?budget_tokens=`."""
    total = workspace.status(space).n_tokens
    share = f"{key}_share"
    if key not in st.session_state:
        asked = str(st.query_params.get(key, ""))
        st.session_state[key] = min(max(1, int(asked) if asked.isdecimal() else total // 10), total)
    st.session_state[key] = min(max(1, int(st.session_state[key])), total)
    st.session_state[share] = _nearest(100 * st.session_state[key] / total)

    def from_share() -> None:
        st.session_state[key] = max(1, round(total * st.session_state[share] / 100))

    left, right = st.columns([5, 6])
    left.number_input(
        "Token budget",
        min_value=1,
        max_value=total,
        step=max(1, 10 ** (len(str(total)) - 3)),
        key=key,
        help="How many tokens the subset may hold.",
    )
    right.select_slider(
        "Share of the corpus",
        options=_SHARES,
        key=share,
        format_func=lambda percent: f"{percent:g} %",
        on_change=from_share,
        help=f"Of {total:,} tokens.",
    )
    budget = int(st.session_state[key])
    st.query_params[key] = str(budget)
    st.caption(reader.inert(f"{budget:,} of {total:,} tokens, {budget / total:.1%} of the corpus"))
    return budget


def _nearest(percent: float) -> float:
    return min(_SHARES, key=lambda option: abs(math.log(option / max(percent, 1e-6))))
