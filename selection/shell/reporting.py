"""Where progress goes: a job's folder when this process is a job, else a bar on the terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selection.core.progress import Progress


@contextmanager
def reporting() -> Iterator[Progress]:
    """Supervise as a job, or draw a bar."""
    from selection.engine import jobs
    from selection.shell.answers import progress_bar

    place = os.environ.get(jobs.ENVIRONMENT)
    with jobs.supervised(Path(place)) if place else progress_bar() as progress:
        yield progress
