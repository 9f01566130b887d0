"""Train a classifier on examples: what it learns from, how it does on examples it has not seen, and a word of warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import forms, progress, reader, target_sets, workspace

if TYPE_CHECKING:
    from selection import Workspace

_ID = "ngram_classifier"


def classifier(space: Workspace) -> None:
    """The settings as a form, a button that trains and scores, and the last one's figures."""
    kind = type(selection.signal(_ID))
    st.caption(reader.inert(kind.summary()))
    signal = forms.settings(kind, f"set_{_ID}", space, columns=2)
    progress.start_button(
        space,
        "Train and score",
        "score",
        *target_sets.arguments(signal),
        key=f"start_{_ID}",
        type="primary",
        disabled=not signal.model_dump()["targets"],
        help="Needs at least one target set of positives.",
    )
    if not signal.model_dump()["targets"]:
        st.caption("Add a file of texts that you want more of under Targets to begin.")
    if _ID in workspace.status(space).signals:
        facts = selection.signal_facts(space, _ID)["learnt"]
        if "warning" in facts:
            st.warning(reader.inert(facts["warning"]), icon=":material/warning:")
        st.caption(
            "The last one trained, on a sample of examples that were held out; auc_se is the standard error, twice that the"
            " 95 % interval"
        )
        st.dataframe(facts.get("learnt", []), hide_index=True, key=f"learnt_{_ID}")
