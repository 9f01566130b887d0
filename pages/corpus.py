"""Corpus: load documents, see what became of them, and start the steps that everything else stands on."""

import streamlit as st

import selection
from pages.widgets import intake, mapping, progress, reader, steps, summary, upkeep, workspace

space = workspace.chosen()
filled = space is not None and workspace.has_documents(space)


def demo() -> None:
    """Make a workspace and fill it from the text on this machine."""
    names = {one.name for one in selection.list_workspaces(workspace.root())}
    free = next(
        name for name in ("demo", *(f"demo-{n}" for n in range(2, 999))) if name not in names
    )
    made = selection.create(workspace.root() / free)
    selection.start_job(made, "demo")
    workspace.switch(made.name)


def add() -> None:
    """Pick files, look at them, name their fields, ingest."""
    paths = intake.pick()
    if not paths:
        st.caption("A preview comes first; nothing is written before you press Ingest.")
        return
    fields = mapping.ask(mapping.inputs(paths))
    into = ([space.name] if space else []) + ["A new workspace"]
    left, right = st.columns(2)
    where = left.selectbox(
        "Into", into, key="ingest_into", help="Into a workspace that has documents, they are added."
    )
    name = right.text_input(
        "Its name", value="corpus", max_chars=64, key="ingest_name", disabled=where != into[-1]
    )
    if st.button("Ingest", type="primary", key="ingest", icon=":material/download:"):
        target = (
            space
            if space and where != into[-1]
            else selection.create(workspace.root() / name.strip())
        )
        selection.start_job(
            target, "ingest", *intake.adopt(target, paths), *mapping.arguments(fields)
        )
        workspace.switch(target.name)


st.title("Corpus")
if space is not None:
    progress.running(space)
if not filled:
    st.markdown("Choose training data by what it is worth. Begin with a corpus.")
    left, right = st.columns([2, 3], gap="medium")
    with left.container(border=True, height="stretch"):
        st.subheader("Demo corpus")
        st.markdown(
            "About 3,000 documents from the text installed on this machine: documentation, licences, source code,"
            " tables, man pages. Nothing is downloaded."
        )
        if st.button(
            "Load the demo corpus", type="primary", key="demo", icon=":material/play_arrow:"
        ):
            demo()
        st.caption("first map in about 90 s, everything in 2 to 3 minutes on 2 cores")
    with right.container(border=True, height="stretch"):
        st.subheader("Your own documents")
        add()
    if space is None:
        st.stop()
else:
    summary.counts(space)
    st.subheader("Steps")
    steps.cards(space)
    tabs = st.tabs(
        ["Sources", "Quarantine", "Documents", "Add documents", "Workspace"], key="corpus_tab"
    )
    with tabs[0]:
        summary.sources(space)
    with tabs[1]:
        summary.quarantine(space)
    with tabs[2]:
        words = st.text_input(
            "Find", key="find", placeholder="words that a document contains", type="search"
        )
        n_docs = workspace.status(space).n_docs
        found = selection.find_documents(space, words) if words else range(n_docs)
        reader.documents(space, found, key="corpus_documents")
    with tabs[3]:
        add()
    with tabs[4]:
        left, right = st.columns(2, gap="medium")
        with left:
            upkeep.rename(space)
            upkeep.delete(space)
        with right:
            upkeep.disk(space)
