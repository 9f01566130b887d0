"""Cores: how many this process may run on, which a container or `taskset` makes fewer than the machine has."""

from __future__ import annotations

import os
from threading import local

_thread = local()


def n_cores() -> int:
    """At least 1; 1 in a thread that was told to keep to its own."""
    if getattr(_thread, "alone", False):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_to_one() -> None:
    """From here on this thread starts no others: as many of its kind run beside it as there are cores."""
    _thread.alone = True
