"""Locks that die with their holder: `flock` on a small file, released by the kernel whatever kills the process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selection.core.errors import WinnowError
from selection.store.workspace import Workspace


@contextmanager
def exclusive(space: Workspace, name: str, doing: str) -> Iterator[None]:
    """Hold the lock `name` of a workspace, or raise at once saying what is going on and who does it."""
    with held(space.locks / f"{name}.lock") as free:
        if not free:
            holder = (space.locks / f"{name}.lock").read_text().strip() or "another process"
            raise WinnowError(
                f"one process at a time may {doing}, and {holder} is doing it now; wait for it, or cancel its job"
            )
        yield


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Yields whether the lock was free and is now ours; never waits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield True


def is_held(path: Path) -> bool:
    """Whether a living process holds this lock."""
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
