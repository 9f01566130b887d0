"""The widget that suits one field of a settings class: its description is the tooltip, its bounds are the slider's."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import streamlit as st

import selection
from pages.widgets import labels, reader, workspace
from selection.core.number_range import number_range

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from selection import Workspace

_SPELT = {
    "min": "minimum",
    "max": "maximum",
    "chars": "characters",
    "docs": "documents",
    "ngrams": "n-grams",
    "url": "URL",
    "javascript": "JavaScript",
}


def label(name: str) -> str:
    """`n_clusters` as people say it: Number of clusters."""
    words = [_SPELT.get(word, word) for word in reader.words(name.strip("_")).split()]
    words = [re.sub(r"(?<=\d)gram$", "-gram", word) for word in words]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def draw(name: str, info: FieldInfo, key: str, space: Workspace | None = None) -> Any:
    """The widget that suits one field; the value in it."""
    widget = extra(info).get("widget")
    shown = common(name, info, key)
    default = info.get_default(call_default_factory=True)
    kind, optional = _unwrapped(info.annotation)
    if widget == "signal":
        return _signal(shown, default, space)
    if widget == "signals":
        return _signals(shown, default, space)
    if widget == "category":
        return _category(shown, default, space)
    if get_origin(kind) is Literal:
        return _choice(shown, default, get_args(kind))
    if kind is bool:
        return st.toggle(value=bool(default), bind="query-params", **shown)
    if kind in (int, float):
        return _number(shown, info, kind, optional)
    if widget == "json":
        return _json(shown)
    if get_origin(kind) is tuple:
        return _listed(shown, default or (), one_per_line=widget == "rules")
    text = st.text_input(value="" if default is None else str(default), **shown)
    return None if optional and not text else text


def held(info: FieldInfo, value: Any) -> Any:
    """A setting as its widget keeps it in the session: the way back of `draw`."""
    widget, kind = extra(info).get("widget"), _unwrapped(info.annotation)[0]
    if widget == "json":
        return json.dumps(value) if value else ""
    if widget in ("signals", "targets"):
        return list(value)
    if get_origin(kind) is tuple:
        return ("\n" if widget == "rules" else ", ").join(map(str, value))
    return "" if value is None and kind is str else value


def common(name: str, info: FieldInfo, key: str) -> dict[str, Any]:
    """What every widget takes: its label, tooltip and key."""
    return {"label": label(name), "help": info.description, "key": key}


def extra(info: FieldInfo) -> dict[str, Any]:
    """`widget`: the one that a setting asks for, `none` if it is not the user's to set; `when`: (setting, its value)."""
    return dict(info.json_schema_extra) if isinstance(info.json_schema_extra, dict) else {}


def _unwrapped(annotation: Any) -> tuple[Any, bool]:
    """The type without `| None`, and whether None was allowed."""
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [part for part in get_args(annotation) if part is not type(None)]
        return rest[0], len(rest) < len(get_args(annotation))
    return annotation, False


def _choice(shown: dict[str, Any], default: Any, options: Sequence[Any]) -> Any:
    index = list(options).index(default) if default in options else 0
    if len(options) <= 4 and sum(len(str(option)) for option in options) <= 28:
        picked = st.segmented_control(
            options=options, default=options[index], required=True, bind="query-params", **shown
        )
        return picked if picked is not None else options[index]
    return st.selectbox(options=options, index=index, bind="query-params", **shown)


def _number(shown: dict[str, Any], info: FieldInfo, kind: type, optional: bool) -> Any:
    default, offered = info.get_default(call_default_factory=True), number_range(info, kind)
    low, high, step = offered.low, offered.high, offered.step
    if offered.slider and not optional:
        value = min(max(kind(default), low), high)
        return st.slider(
            min_value=low, max_value=high, value=value, step=step, bind="query-params", **shown
        )
    value = None if default is None else kind(default)
    form = "%.6g" if kind is float else None
    return st.number_input(
        min_value=low, max_value=high, value=value, step=step, format=form, **shown
    )


def _signal(shown: dict[str, Any], default: str, space: Workspace | None) -> str:
    names = selection.signal_names(space) if space is not None else []
    options = labels.unique(([""] if not default else []) + names + [default])
    labels.understand(shown["key"], options)
    return st.selectbox(
        options=list(options),
        index=list(options).index(default),
        format_func=options.__getitem__,
        bind="query-params",
        **shown,
    )


def _category(shown: dict[str, Any], default: str, space: Workspace | None) -> str:
    names = selection.signal_names(space, "category") if space is not None else []
    options = labels.unique([*names, default])
    labels.understand(shown["key"], options)
    return st.selectbox(
        options=list(options), index=list(options).index(default), format_func=options.__getitem__,
        bind="query-params", **shown,
    )  # fmt: skip


def _signals(
    shown: dict[str, Any], default: Sequence[str], space: Workspace | None
) -> tuple[str, ...]:
    names = selection.signal_names(space) if space is not None else list(default)
    there = [name for name in default if name in names] or names[:1] or list(default)
    options = labels.unique([*names, *there])
    labels.understand(shown["key"], options, several=True)
    return tuple(
        st.multiselect(
            options=list(options),
            default=there,
            format_func=options.__getitem__,
            bind="query-params",
            **shown,
        )
    )


def _listed(shown: dict[str, Any], default: Sequence[Any], one_per_line: bool) -> tuple[str, ...]:
    if one_per_line:
        text = st.text_area(value="\n".join(map(str, default)), height=120, **shown)
        parts = text.splitlines()
    else:
        parts = st.text_input(value=", ".join(map(str, default)), **shown).split(",")
    return tuple(part.strip() for part in parts if part.strip())


def _json(shown: dict[str, Any]) -> list[Any]:
    """A list of objects, typed as JSON; what it must hold is checked with the other settings."""
    text = st.text_area(
        value="", height=90, placeholder='[{"domain": "books", "omega": 0.2}]', **shown
    )
    try:
        return json.loads(text) if text.strip() else []
    except json.JSONDecodeError as error:
        workspace.fail(
            f"{shown['label']} must be a JSON list, and it does not parse ({error.msg}); see its help"
        )
