"""Jobs on screen: start one, watch those that run, see how they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

import selection
from pages.widgets import reader, style
from pages.widgets.signature import signature

if TYPE_CHECKING:
    from selection import Workspace
    from selection.engine.jobs import Job

_DOING = {
    "demo": "Build the demo corpus",
    "ingest": "Ingest",
    "attach": "Attach",
    "embed": "Embed",
    "cluster": "Cluster",
    "map": "Map",
    "score": "Score",
    "student": "Train a student",
    "judge": "Judge by",
    "axes": "Fit axes",
    "weigh": "Weigh",
    "draw": "Draw",
    "export": "Export",
    "apply": "Apply",
    "compare": "Compare",
    "arena": "Arena of",
    "frontier": "Sweep",
}


def name(job: Job) -> str:
    """What a job does, in a few words."""
    verb, rest = job.argv[0] if job.argv else "", list(job.argv[2:])
    if verb == "export":
        rest = rest[:1]  # the folder is named after the subset and the format
    if verb == "judge":
        rest = [rest[0], *(word[8:] for word in rest if word.startswith("--model="))]
    if verb in ("arena", "frontier"):
        rest = [word.removeprefix("--sweep=") for word in rest]
        rest = [word for word in rest if not word.startswith("--")]
    what = " ".join(word.rpartition("/")[2] if "/" in word else word for word in rest)
    what = {"--all": "all signals"}.get(what, what)
    return reader.plain(f"{_DOING.get(verb, verb)} {what}".strip(), 90)


def timing(job: Job) -> str:
    """Where it stands: `1,200 of 3,000 documents · 14 s · about 20 s left`."""
    words = []
    if job.state == "queued":
        words.append("starting, or waiting for its turn")
    elif job.total:
        done, total = (style.size if job.unit == "bytes" else "{:,.0f}".format)(job.done), job.total
        words.append(
            f"{done} of {style.size(total)}"
            if job.unit == "bytes"
            else f"{done} of {total:,.0f} {job.unit}"
        )
    if job.elapsed_s >= 1:
        words.append(f"{job.elapsed_s:,.0f} s")
    if job.eta_s is not None and job.state == "running":
        left = style.duration(job.eta_s)
        words.append(f"{left} left" if left.startswith("under") else f"about {left} left")
    return " · ".join(words)


def being_made(space: Workspace, verb: str) -> bool:
    """Whether a living job runs this verb, alone or as a step of the demo."""
    return any(
        job.alive and job.argv[:1] in ([verb], ["demo"]) for job in selection.list_jobs(space)
    )


def running(space: Workspace) -> None:
    """The jobs that are alive, with bar, time left and cancel; the page reruns when one of them ends."""
    watched = f"watched_jobs_{space.path}"
    jobs = selection.list_jobs(space)
    alive = {job.id for job in jobs if job.alive}
    for job in jobs:
        if job.id in st.session_state.get(watched, set()) - alive:
            _tell(job)
    st.session_state[watched] = alive
    if alive:
        _panel(space, frozenset(alive), signature(space))


def _tell(job: Job) -> None:
    if job.state == "done":
        st.toast(f"{reader.inert(name(job))}: done", icon=":material/check:")
    elif job.state == "failed":
        st.error(f"{reader.inert(name(job))}: {reader.inert(job.message)}", icon=":material/error:")
    elif job.state == "interrupted":
        st.warning(f"{reader.inert(name(job))} was interrupted; resume it on the Jobs page.")


@st.fragment(run_every=1.5)
def _panel(space: Workspace, expected: frozenset[str], before: tuple) -> None:
    jobs = [job for job in selection.list_jobs(space) if job.alive]
    if {job.id for job in jobs} != expected or signature(space) != before:
        st.rerun(scope="app")  # a job ended, or a long one finished a step that the page can show
    with st.container(border=True, gap="small"):
        for job in reversed(jobs):
            bar(space, job)


def bar(space: Workspace, job: Job, key: str = "panel") -> None:
    """One living job: what it does, how far it is, and a button that ends it."""
    left, right = st.columns([6, 1], vertical_alignment="center")
    step = (
        f" · {reader.inert(reader.words(job.label), 80)}"
        if job.label and job.state == "running"
        else ""
    )
    left.progress(job.share, text=f"**{reader.inert(name(job))}**{step}")
    left.caption(reader.inert(timing(job)) or "starting")
    right.button(
        "Cancel",
        key=f"{key}_cancel_{job.id}",
        icon=":material/close:",
        type="tertiary",
        on_click=_cancel,
        args=(space, job.id),
        help="Ends this job only; what it finished is kept.",
    )


def _cancel(space: Workspace, job_id: str) -> None:
    try:
        selection.cancel_job(space, job_id)
    except selection.WinnowError as mistake:
        st.toast(reader.inert(str(mistake)), icon=":material/error:")


def start_button(
    space: Workspace,
    label: str,
    verb: str,
    *arguments: str,
    help: str | None = None,
    key: str | None = None,
    type: Literal["primary", "secondary", "tertiary"] = "secondary",
    icon: str | None = ":material/play_arrow:",
    disabled: bool = False,
) -> None:
    """Starts a verb as a job and reruns the page; disabled while the same job is alive."""
    argv = [verb, str(space.path), *arguments]
    busy = any(job.alive and job.argv == argv for job in selection.list_jobs(space))
    clicked = st.button(
        label,
        key=key or f"start_{verb}_{'_'.join(arguments)}"[:120],
        help="Running already." if busy else help,
        type=type,
        icon=icon,
        disabled=busy or disabled,
    )
    if clicked:
        try:
            job = selection.start_job(space, verb, *arguments)
        except (selection.WinnowError, OSError) as mistake:
            st.error(reader.inert(str(mistake)), icon=":material/error:")
            return
        watched = f"watched_jobs_{space.path}"
        st.session_state[watched] = {*st.session_state.get(watched, set()), job.id}
        st.rerun()
