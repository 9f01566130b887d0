"""Where new documents come from: files of the browser, folders of the server, an hf:// address.

Names of uploaded files are hostile: only letters, digits, dots, dashes and underscores of their last part are kept.
Uploads wait in a staging folder beside the workspaces until they are ingested; folders of the server are offered only
below `WINNOW_FOLDERS`.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.widgets import reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace

MAX_UPLOAD_MB = 200
_STAGED_S = 24 * 3600
_LISTED = 500
_ROOT = Path(__file__).parents[2]


def pick(key: str = "intake") -> list[str]:
    """Paths of what the user picked so far; empty when nothing is."""
    ways = ["Upload", "Server folder", "Hugging Face"]
    way = st.segmented_control(
        "Take documents from", ways, default=ways[0], required=True, key=f"{key}_way"
    )
    if way == "Server folder":
        return _server(key)
    if way == "Hugging Face":
        return _address(key)
    return _upload(key)


def _upload(key: str) -> list[str]:
    files = st.file_uploader(
        "Files",
        accept_multiple_files=True,
        max_upload_size=MAX_UPLOAD_MB,
        key=f"{key}_files",
        help="Parquet, JSON lines (plain, .gz, .zst), JSON, CSV, TSV, text. What a file is, its content decides.",
    )
    return [str(path) for path in stage(files or [], _staging(key))]


def _staging(key: str) -> Path:
    """This session's own folder for uploads; those that nobody took for a day are removed on the way."""
    room = workspace.root() / ".staging"
    name = st.session_state.setdefault(f"{key}_staging", secrets.token_hex(16))
    if room.is_dir():
        for old in room.iterdir():
            if old.name != name and time.time() - old.stat().st_mtime > _STAGED_S:
                shutil.rmtree(old, ignore_errors=True)
    return room / name


def stage(files: Sequence[Any], folder: Path) -> list[Path]:
    """Write uploaded files under safe names, once; returns where they lie, in the order given."""
    kept: list[Path] = []
    for file in files:
        name = safe_name(file.name, taken={path.name for path in kept})
        path = folder / name
        if not (path.is_file() and path.stat().st_size == file.size):
            folder.mkdir(parents=True, exist_ok=True)
            file.seek(0)
            with path.open("wb") as target:
                shutil.copyfileobj(file, target, 1 << 20)
        kept.append(path)
    return kept


def safe_name(name: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
    """A file name that cannot leave its folder: the last part, plain characters, no leading dot, at most 100 long."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", last).lstrip("._-") or "file"
    stem, dot, ending = plain.partition(".")
    ending = dot + ending[-30:] if dot else ""
    plain = stem[: 100 - len(ending)] + ending
    number, free = 2, plain
    while free in taken:
        free, number = f"{stem[:90]}-{number}{ending}", number + 1
    return free


def adopt(space: Workspace, paths: Sequence[str]) -> list[str]:
    """Move staged uploads into the workspace's `uploads`; other paths stay as they are."""
    room = (workspace.root() / ".staging").resolve()
    adopted: list[str] = []
    for text in paths:
        path = Path(text)
        if text.startswith("hf://") or not path.resolve().is_relative_to(room):
            adopted.append(text)
            continue
        folder = space.path / "uploads"
        folder.mkdir(parents=True, exist_ok=True)
        taken = {entry.name for entry in folder.iterdir()}
        target = folder / safe_name(path.name, taken)
        path.replace(target)
        adopted.append(str(target))
    return adopted


def allowed() -> list[Path]:
    """Folders of the server that may be read: `WINNOW_FOLDERS`, colon-separated; data/samples without it."""
    named = os.environ.get("WINNOW_FOLDERS")
    folders = (
        [Path(part) for part in named.split(":") if part] if named else [_ROOT / "data" / "samples"]
    )
    return [folder.resolve() for folder in folders if folder.is_dir()]


def entries(folder: Path) -> list[Path]:
    """Files and folders below an allowed one, by name, at most 500; links that lead out of it are left out."""
    found: list[Path] = []
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*folders, *names]):
            path = Path(base) / name
            if not name.startswith(".") and path.resolve().is_relative_to(folder):
                found.append(path)
        if len(found) >= _LISTED:
            break
    return sorted(found[:_LISTED])


def _server(key: str) -> list[str]:
    folders = allowed()
    if not folders:
        st.info(
            "No folder of this server is open for reading. Name some in the variable WINNOW\\_FOLDERS."
        )
        return []
    folder = st.selectbox(
        "Folder", folders, format_func=lambda path: reader.plain(str(path), 90), key=f"{key}_folder"
    )
    there = entries(folder)
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
