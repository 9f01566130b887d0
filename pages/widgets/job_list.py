"""Every job of a workspace: what it does, how it stands, and what can be done about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import progress, reader, style

if TYPE_CHECKING:
    from selection import Workspace
    from selection.engine.jobs import Job

_LOOK = {
    "queued": (":gray-badge[:material/schedule: queued]"),
    "running": (":blue-badge[:material/play_circle: running]"),
    "done": (":green-badge[:material/check_circle: done]"),
    "failed": (":red-badge[:material/error: failed]"),
    "cancelled": (":gray-badge[:material/cancel: cancelled]"),
    "interrupted": (":orange-badge[:material/power_off: interrupted]"),
}


def card(space: Workspace, job: Job, where: bool = False) -> None:
    """One job. `where` adds the workspace's name."""
    with st.container(border=True, gap="small"):
        if job.alive:
            progress.bar(space, job, key="list")
            st.caption(_when(space, job, where))
            return
        left, right = st.columns([3, 2], vertical_alignment="center")
        left.markdown(f"**{reader.inert(progress.name(job))}** &nbsp; {_LOOK[job.state]}")
        left.caption(_when(space, job, where))
        with right.container(horizontal=True, horizontal_alignment="right"):
            if job.state != "done":
                _button(
                    space,
                    job,
                    "Resume",
                    selection.resume_job,
                    ":material/resume:",
                    "What it finished is kept.",
                )
            _button(
                space,
                job,
                "Drop",
                selection.forget_job,
                ":material/close:",
                "Only the record; results stay.",
            )
            _log(space, job)
        if job.message:
            st.error(reader.inert(job.message), icon=":material/error:")


def _when(space: Workspace, job: Job, where: bool) -> str:
    began = datetime.fromtimestamp(job.created, UTC).strftime("%Y-%m-%d %H:%M UTC")
    words = [reader.inert(space.name)] if where else []
    words.append(reader.inert(began))
    if not job.alive and job.elapsed_s >= 1:
        words.append(
            f"took {style.duration(job.elapsed_s)}"
            if job.state == "done"
            else f"ran {job.elapsed_s:,.0f} s"
        )
    return " · ".join(words)


def _button(space: Workspace, job: Job, label: str, verb, icon: str, help: str) -> None:  # noqa: ANN001
    if st.button(label, key=f"{label}_{job.id}", icon=icon, help=help, type="tertiary"):
        try:
            verb(space, job.id)
        except (selection.WinnowError, OSError) as mistake:
            st.toast(reader.inert(str(mistake)), icon=":material/error:")
        st.rerun()


def _log(space: Workspace, job: Job) -> None:
    with st.popover(
        "Log", icon=":material/notes:", type="tertiary", key=f"log_{job.id}", on_change="rerun"
    ) as shown:
        if not shown.open:
            return
        st.code(
            reader.plain(" ".join(["python -m selection", *job.argv]), 600),
            language=None,
            wrap_lines=True,
        )
        log = selection.job_log(space, job.id)
        st.code(
            reader.plain(log) or "The process wrote nothing.",
            language=None,
            wrap_lines=True,
            height=300,
        )
