"""Fitted states, stored once by content: `artefacts/<sha256>/state.npz`. No pickle anywhere."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from selection.core.documents import State
from selection.core.errors import BadInput
from selection.store import files
from selection.store.workspace import Workspace


def pack(state: State) -> tuple[str, bytes]:
    """The sha256 and bytes of a state; npz of the same arrays is the same bytes."""
    buffer = io.BytesIO()
    np.savez(
        buffer, allow_pickle=False, **{name: np.asarray(state[name]) for name in sorted(state)}
    )
    data = buffer.getvalue()
    return hashlib.sha256(data).hexdigest(), data


def save(space: Workspace, state: State) -> str:
    """Keep a state; returns its sha256."""
    sha256, data = pack(state)
    path = space.artefacts / sha256 / "state.npz"
    if not path.exists():
        with files.whole(path) as temporary:
            temporary.write_bytes(data)
    return sha256


def load(folder: Path, sha256: str) -> dict[str, np.ndarray]:
    """The arrays of one state below an artefacts folder, checked against its name."""
    path = folder / sha256 / "state.npz"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(
            f"the fitted state {sha256[:12]}… must lie in {folder}, and it does not; restore it"
        ) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BadInput(
            f"the fitted state {path} must have the sha256 of its folder's name, and it has not; restore it"
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)
