"""Before anything is written: what a file holds, which field is what, and the documents that would come of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import field_widget, reader, style, workspace

if TYPE_CHECKING:
    from selection.formats.readers.fields import Fields
    from selection.formats.readers.rows import Input, Preview

_ROLES = ("text", "id", "source", "date", "url")
_GUESS, _NONE = "guess", "none"
_TEMPLATES = {"rows": "every column of a row"}


def inputs(paths: Sequence[str]) -> list[Input]:
    """The inputs behind the paths, listed; a wrong path is said and stops the page."""
    try:
        found = selection.expand(list(paths))
    except selection.WinnowError as mistake:
        workspace.fail(mistake)
        raise
    total = sum(item.size_bytes for item in found)
    kinds = ", ".join(sorted({item.kind for item in found}))
    st.caption(
        reader.inert(
            f"{len(found):,} input{'s' if len(found) > 1 else ''} ({kinds}), {style.size(total)}"
        )
    )
    return found


def ask(found: Sequence[Input], key: str = "mapping") -> Fields:
    """The field mapping, with the columns of one input and its first ten documents beside it."""
    shown = found[0]
    if len(found) > 1:
        labels = [
            f"{number}. {reader.plain(item.label, 80)}" for number, item in enumerate(found, 1)
        ]
        number = st.selectbox(
            "Look into", range(len(found)), format_func=lambda i: labels[i], key=f"{key}_input"
        )
        shown = found[number]
    schema = _preview(shown, selection.Fields(template="rows"), 1)
    left, right = st.columns([1, 1], gap="medium")
    with right:
        st.markdown("**Columns**")
        st.dataframe(
            {
                "column": [reader.plain(column.name, 80) for column in schema.columns],
                "type": [column.type for column in schema.columns],
                "example": [reader.plain(column.example, 120) for column in schema.columns],
            },
            hide_index=True,
            height="content" if len(schema.columns) < 9 else 330,
            key=f"{key}_columns",
        )
    with left:
        st.markdown("**Fields**")
        fields = _form(schema, key)
    _documents(_preview(shown, fields, 10), key)
    return fields


def _form(schema: Preview, key: str) -> Fields:
    """One select per role, the rest below; what is wrong is said in one sentence and stops the page."""
    columns = [column.name for column in schema.columns]
    about = selection.Fields.model_fields
    values: dict[str, Any] = {}
    places = st.columns(2)
    for number, role in enumerate(_ROLES):
        guess = getattr(schema.suggested, role)
        if role == "text" and not guess and schema.suggested.template:
            guess = _TEMPLATES.get(schema.suggested.template, schema.suggested.template)
        options = [_GUESS, *([] if role == "text" else [_NONE]), *(f"= {name}" for name in columns)]
        picked = places[number % 2].selectbox(
            "URL" if role == "url" else role.capitalize(),
            options,
            format_func=lambda option, guess=guess: _option(option, guess),
            help=about[role].description,
            key=f"{key}_{role}",
        )
        values[role] = {_GUESS: None, _NONE: ""}.get(picked, picked.removeprefix("= "))
    with places[1]:
        values["template"] = (
            field_widget.draw("template", about["template"], f"{key}_template") or None
        )
    with st.expander("Long documents"):
        values["chunk_words"] = field_widget.draw(
            "chunk_words", about["chunk_words"], f"{key}_chunk_words"
        )
        values["max_chars"] = field_widget.draw("max_chars", about["max_chars"], f"{key}_max_chars")
    if not schema.named and not values["text"] and not values["template"]:
        # Names tell nothing: what the preview took is said, or the ingest would not know it.
        values |= {"text": schema.suggested.text, "template": schema.suggested.template}
    try:
        return selection.Fields.build(values)
    except selection.WinnowError as mistake:
        workspace.fail(mistake)
        raise


def _option(option: str, guess: str | None) -> str:
    if option == _GUESS:
        return f"Automatic ({reader.plain(guess, 40)})" if guess else "Automatic"
    return "None" if option == _NONE else reader.plain(option.removeprefix("= "), 60)


def _documents(preview: Preview, key: str) -> None:
    """The first documents as a table, the text of the picked one, and what the other rows lack."""
    reasons = ", ".join(sorted({bad.reason for bad in preview.rejected}))
    rows = preview.documents
    if not rows:
        lacking = f"None of its first rows would become a document ({reasons}). Choose another text field or file."
        empty = "It holds no rows. Choose another file."
        st.warning(reader.inert(lacking if reasons else empty), icon=":material/warning:")
        return
    first = f"first {len(rows)} documents" if len(rows) > 1 else "first document"
    st.markdown(f"**The {first}**, before anything is stored")
    event = st.dataframe(
        {
            "text": [" ".join(reader.plain(row["text"], 200).split()) for row in rows],
            **{role: [reader.plain(row[role] or "", 80) for row in rows] for role in _ROLES[1:]},
            "metadata": [reader.plain(_json(row["metadata"]), 160) for row in rows],
        },
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"text": st.column_config.TextColumn(width="large")},
        key=f"{key}_documents",
    )
    chosen = event["selection"]["rows"]
    row = rows[chosen[0] if chosen and chosen[0] < len(rows) else 0]
    shown = reader.plain(row["text"], 4_000)
    short = reader.is_short(shown)
    st.code(shown, language=None, wrap_lines=True, height="content" if short else 220)
    if reasons:
        st.caption(
            reader.inert(
                f"{len(preview.rejected)} of the first rows would go to quarantine: {reasons}."
            )
        )


def _json(metadata: Any) -> str:
    return json.dumps(metadata, ensure_ascii=False, default=str) if metadata else ""


def _preview(item: Input, fields: Fields, n: int) -> Preview:
    path = Path(item.path)
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    try:
        return _cached(
            item, fields, n, (str(item.path), stamp, item.size_bytes, fields.model_dump_json())
        )
    except selection.WinnowError as mistake:
        workspace.fail(mistake)
        raise


@st.cache_data(show_spinner="Reading the beginning of the file …", max_entries=64)
def _cached(_item: Input, _fields: Fields, n: int, stamp: tuple) -> Preview:
    return selection.preview_file(_item, _fields, n)


def arguments(fields: Fields) -> list[str]:
    """The mapping as the shell takes it."""
    changed = fields.changed()
    named = [f"--{role}={changed.pop(role)}" for role in (*_ROLES, "template") if role in changed]
    return [*named, *(f"--set={name}={value}" for name, value in changed.items())]
