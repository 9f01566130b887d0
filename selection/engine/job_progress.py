"""A job's progress: a small file, replaced atomically, that every session reads."""

from __future__ import annotations

import time
from pathlib import Path

from selection.core.progress import Step
from selection.store import files


class Reporter:
    """Writes `progress.json` at most twice a second, and at every new step."""

    def __init__(self, place: Path) -> None:
        self.place, self.started = place, time.time()
        self.label, self.step_started, self.step_from, self.written = "", 0.0, 0.0, 0.0
        self(Step("starting", 0, 0, ""))

    def __call__(self, step: Step) -> None:
        now = time.time()
        if step.label != self.label:
            self.label, self.step_started, self.step_from, self.written = (
                step.label,
                now,
                step.done,
                0.0,
            )
        if now - self.written < 0.5 and step.done < step.total:
            return
        self.written = now
        gained = step.done - self.step_from
        eta_s = (
            (step.total - step.done) * (now - self.step_started) / gained if gained > 0 else None
        )
        record = {"label": step.label, "done": step.done, "total": step.total, "unit": step.unit}
        files.write_json(
            self.place / "progress.json",
            {**record, "started": self.started, "updated": now, "eta_s": eta_s},
        )
