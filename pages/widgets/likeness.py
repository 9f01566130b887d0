"""How much closer to a target a selection is than the corpus: one pass over the text, made when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.method import Method
    from selection.workflow.picture import Picture

_ABOUT = (
    "KL reduction in nats, on hashed words and word pairs: how much closer to the target than the whole corpus is;"
    " 0 is no closer, and a random draw lies about there"
)


@st.cache_data(show_spinner="Reading the text …", max_entries=16)
def _rows(
    _space: Workspace,
    signature: tuple,
    names: tuple[str, ...],
    keys: tuple[str, ...],
    draw: tuple,
    _copies: list[np.ndarray] | None,
) -> Any:
    return selection.resemblance(_space, names, keys, _copies)


def _table(rows: Sequence[dict[str, Any]], n_docs: int, key: str) -> None:
    st.caption(f"{_ABOUT}; {style.exact(n_docs)}")
    st.dataframe(
        {
            "subset": [reader.plain(row["subset"], 60) for row in rows],
            "target": [reader.plain(row["target"], 60) for row in rows],
            "corpus to target": [row["kl_corpus"] for row in rows],
            "subset to target": [row["kl_subset"] for row in rows],
            "reduction": [row["kl_reduction"] for row in rows],
        },
        hide_index=True,
        key=key,
    )


def of_subsets(space: Workspace, names: Sequence[str]) -> None:
    """For saved subsets: choose targets, see a row each."""
    known = {facts["key"]: facts["name"] for facts in selection.list_targets(space)}
    if not known or not names:
        return
    st.subheader("Resemblance to a target")
    keys = st.multiselect(
        "Targets", list(known), format_func=lambda key: reader.plain(known[key], 60),
        key="likeness_targets", placeholder="Choose", help="The text of the corpus is read once.",
    )  # fmt: skip
    if keys:
        mark = workspace.signature(space)
        rows = _rows(space, mark, tuple(names), tuple(keys), (), None)
        _table(rows, workspace.status(space).n_docs, "likeness")


def of_draw(space: Workspace, methods: Sequence[Method], seen: Picture, draw: tuple) -> None:
    """For a draw that is not saved, beside the targets of its own method."""
    keys = tuple(
        key
        for method in methods
        if method.scale != "none"
        for key in getattr(method, "targets", ())
    )
    if keys and st.toggle("Compare the draw with its targets", key="likeness_draw"):
        copies = [seen.drawn.copies()]
        rows = _rows(space, workspace.signature(space), ("this draw",), keys, draw, copies)
        _table(rows, seen.corpus_docs, "likeness_of_draw")
