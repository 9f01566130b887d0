"""Files on the way in: uploads under safe names, and the folders of the server that may be read.

Names of uploaded files are hostile: only letters, digits, dots, dashes and underscores of their last part are kept.
Uploads wait in a staging folder beside the workspaces until they are ingested; folders of the server are offered only
below `WINNOW_FOLDERS`.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pages.widgets import workspace

if TYPE_CHECKING:
    from selection import Workspace

_STAGED_S = 24 * 3600
_LISTED = 500
_ROOT = Path(__file__).parents[2]


def staging(name: str) -> Path:
    """A session's own folder for uploads; those that nobody took for a day are removed on the way."""
    room = workspace.root() / ".staging"
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
