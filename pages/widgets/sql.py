"""A box for one SELECT over the workspace's views; read-only, locked to its files, first rows only."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace

SHOWN_ROWS = 500
MOST_SECONDS = 30.0  # strangers share the server
_EXAMPLE = """SELECT source, count(*) AS documents, sum(n_tokens) AS tokens
FROM documents GROUP BY source ORDER BY tokens DESC"""
_VIEWS = (
    "documents(doc_id, uid, text, source, date, url, n_tokens, metadata), signals(doc_id, …), clusters(doc_id, cluster,"
    " title), map(doc_id, x, y), axes(doc_id, axis_1, …), weights(doc_id, run, log_weight, …), subsets(name, doc_id,"
    " copies), quarantine(file, row, reason, raw), runs(key, verb, what, settings, created, …)"
)


def box(space: Workspace) -> None:
    """Text, a button, the rows. What is wrong with a query is said in one sentence."""
    sql = st.text_area(
        "One SELECT", value=_EXAMPLE, height=110, key="sql", help=reader.inert(_VIEWS)
    )
    if st.button("Run query", key="sql_run", icon=":material/play_arrow:"):
        st.session_state["sql_asked"] = sql
    asked = st.session_state.get("sql_asked")
    if not asked:
        return
    try:
        columns, rows, more = _rows(space, workspace.signature(space), asked)
    except selection.WinnowError as mistake:
        st.error(reader.inert(str(mistake)), icon=":material/error:")
        return
    st.dataframe(
        {reader.plain(name, 80): [_cell(row[name]) for row in rows] for name in columns},
        hide_index=True,
        key="sql_rows",
    )
    shown = (
        f"the first {len(rows):,} rows; all of them: python -m selection query … --out FILE.parquet"
    )
    st.caption(reader.inert(shown if more else style.counted(len(rows), "rows")))


@st.cache_data(show_spinner="Asking …", max_entries=16, max_size="64MB")
def _rows(
    _space: Workspace, signature: tuple, sql: str
) -> tuple[list[str], list[dict[str, Any]], bool]:
    return selection.query_rows(_space, sql, SHOWN_ROWS, MOST_SECONDS)


def _cell(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, Decimal):  # sums of whole numbers come as such
        return (
            int(value) if value == value.to_integral_value() and abs(value) < 2**53 else str(value)
        )
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return reader.plain(str(value), 500)
