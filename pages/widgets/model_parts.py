"""The Models view of the Quality page: raters that read with a model, each with its settings, as a job.

A model is a Hugging Face name, or lies in one of the folders of the server that may be read: the page takes no other path.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import field_widget, forms, incoming, progress, reader, target_sets, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.signal import Signal

_BESIDE = ("statistics",)  # reads with a model where a setting says so
_PATHS = ("model", "professionalism", "readability", "reasoning", "cleanliness", "domains")
"""Settings that may name a file or folder."""


def models(space: Workspace) -> None:
    """Choose a rater, set it, start it; and what each that ran yields."""
    listed = {row["id"]: row for row in selection.list_signals()}
    offered = [
        name for name, row in listed.items() if {"model", "embedder"} & {*row["needs"]}
    ]  # fmt: skip
    offered.sort(key=lambda name: (name != "hugging_face", listed[name]["title"]))
    chosen = st.selectbox(
        "Rater", [*offered, *_BESIDE], format_func=lambda name: listed[name]["title"], key="model_rater",
        bind="query-params",
    )  # fmt: skip
    kind = type(selection.signal(chosen))
    st.caption(reader.inert(kind.summary()))
    if kind.needs.embedding and not workspace.status(space).ready.get("embedding"):
        workspace.offer(space, "embedding")
        return
    signal = forms.settings(kind, f"set_{chosen}", space, columns=3)
    wrong = _wrong(signal)
    progress.start_button(
        space, "Score every document", "score", *target_sets.arguments(signal), key=f"start_{chosen}",
        type="primary", disabled=bool(wrong),
    )  # fmt: skip
    if wrong:
        st.caption(reader.inert(wrong))
    elif {*_PATHS} & {*kind.model_fields}:
        st.caption(
            "A name is looked for on the server first and downloaded only if it is not there. Models read a few to some"
            " hundred documents a second; a job that is stopped goes on where it was."
        )
    _made(space, offered)


def _wrong(signal: Signal) -> str:
    """What keeps it from being started, as one sentence; nothing if nothing does."""
    for name, value in signal.model_dump().items():
        if name == "model" and not value:
            return "Name a model: its Hugging Face name, or a folder of this server."
        if name in _PATHS and value and _leads_out(str(value)):
            folders = ", ".join(map(str, incoming.allowed())) or "none"
            return (
                f"{field_widget.label(name)} must be a Hugging Face name or lie in a folder that is open for reading"
                f" ({folders}), got {value}."
            )
    return ""


def _leads_out(value: str) -> bool:
    """Whether it is a path, and not below a folder that may be read."""
    path = Path(value).expanduser()
    if not (path.is_absolute() or value.startswith(".") or path.exists()):
        return False
    return not any(path.resolve().is_relative_to(folder) for folder in incoming.allowed())


def _made(space: Workspace, offered: list[str]) -> None:
    """The columns that such raters have yielded, newest last."""
    rows = []
    for name in selection.signal_names(space):
        facts = selection.signal_facts(space, name)
        if facts["signal"] in offered and "__" not in name:
            rows.append(
                {"column": name, "by": facts["signal"], "says": reader.plain(facts["definition"], 160)}
            )  # fmt: skip
    if rows:
        st.subheader("Scored by models")
        st.dataframe(rows, hide_index=True, key="scored_by_models", height="content")
