"""Machine: one line that says where and when a table was measured."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from selection.backend.device import best_device
from selection.workflow.version import versions
from tests.benchmarks.process import ROOT


def line() -> str:
    """CPU, cores, memory, device and precision, versions, date, and how busy the machine was already."""
    device = best_device()
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    named = {**versions(), "numba": version("numba")}
    packages = ", ".join(f"{name} {number}" for name, number in named.items())
    return (
        f"Machine: {_cpu()}, {n_cores} cores, {memory:.0f} GB memory, models on {device.kind} in"
        f" {device.precision}; Python {platform.python_version()}, {packages};"
        f" {datetime.now(UTC):%Y-%m-%d}, load {os.getloadavg()[0]:.1f} before the first verb."
    )


def cached_kernels() -> set[Path]:
    """The compiled kernels that lie in numba's cache; more of them after a run means that it compiled some."""
    place = os.environ.get("NUMBA_CACHE_DIR")
    return set((Path(place) if place else ROOT / "selection").rglob("*.nbc"))


def kernels_line(before: set[Path], after: set[Path]) -> str:
    """Whether the run had to compile."""
    fresh = len(after - before)
    if not fresh:
        return f"All {len(after)} cached numba kernels were warm."
    return f"{fresh} numba kernels were compiled during the run and {len(before)} were warm before."


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
