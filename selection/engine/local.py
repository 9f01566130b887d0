"""Fill a run's missing parts in this process, losing at most one short step whatever kills it.

A part of a slow verb is computed in steps of a fixed number of documents, each kept as a row-range sub-part until the part
is whole. Steps have fixed boundaries, not fixed durations, so that the same corpus always sees the same batches.
"""

from __future__ import annotations

import re
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np

from selection.core.documents import Documents
from selection.core.progress import Progress, Step
from selection.core.provenance import Run
from selection.store import documents, files, runs
from selection.store.documents import Part
from selection.store.workspace import Workspace

Item = TypeVar("Item")
Result = TypeVar("Result")
Compute = Callable[[Documents], Mapping[str, np.ndarray]]
STEP_DOCS = 512  # about 10 s of MiniLM on two cores


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], at_once: int
) -> Iterator[Result]:
    """work(item) of each item, in order, `at_once` of them at a time in threads; items are fetched as they are needed."""
    if at_once == 1:  # in this thread, so that an interrupt waits for nobody
        yield from map(work, items)
        return
    with ThreadPoolExecutor(at_once) as workers:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(workers.submit(work, item))
            if len(waiting) > at_once:
                yield waiting.popleft().result()
        yield from (one.result() for one in waiting)


def fill(
    space: Workspace,
    run: Run,
    read: Callable[[Part], Documents],
    compute: Compute,
    progress: Progress,
    step_docs: int = STEP_DOCS,
    at_once: int = 1,
) -> float:
    """Compute every missing part of `run`; returns the seconds it took. Vectors come back as the column `vector`.

    `at_once` steps are computed at a time, each in a thread: more than one for work that waits for a GPU.
    """
    started = time.monotonic()
    missing = runs.missing_parts(space, run)
    total = documents.n_documents(space)
    done = total - sum(part.n_docs for part in missing)
    label = f"{run.verb} {run.what}"
    progress(Step(label, done, total))

    def steps() -> Iterator[tuple[Part, Documents, slice]]:
        for part in missing:
            docs = read(part)
            for start in range(0, part.n_docs, step_docs):
                yield part, docs, slice(start, min(start + step_docs, part.n_docs))

    def computed(step: tuple[Part, Documents, slice]) -> tuple[Part, slice, dict[str, np.ndarray]]:
        part, docs, rows = step
        path = _sub_part(space, run, part, rows)
        return part, rows, _step(path, docs, rows, compute, part.n_docs > step_docs)

    pieces = []
    for part, rows, columns in in_order(computed, steps(), at_once):
        pieces.append(columns)
        progress(Step(label, done + rows.stop, total))
        if rows.stop == part.n_docs:
            _write(space, run, part, pieces)
            pieces = []
            done += part.n_docs
    return time.monotonic() - started


def _sub_part(space: Workspace, run: Run, part: Part, rows: slice) -> Path:
    return (
        runs.folder(space, run.key)
        / "steps"
        / f"{part.number:05d}-{rows.start:06d}-{rows.stop:06d}.npz"
    )


def _step(
    path: Path, docs: Documents, rows: slice, compute: Compute, keep: bool
) -> dict[str, np.ndarray]:
    if path.exists():
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    columns = {name: np.asarray(values) for name, values in compute(docs.take(rows)).items()}
    if keep:
        with files.whole(path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **columns)
    return columns


def _write(space: Workspace, run: Run, part: Part, pieces: list[dict[str, np.ndarray]]) -> None:
    columns = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    if run.noun == "embedding":
        runs.write_vectors(space, run, part, columns["vector"])
    else:
        runs.write_part(space, run, part, columns)
    steps = runs.folder(space, run.key) / "steps"
    if steps.is_dir():
        for path in steps.glob(f"{part.number:05d}-*.npz"):
            path.unlink(missing_ok=True)
        if not any(steps.iterdir()):
            shutil.rmtree(steps, ignore_errors=True)


def n_steps_kept(space: Workspace, key: str) -> int:
    """Documents whose sub-parts are kept for the part in progress."""
    steps = runs.folder(space, key) / "steps"
    if not steps.is_dir():
        return 0
    ranges = [re.fullmatch(r"\d{5}-(\d{6})-(\d{6})\.npz", path.name) for path in steps.iterdir()]
    return sum(int(match[2]) - int(match[1]) for match in ranges if match)
