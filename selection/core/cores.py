"""Cores: how many this process may run on, which a container or `taskset` makes fewer than the machine has."""

from __future__ import annotations

import os


def n_cores() -> int:
    """At least 1."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
