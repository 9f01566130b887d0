"""Process: run one command and let the operating system say what it cost.

The command is started by a small process of its own, because on Linux a child's peak begins at the resident memory
of whoever started it. `wait4` then gives CPU time of the command and of every child it waited for, and the peak of
the largest single process among them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Cost:
    """What one command cost, and what it printed."""

    wall_s: float
    cpu_s: float  # user and system, children included
    peak_mb: float  # resident, of the largest process; 1 MB is 2^20 bytes here and below
    out: str

    @property
    def answer(self) -> dict[str, Any]:
        """The JSON object on the last line of the output."""
        return json.loads(self.out.strip().rpartition("\n")[2])


def run(command: Sequence[str | Path]) -> Cost:
    """Run to the end in the repository's root; RuntimeError with the last words of a command that fails."""
    words = [str(word) for word in command]
    with tempfile.NamedTemporaryFile("r", suffix=".json") as note:
        done = subprocess.run(
            [sys.executable, "-I", "-S", __file__, note.name, *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        facts = json.loads(note.read() or "{}")
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()[-500:]}")
    return Cost(**facts, out=done.stdout)


def verb(*words: str | Path) -> Cost:
    """One verb of the shell, as a user would run it."""
    return run([sys.executable, "-m", "selection", *words])


def module(name: str, *words: str | Path) -> Cost:
    """One module of this folder as a process."""
    return run([sys.executable, "-m", f"tests.benchmarks.{name}", *words])


def _start_and_wait(note: str, command: list[str]) -> int:
    started = time.monotonic()
    pid = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    facts = {
        "wall_s": time.monotonic() - started,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**20,
    }
    Path(note).write_text(json.dumps(facts))
    return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(_start_and_wait(sys.argv[1], sys.argv[2:]))
