"""Looking after workspaces: rename, delete, and giving disk back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import intake, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace


def disk(space: Workspace) -> None:
    """Bytes per noun, and a button that frees what nothing needs."""
    usage = {noun: size for noun, size in selection.disk_usage(space).items() if size}
    uploads = space.path / "uploads"
    if uploads.is_dir():
        usage["uploads"] = sum(path.stat().st_size for path in uploads.iterdir() if path.is_file())
    st.dataframe(
        {"what": list(usage), "size": [style.size(size) for size in usage.values()]},
        hide_index=True,
        height="content",
        width=320,
        key="disk_table",
    )
    st.caption(f"{style.size(sum(usage.values()))} in all")
    idle = not any(job.alive for job in selection.list_jobs(space))
    loose = sum(selection.reclaim(space, dry_run=True).values())
    with st.container(horizontal=True):
        if st.button(
            f"Reclaim {style.size(loose)}",
            key="reclaim",
            icon=":material/mop:",
            disabled=not (loose and idle),
            help="Removes temporary files of dead processes, superseded runs and fitted states that nothing names.",
        ):
            st.toast(f"{style.size(sum(selection.reclaim(space).values()))} freed")
            st.rerun()
        if usage.get("uploads") and st.button(
            f"Drop uploads ({style.size(usage['uploads'])})",
            key="drop_uploads",
            icon=":material/delete_sweep:",
            disabled=not idle,
            help="The files as they were uploaded; their documents stay. A job that was cut off could not go on.",
        ):
            shutil.rmtree(uploads)
            st.rerun()


def rename(space: Workspace) -> None:
    """Another name for the folder; not while a job writes into it."""
    name = st.text_input("Name", value=space.name, max_chars=64, key=f"rename_{space.name}")
    if st.button("Rename", key="rename_do", disabled=name == space.name, icon=":material/edit:"):
        _refuse_if_busy(space)
        workspace.switch(selection.rename_workspace(space, name.strip()).name)


def delete(space: Workspace) -> None:
    """Remove the whole workspace, after its name was typed."""
    typed = st.text_input(
        "Type the workspace's name to delete it", key=f"delete_{space.name}", placeholder=space.name
    )
    if st.button(
        "Delete for good",
        key="delete_do",
        disabled=typed != space.name,
        icon=":material/delete_forever:",
    ):
        _refuse_if_busy(space)
        st.toast(f"{style.size(selection.delete_workspace(space))} freed")
        st.rerun()


def _refuse_if_busy(space: Workspace) -> None:
    if any(job.alive for job in selection.list_jobs(space)):
        st.error(
            reader.inert(
                f"A job is running in {space.name}; cancel it on the Jobs page, or wait for it."
            ),
            icon=":material/error:",
        )
        st.stop()


def another() -> None:
    """The way to a further workspace when one is there already."""
    with st.popover("New demo corpus", icon=":material/add:", key="another"):
        intake.demo()
