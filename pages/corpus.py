"""Corpus: load documents, see what became of them, and start the steps that everything else stands on."""

import streamlit as st

import selection
from pages.widgets import intake, listing, progress, refinement, steps, summary, upkeep, workspace

FOUND = 5_000  # documents that a search lists

st.title("Corpus")
space = workspace.chosen()

if space is not None:
    progress.running(space)
    filling = any(job.alive for job in selection.list_jobs(space))
    if filling and not workspace.has_documents(space):
        st.caption("This page fills as soon as the first documents are in.")
        st.stop()

if space is None or not workspace.has_documents(space):
    st.caption(
        "Winnow chooses training data for language models: load documents, score and map them, weigh them by"
        " a published method, draw a subset, and export it with the proof of how it was made."
    )
    left, right = st.columns([2, 3], gap="medium")
    with left.container(border=True, height="stretch"):
        intake.demo()
    with right.container(border=True, height="stretch"):
        st.subheader("Your own documents")
        paths = intake.pick()
    if paths:
        intake.take(space, paths)
    if space is not None:
        if workspace.status(space).n_quarantined:
            st.subheader("Quarantine")
            summary.quarantine(space)
        with st.expander("This workspace"):
            upkeep.rename(space)
            upkeep.delete(space)
    st.stop()

summary.counts(space)
st.subheader("Steps")
steps.cards(space)
sources, quarantine, documents, refined, add, attach, care = st.tabs(
    [
        "Sources",
        "Quarantine",
        "Documents",
        "Refine",
        "Add documents",
        "Attach columns",
        "Workspace",
    ],
    key="corpus_tab",
    bind="query-params",
)
if sources.open:
    with sources:
        summary.sources(space)
if quarantine.open:
    with quarantine:
        summary.quarantine(space)
if documents.open:
    with documents:
        words = st.text_input(
            "Find", key="find", placeholder="words that a document contains", type="search"
        )
        n_docs = workspace.status(space).n_docs
        found = selection.find_documents(space, words, FOUND) if words else range(n_docs)
        if words and len(found) == FOUND:
            st.caption(f"The first {FOUND:,} that contain it; there may be more.")
        listing.documents(space, found, key="corpus_documents")
if refined.open:
    with refined:
        refinement.show(space)
if care.open:
    with care:
        left, right = st.columns(2, gap="medium")
        with left:
            upkeep.rename(space)
            upkeep.delete(space)
        with right:
            upkeep.disk(space)
            upkeep.another()
with attach:  # drawn always, so that a file in the uploader outlives a look at another tab
    intake.attach(space)
with add:  # last, as a field that is not there stops the page
    paths = intake.pick()
    if paths:
        intake.take(space, paths)
