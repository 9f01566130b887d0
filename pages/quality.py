"""Quality: every signal on its own, together, per group, at its ends, duplicates, audit, students, judges, models."""

import streamlit as st

import selection
from pages.widgets import (
    audit_parts,
    classifier_parts,
    duplicate_parts,
    judge_parts,
    labels,
    model_parts,
    progress,
    quality_parts,
    signal_overview,
    student_parts,
    workspace,
)

st.title("Quality")
space = workspace.current()
progress.running(space)
workspace.require(space, "signals")

VIEWS = [
    "Overview",
    "One signal",
    "Correlation",
    "Groups",
    "Duplicates",
    "Audit",
    "Students",
    "Judges",
    "Models",
    "Classifier",
]
view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], key="view", bind="query-params", required=True, label_visibility="collapsed"
)  # fmt: skip
known = selection.signal_names(space)

if view == "One signal":
    usual = quality_parts.default_signals(space)[0]
    named = labels.unique(known)
    labels.understand("signal", named)
    name = st.selectbox(
        "Signal",
        known,
        index=known.index(usual),
        format_func=named.__getitem__,
        key="signal",
        bind="query-params",
    )
    quality_parts.one_signal(space, name or usual)
elif view == "Students":
    student_parts.students(space)
elif view == "Duplicates":
    duplicate_parts.duplicates(space)
elif view == "Classifier":
    classifier_parts.classifier(space)
elif view == "Judges":
    judge_parts.judges(space)
elif view == "Models":
    model_parts.models(space)
else:
    named = labels.unique(known)
    labels.understand("signals", named, several=True)
    names = st.multiselect(
        "Signals", known, default=quality_parts.default_signals(space), key="signals", bind="query-params", max_selections=60,
        format_func=named.__getitem__,
    )  # fmt: skip
    if not names:
        st.info("Pick at least one signal.")
    elif view == "Correlation":
        quality_parts.correlations(space, names)
    elif view == "Audit":
        audit_parts.audit(space, names)
    elif view == "Groups":
        quality_parts.groups(space, names)
    else:
        signal_overview.overview(space, names)
