"""What a workspace holds: counts, sources, and what was set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import reader, style, tiles, workspace

if TYPE_CHECKING:
    from selection import Workspace


def counts(space: Workspace) -> None:
    """Documents, tokens, sources, quarantined rows."""
    there = workspace.status(space)
    shown = (
        ("Documents", there.n_docs, "Rows that became documents."),
        (
            "Tokens",
            there.n_tokens,
            reader.inert(f"Counted by {there.tokenizer}, without special tokens."),
        ),
        ("Sources", there.n_sources, "Labels that say where documents come from."),
        (
            "Quarantined rows",
            there.n_quarantined,
            "Rows that could not become documents; none is lost.",
        ),
    )
    for place, (label, number, help_text) in zip(tiles.four(), shown, strict=True):
        place.metric(label, f"{number:,}", help=help_text, border=True)
    st.caption("Counts here and below are exact.")


def sources(space: Workspace) -> None:
    """Documents and tokens per source, largest first."""
    table = _sources(space, workspace.signature(space))
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table["source"]) <= 12 else 460,
        key="sources_table",
        column_config={
            "documents": st.column_config.NumberColumn(format="localized"),
            "tokens": st.column_config.NumberColumn(format="localized"),
            "mean tokens": st.column_config.NumberColumn(format="localized"),
            "share of tokens": st.column_config.ProgressColumn(
                format="%.1f%%", min_value=0, max_value=100
            ),
        },
        alt="Documents and tokens of every source",
    )


@st.cache_data(show_spinner=False, max_entries=16)
def _sources(_space: Workspace, signature: tuple) -> dict[str, list[Any]]:
    labels, n_tokens = selection.sources(_space), selection.tokens(_space)
    n_labels = len(labels.names)
    docs = np.bincount(labels.codes, minlength=n_labels)
    tokens = np.bincount(labels.codes, weights=n_tokens, minlength=n_labels)
    order = np.argsort(-tokens, kind="stable")
    return {
        "source": [reader.plain(labels.names[i], 120) for i in order],
        "tokens": tokens[order].astype(int).tolist(),
        "share of tokens": (100 * tokens[order] / max(tokens.sum(), 1)).tolist(),
        "documents": docs[order].tolist(),
        "mean tokens": np.round(tokens[order] / np.maximum(docs[order], 1)).astype(int).tolist(),
    }


def quarantine(space: Workspace) -> None:
    """Counts per reason, and the first rows with their raw bytes as text."""
    there = workspace.status(space)
    if not there.n_quarantined:
        st.caption("Nothing was set aside: every row became a document.")
        return
    reasons, rows = _quarantine(space, workspace.signature(space))
    left, right = st.columns([1, 2], gap="medium")
    left.dataframe(
        {
            "reason": [reader.plain(row["reason"], 120) for row in reasons],
            "rows": [row["n_rows"] for row in reasons],
        },
        hide_index=True,
        height="content",
        key="quarantine_reasons",
    )
    right.dataframe(
        {
            "file": [reader.plain(row["file"] or "", 120) for row in rows],
            "row": [row["row"] for row in rows],
            "reason": [reader.plain(row["reason"], 120) for row in rows],
            "raw": [reader.plain(row["raw"], 300) for row in rows],
        },
        hide_index=True,
        height="content" if len(rows) < 8 else 280,
        key="quarantine_rows",
        column_config={"raw": st.column_config.TextColumn(width="large")},
    )
    left.caption(f"exact, {style.counted(there.n_quarantined, 'rows')}")
    right.caption(style.listed(len(rows), there.n_quarantined, "rows"))


@st.cache_data(show_spinner=False, max_entries=8)
def _quarantine(_space: Workspace, signature: tuple) -> tuple[list[dict], list[dict]]:
    return selection.quarantine(_space)
