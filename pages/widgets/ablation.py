"""ODiS taken apart, on the Axes page: at equal tokens, how good and how distinct what each variant keeps is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import ablation_charts, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace

_COLUMNS = {
    "subset": "variant",
    "n_docs": "documents",
    "quality": "mean quality",
    "distinct_documents": "distinct documents",
    "effective_sources": "effective sources",
    "mean_tokens": "mean tokens",
    "with_odis": "tokens shared with odis",
    "by_chance": "by chance",
}


def ablation(space: Workspace) -> None:
    """A share of the corpus, a button, and then a figure and a table of all variants."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    share = left.slider(
        "Share of the corpus' tokens that each keeps", 0.01, 0.5, 0.2, 0.01, format="percent", key="ablation_share",
        bind="query-params",
    )  # fmt: skip
    if right.button("Take ODiS apart", key="ablate", icon=":material/call_split:", width="stretch"):
        st.session_state["ablated"] = str(space.path)
    if st.session_state.get("ablated") != str(space.path):
        st.caption(
            "One axis alone, their mean, raw dimensions without PCA and their mean, at equal tokens; beside axes whose scores"
            " were dealt out at random, and random draws."
        )
        return
    try:
        rows = _ablated(
            space, workspace.signature(space), int(share * workspace.status(space).n_tokens)
        )
    except selection.WinnowError as mistake:
        st.error(reader.inert(str(mistake)), icon=":material/error:")
        return
    if any(row["distinct_documents"] is None for row in rows):
        st.caption(
            "With a vector for every document this also says how distinct the documents are"
            f" · {style.exact(workspace.status(space).n_docs)}"
        )
    else:
        st.plotly_chart(
            ablation_charts.trade(rows), key="ablation_trade", config=style.CONFIG,
            alt="Mean quality against distinct documents of each variant",
        )  # fmt: skip
        st.caption(
            "Quality: mean of the dimensions where higher is better, 0 to 5, by whoever rates them now. Such scores also chose,"
            " so it says what was aimed at, not what a model gains. Distinct documents: Vendi score, with 95 % intervals over"
            f" resampled documents · {style.exact(workspace.status(space).n_docs)}"
        )
    _table(rows)


@st.cache_data(show_spinner="Taking ODiS apart", max_entries=8)
def _ablated(_space: Workspace, signature: tuple, budget_tokens: int) -> list[dict[str, Any]]:
    found = selection.ablate(_space, budget_tokens)
    better = [name for name in selection.dimensions() if name in found.corpus_means]
    better = [name for name in better if selection.signal_facts(_space, name).get("polarity") == 1]
    rows = found.table()
    shared = {row["second"]: row for row in found.pairs() if row["first"] == "odis"}
    told = []
    for row in rows:
        pair = shared.get(row["subset"], {})
        told.append(
            {
                **{name: row[name] for name in _COLUMNS if name in row},
                "quality": float(np.mean([row[name] for name in better])) if better else None,
                "with_odis": pair.get("jaccard_tokens"),
                "by_chance": pair.get("expected_jaccard_tokens"),
                "ends": [row.get(f"distinct_documents_{end}") for end in ("low", "high")],
            }
        )
    return told


def _table(rows: list[dict[str, Any]]) -> None:
    table = [
        {
            title: 100 * row[name] if name in ("with_odis", "by_chance") and row[name] is not None else row[name]
            for name, title in _COLUMNS.items()
        }
        for row in rows
    ]  # fmt: skip
    number, share = st.column_config.NumberColumn, "%.0f %%"
    st.dataframe(
        table, key="ablation_table", hide_index=True, height="content", placeholder="–",
        column_config={
            "documents": number(format="localized"), "mean quality": number(format="%.2f"),
            "distinct documents": number(format="%.1f"), "effective sources": number(format="%.1f"),
            "mean tokens": number(format="%.0f"), "tokens shared with odis": number(format=share),
            "by chance": number(format=share),
        },
    )  # fmt: skip
