"""Export: a subset leaves as files, with the proof of how it was made."""

import streamlit as st

import selection
from pages.widgets import compose, exports, progress, reader, sql, style, workspace

st.title("Export")
space = workspace.current()
progress.running(space)
subsets = {facts["name"]: facts for facts in reversed(selection.list_subsets(space))}

if not subsets:
    st.info(
        "There is no subset yet. Draw one and save it; then it can be exported.",
        icon=":material/tune:",
    )
    workspace.link("pages/select.py", "Go to Select", ":material/arrow_forward:")
else:
    left, right = st.columns([2, 3], gap="medium")
    with left:
        name = st.selectbox("Subset", list(subsets), key="subset", bind="query-params") or ""
        exports.start(space, name)
    facts = subsets[name]
    with right.container(border=True):
        for place, (label, value) in zip(
            st.columns(3, wrap=False),
            {
                "Documents": facts["n_docs"],
                "Tokens": facts["n_tokens"],
                "Budget": facts["budget_tokens"],
            }.items(),
            strict=True,
        ):
            place.metric(label, f"{value:,}")
        st.caption(f"{style.exact(facts['n_docs']).capitalize()}, copies counted among the tokens.")
        st.caption(
            reader.inert(
                f"{compose.titles(facts['methods'])}, sampler {facts['sampler']}, seed {facts['seed']},"
                f" {facts['created'][:19].replace('T', ' ')} UTC"
            )
        )
        with st.container(horizontal=True):
            exports.care(space, name)

    st.subheader("Written files")
    done = exports.finished(space)
    if not done:
        st.caption("Nothing has been exported from this workspace yet.")
    for folder in done[:20]:
        exports.card(space, folder)
    if len(done) > 20:
        st.caption(f"Newest first: {style.listed(20, len(done), 'exports')}.")

st.subheader("Ask in SQL")
sql.box(space)
