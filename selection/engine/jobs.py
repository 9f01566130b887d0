"""Jobs: a verb in a process of its own, visible to every session, surviving whatever dies around it.

A job is `python -m selection VERB …`, the same as in the shell, with its folder named in the environment. State is never
stored where it could be wrong: a job is alive while it holds the lock `alive`, done when `result.json` says so, and
interrupted otherwise. Progress is a small file replaced atomically. At most `WINNOW_JOBS` (default 1) jobs of a folder of
workspaces run at a time; the others wait in order of their tickets.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from selection.core.errors import UnknownName, WinnowError, close_matches
from selection.core.progress import Progress
from selection.engine.job_progress import Reporter
from selection.store import files, locks
from selection.store.workspace import Workspace

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
ENVIRONMENT = "WINNOW_JOB"
_STARTING_S = 30  # a process may take this long to import and take its lock


@dataclass(frozen=True)
class Job:
    """One job as its files tell it at this moment."""

    id: str
    argv: list[str]
    state: State
    created: float  # Unix seconds
    label: str = ""
    done: float = 0.0
    total: float = 0.0
    unit: str = ""
    elapsed_s: float = 0.0
    eta_s: float | None = None
    message: str = ""

    @property
    def alive(self) -> bool:
        return self.state in {"queued", "running"}

    @property
    def share(self) -> float:
        """Of the present step, 0 to 1."""
        return (
            1.0 if self.state == "done" else min(1.0, self.done / self.total) if self.total else 0.0
        )


def start(space: Workspace, verb: str, *arguments: str) -> Job:
    """Run a verb of the shell on this workspace as a job; the same job that is still alive is returned, not doubled."""
    argv = [verb, str(space.path), *arguments]
    for job in list_jobs(space):
        if job.alive and job.argv == argv:
            return job
    place = space.jobs / f"{time.time_ns() // 1000:016d}-{secrets.token_hex(3)}"
    files.write_json(place / "job.json", {"argv": argv, "created": time.time()})
    _spawn(place, argv)
    return read(place)


def resume(space: Workspace, job_id: str) -> Job:
    """Start an interrupted, failed or cancelled job again; what it finished is kept."""
    job = find(space, job_id)
    if job.alive:
        return job
    place = space.jobs / job_id
    for name in ("result.json", "progress.json", "cancelled"):
        (place / name).unlink(missing_ok=True)
    files.write_json(place / "job.json", {"argv": job.argv, "created": time.time()})
    _spawn(place, job.argv)
    return read(place)


def _spawn(place: Path, argv: list[str]) -> None:
    files.write_json(
        _room(place) / f"{place.name}.ticket", "starting"
    )  # its place in the line, from now on
    with (place / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "selection", *argv, "--json"],
            env={**os.environ, ENVIRONMENT: str(place)},
            cwd=Path(__file__).parents[2],  # so that `-m selection` is this code
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # outlives the app, and is killed with its children
        )
    files.write_json(place / "process.json", {"pid": process.pid})


def cancel(space: Workspace, job_id: str) -> Job:
    """End that job's process group and nothing else; finished parts stay."""
    place = space.jobs / find(space, job_id).id
    (place / "cancelled").touch()
    pid = (files.read_json(place / "process.json") or {}).get("pid")
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not (pid and _lives(place, pid)):
            break
        with suppress(ProcessLookupError):
            os.killpg(pid, number)
        deadline = time.monotonic() + 3
        while _lives(place, pid) and time.monotonic() < deadline:
            time.sleep(0.05)
    return read(place)


def _lives(place: Path, pid: int) -> bool:
    """Whether this job's process lives, also while it is still starting and holds no lock; a pid used again does not count."""
    if locks.is_held(place / "alive"):
        return True
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # gone, or not Linux: then `supervised` sees the mark
        return False
    return f"{ENVIRONMENT}={place}".encode() in environment.split(b"\0")


def forget(space: Workspace, job_id: str) -> None:
    """Drop the record of a job that is over."""
    import shutil

    job = find(space, job_id)
    if job.alive:
        raise WinnowError(
            f"only a job that is over can be dropped from the list, and {job_id} is {job.state}; cancel it"
        )
    shutil.rmtree(space.jobs / job_id)


def find(space: Workspace, job_id: str) -> Job:
    """One job, or an `UnknownName`."""
    known = [job.id for job in list_jobs(space)]
    if job_id not in known:
        raise UnknownName(f"there is no job {job_id!r}; {close_matches(job_id, known)}")
    return read(space.jobs / job_id)


def log_tail(space: Workspace, job_id: str, n_bytes: int = 16_384) -> str:
    """The end of what a job's process wrote, from the first whole line on; "" where it wrote nothing."""
    path = space.jobs / find(space, job_id).id / "log.txt"
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - n_bytes))
        tail = log.read().decode("utf-8", "replace")
    return tail.partition("\n")[2] if path.stat().st_size > n_bytes else tail


def list_jobs(space: Workspace) -> list[Job]:
    """Every job of a workspace, newest first."""
    if not space.jobs.is_dir():
        return []
    places = [p for p in space.jobs.iterdir() if (p / "job.json").exists()]
    return [read(place) for place in sorted(places, reverse=True)]


def read(place: Path) -> Job:
    """What a job's files say now."""
    record: dict[str, Any] = files.read_json(place / "job.json") or {"argv": [], "created": 0.0}
    progress: dict[str, Any] = files.read_json(place / "progress.json") or {}
    result: dict[str, Any] = files.read_json(place / "result.json") or {}
    state = _state(place, record, progress, result)
    return Job(
        id=place.name,
        argv=record["argv"],
        state=state,
        created=record["created"],
        label=progress.get("label", ""),
        done=progress.get("done", 0.0),
        total=progress.get("total", 0.0),
        unit=progress.get("unit", ""),
        elapsed_s=_elapsed(record, progress, result, state),
        eta_s=progress.get("eta_s") if state == "running" else None,
        message=result.get("error", ""),
    )


def _state(place: Path, record: dict, progress: dict, result: dict) -> State:
    if result:
        return "failed" if result.get("error") else "done"
    if locks.is_held(place / "alive"):
        return "running" if progress else "queued"
    if (place / "cancelled").exists():
        return "cancelled"
    fresh = time.time() - record["created"] < _STARTING_S and not (place / "alive").exists()
    return "queued" if fresh else "interrupted"


def _elapsed(record: dict, progress: dict, result: dict, state: State) -> float:
    started = progress.get("started", record["created"])
    ended = result.get("ended") or (
        time.time() if state == "running" else progress.get("updated", started)
    )
    return max(0.0, ended - started)


@contextmanager
def supervised(place: Path) -> Iterator[Progress]:
    """Inside a job's process: hold `alive`, wait for a slot, report progress, and leave a result."""
    with locks.held(place / "alive") as free:
        if not free:
            raise WinnowError(
                f"a job runs once at a time, and {place.name} is running; wait for it"
            )
        if (place / "cancelled").exists():  # while this process was starting
            sys.exit(130)
        try:
            with _slot(place):
                yield Reporter(place)
        except WinnowError as mistake:
            _leave_result(place, str(mistake))
            raise
        except Exception as bug:
            _leave_result(
                place,
                f"{type(bug).__name__}: {bug} (a fault of Winnow; the job's log has the details)",
            )
            raise
        _leave_result(place, "")


def _leave_result(place: Path, error: str) -> None:
    files.write_json(place / "result.json", {"error": error, "ended": time.time()})


def _room(place: Path) -> Path:
    """Where the jobs of all workspaces of one folder line up."""
    return place.parents[2] / ".slots"


def _in_line(ticket: Path) -> bool:
    """Whether the owner of a ticket lives, or is still starting; a dead one holds nobody up."""
    if locks.is_held(ticket):
        return True
    try:
        starting = ticket.read_text().startswith('"starting"')
        return starting and time.time() - ticket.stat().st_mtime < _STARTING_S
    except FileNotFoundError:
        return False


@contextmanager
def _slot(place: Path) -> Iterator[None]:
    """Wait in line for one of the slots."""
    room = _room(place)
    ticket = room / f"{place.name}.ticket"
    with locks.held(ticket):
        try:
            while True:
                if not any(
                    _in_line(other) for other in room.glob("*.ticket") if other.name < ticket.name
                ):
                    for number in range(int(os.environ.get("WINNOW_JOBS", "1"))):
                        with locks.held(room / f"slot-{number}") as free:
                            if free:
                                ticket.unlink(missing_ok=True)
                                yield
                                return
                time.sleep(0.2)
        finally:
            ticket.unlink(missing_ok=True)
