"""Second compiler: a process beside this one, which compiles kernels into the same cache on disk; see `warm`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from typing import Any

from selection.core.cores import n_cores
from selection.text.kernel import is_compiled

begun = Event()
"""Whether this process has started it, or is it."""


def ahead(longest: Any) -> None:
    """Start it unless `longest`, the kernel that takes longest, lies compiled; asked again, a process does nothing."""
    if begun.is_set():
        return
    begun.set()
    if n_cores() == 1 or is_compiled(longest):
        return
    command = [sys.executable, "-c", "from selection.text import warm; warm.second()"]
    options = {"cwd": Path(__file__).parents[2], "stderr": subprocess.DEVNULL}
    Thread(target=subprocess.run, args=(command,), kwargs=options, daemon=True).start()
