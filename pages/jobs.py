"""Jobs: everything that runs, ran, or waits, whichever session started it."""

import streamlit as st

import selection
from pages.widgets import job_list, workspace

SHOWN = 25

st.title("Jobs")
space = (
    workspace.chosen() or workspace.current()
)  # without any, the latter says what to do and stops

every = st.toggle("All workspaces", key="all", bind="query-params", help="They share one queue.")
spaces = selection.list_workspaces(workspace.root()) if every else [space]


@st.fragment(run_every=2)
def jobs() -> None:
    """Read from the files, so a refresh, a restart or another session sees the same."""
    found = [(one, job) for one in spaces for job in selection.list_jobs(one)]
    found.sort(key=lambda pair: (not pair[1].alive, -pair[1].created))
    if not found:
        st.info(
            "No jobs yet. Every slow step runs as a job and is listed here.",
            icon=":material/checklist:",
        )
        return
    n_alive = sum(job.alive for _, job in found)
    n_failed = sum(job.state in {"failed", "interrupted"} for _, job in found)
    st.caption(
        f"{n_alive} running or waiting · {n_failed} failed or interrupted · {len(found)} in all"
    )
    for one, job in found[:SHOWN]:
        job_list.card(one, job, where=every)
    if len(found) > SHOWN:
        st.caption(f"the newest {SHOWN} of {len(found):,}; drop old records to shorten the list")


jobs()
