"""Where new documents come from: the demo, files of the browser, folders of the server, an hf:// address."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import incoming, mapping, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace

MAX_UPLOAD_MB = 200
_NEW = "A new workspace"
_DOCUMENTS = (
    "Parquet, JSON lines, JSON, CSV, TSV, Arrow or plain text, also compressed."
    " A preview comes first; nothing is ingested before you say so."
)
_COLUMNS = "One Parquet, CSV, JSON lines or .npy file; nothing is written before you press Attach."
ROUND = "intake_round"  # raised to empty the uploader


def demo() -> None:
    """A button that makes a workspace and fills it from the text on this machine."""
    st.subheader("Demo corpus")
    st.markdown(
        "About 3,000 documents from the text installed on this machine: documentation, licences, source code,"
        " tables, man pages. Nothing is downloaded."
    )
    if st.button("Load the demo corpus", type="primary", key="demo", icon=":material/play_arrow:"):
        made = selection.create(workspace.root() / free_name("demo"))
        selection.start_job(made, "demo")
        workspace.switch(made.name)
    st.caption("First map in about 90 s, everything in 2 to 3 minutes on 2 cores.")


def free_name(name: str) -> str:
    """The first of `name`, `name-2`, … that no workspace has."""
    taken = {space.name for space in selection.list_workspaces(workspace.root())}
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def take(space: Workspace | None, paths: Sequence[str]) -> None:
    """Look at what was picked, name its fields, and ingest it into this or a new workspace."""
    found = mapping.inputs(paths)
    ready = st.container(border=True)  # above the preview, which is long
    fields = mapping.ask(found)
    into = ([space.name] if space else []) + [_NEW]
    left, right, last = ready.columns([2, 2, 1], vertical_alignment="bottom")
    where = left.selectbox(
        "Into", into, key="ingest_into", help="Into a workspace that has documents, they are added."
    )
    new = where == _NEW
    name = right.text_input(
        "Name of the workspace",
        value=free_name("corpus"),
        max_chars=64,
        key="ingest_name",
        disabled=not new,
    )
    if last.button(
        "Ingest", type="primary", key="ingest", icon=":material/download:", width="stretch"
    ):
        if new and name.strip() in {
            one.name for one in selection.list_workspaces(workspace.root())
        }:
            workspace.fail(
                selection.WinnowError(
                    f"a new workspace's name must be free, and {name!r} exists; choose another"
                )
            )
        target = (
            selection.create(workspace.root() / name.strip()) if new or space is None else space
        )
        arguments = [*incoming.adopt(target, paths), *mapping.arguments(fields)]
        selection.start_job(target, "ingest", *arguments)
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1  # empties the uploader
        workspace.switch(target.name)


def pick(
    key: str = "intake", label: str = "Take documents from", note: str = _DOCUMENTS
) -> list[str]:
    """Paths of what the user picked so far; empty when nothing is. `note` says what may be uploaded."""
    ways = ["Upload", "Server folder", "Hugging Face"]
    way = st.segmented_control(label, ways, default=ways[0], required=True, key=f"{key}_way")
    if way == "Server folder":
        return _server(key)
    if way == "Hugging Face":
        return _address(key)
    return _upload(key, note)


def _upload(key: str, note: str) -> list[str]:
    files = st.file_uploader(
        "Files",
        accept_multiple_files=True,
        max_upload_size=MAX_UPLOAD_MB,
        key=f"{key}_files_{st.session_state.get(ROUND, 0)}",
        help="Plain, .gz or .zst. What a file is, its content decides.",
    )
    if not files:
        st.caption(note)
        return []
    name = st.session_state.setdefault(f"{key}_staging", secrets.token_hex(16))
    return [str(path) for path in incoming.stage(files, incoming.staging(name))]


def _server(key: str) -> list[str]:
    folders = incoming.allowed()
    if not folders:
        st.info(
            "No folder of this server is open for reading. Name some in the variable WINNOW\\_FOLDERS."
        )
        return []
    folder = st.selectbox(
        "Folder", folders, format_func=lambda path: reader.plain(str(path), 90), key=f"{key}_folder"
    )
    there = incoming.entries(folder)
    if not there:
        st.caption("This folder is empty.")
        return []
    picked = st.multiselect(
        "Files and folders in it",
        there,
        format_func=lambda path: _entry(path, folder),
        key=f"{key}_entries",
        placeholder="All of the folder",
    )
    return [str(path) for path in picked] or [str(folder)]


def _entry(path: Path, folder: Path) -> str:
    name = reader.plain(path.relative_to(folder).as_posix(), 120)
    return f"{name}/" if path.is_dir() else f"{name}  ({style.size(path.stat().st_size)})"


def _address(key: str) -> list[str]:
    address = st.text_input(
        "Address",
        placeholder="hf://datasets/owner/name",
        key=f"{key}_address",
        help="A data set or one file of it on the Hugging Face Hub; the server must be able to reach it.",
    ).strip()
    if address and not address.startswith("hf://"):
        st.error(
            "An address begins with hf://, such as hf://datasets/owner/name.",
            icon=":material/error:",
        )
        return []
    return [address] if address else []


_NOUNS = {
    "signals": "Scores: one column a signal, joined by id.",
    "embedding": "Vectors: a .npy in the order of the documents, or a column of lists joined by id.",
    "clusters": "Labels: one column, joined by id.",
    "map": "Places: the columns x and y, joined by id.",
}


def attach(space: Workspace) -> None:
    """Bring your own columns: a file, what its columns are, and the field with the id."""
    paths = pick("attach", "Take the file from", _COLUMNS)
    left, right = st.columns(2)
    nouns = list(_NOUNS)
    noun = left.segmented_control(
        "What the columns are", nouns, default=nouns[0], required=True, key="attach_noun"
    )
    id_field = right.text_input(
        "Id field",
        key="attach_id",
        placeholder="id",
        help="The column that says which document a row is about.",
    ).strip()
    left.caption(_NOUNS[noun or nouns[0]])
    if st.button(
        "Attach", key="attach_go", icon=":material/attach_file:", disabled=len(paths) != 1
    ):
        file = incoming.adopt(space, paths)[0]
        selection.start_job(
            space, "attach", file, f"--as={noun}", *([f"--id={id_field}"] if id_field else [])
        )
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
        st.rerun()
    if len(paths) > 1:
        st.caption("One file at a time.")
