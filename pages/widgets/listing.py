"""Documents page by page: a table, the text of the one that is picked, and what can be done with them by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import marking, reader, style

if TYPE_CHECKING:
    from selection import Workspace

Beside = Callable[[np.ndarray], Mapping[str, Sequence[Any]]]
"""Columns to show beside the documents with these doc_ids."""


def documents(
    space: Workspace,
    doc_ids: Sequence[int] | np.ndarray,
    *,
    columns: Mapping[str, Sequence[Any]] | Beside | None = None,
    key: str,
    page_size: int = 10,
) -> None:
    """A page of documents as a table, the text of the one that is picked, and what can be done with it by hand.

    `columns` are shown beside them, aligned with `doc_ids`, or a function that makes them for those on the page.
    """
    if not len(doc_ids):
        st.caption("No documents.")
        return
    n_pages = math.ceil(len(doc_ids) / page_size)
    foot = st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    )
    with foot:
        page = st.pagination(n_pages, key=f"{key}_page") if n_pages > 1 else 1
        first = (page - 1) * page_size
        last = min(first + page_size, len(doc_ids))
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            shown = f"{first + 1:,}–{last:,} of " if len(doc_ids) > 1 else ""
            st.caption(f"{shown}{style.counted(len(doc_ids), 'documents')}")
            marking.several(space, doc_ids, key)
    ids = np.asarray(doc_ids[first:last])
    rows = selection.read_documents(space, ids.tolist(), reader.SHOWN_CHARS)
    if callable(columns):
        here = {name: list(values) for name, values in columns(ids).items()}
    else:
        here = {name: list(values[first:last]) for name, values in (columns or {}).items()}
    picked = _table(rows, here, f"{key}_table_{page}")
    reader.text(rows[picked], "Pick a row of the table to read another document.")
    reader.stands_out(space, rows[picked]["doc_id"])
    marking.document(space, rows[picked]["doc_id"], key)


def _table(rows: list[dict[str, Any]], columns: dict[str, list[Any]], key: str) -> int:
    """Draws the rows; returns which one is picked (the first, until another is)."""
    table: dict[str, list[Any]] = {
        "document": [row["doc_id"] for row in rows],
        "source": [reader.plain(row["source"] or "", 200) for row in rows],
        "tokens": [row["n_tokens"] for row in rows],
    }
    for name, values in columns.items():
        table[reader.plain(reader.words(name), 60)] = [
            reader.plain(v, 200) if isinstance(v, str) else v for v in values
        ]
    table["text"] = [" ".join(reader.plain(row["text"], 240).split()) for row in rows]
    event = st.dataframe(
        table,
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height="content",
        column_config={
            "document": st.column_config.NumberColumn(width="small", format="%d"),
            "source": st.column_config.TextColumn(width=110),
            "tokens": st.column_config.NumberColumn(width="small", format="localized"),
            "text": st.column_config.TextColumn(width=640),
            **{name: _digits(values) for name, values in table.items() if _is_number(values)},
        },
    )
    chosen = event["selection"]["rows"]
    return chosen[0] if chosen and chosen[0] < len(rows) else 0


def _is_number(values: list[Any]) -> bool:
    """Whether a column holds numbers with decimals."""
    return any(isinstance(value, float) for value in values)


def _digits(values: list[Any]) -> Any:
    """As many decimals in every row, so that numbers can be compared; none where they are whole."""
    rated = [value for value in values if value is not None and value == value]
    whole = all(float(value).is_integer() for value in rated)
    return st.column_config.NumberColumn(width="small", format="localized" if whole else "%.3f")
