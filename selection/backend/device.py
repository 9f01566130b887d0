"""Device: where a model runs and in which precision, chosen from what the machine really has.

bf16 pays where the matrix unit knows it (CUDA tensor cores; amx_bf16 or avx512_bf16 on a CPU); elsewhere it is
emulated and slower than fp32, so fp32 is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Device:
    """`name` as torch spells it (`cpu`, `cuda`); `half` is whether matrix products run in bf16."""

    name: str
    half: bool


def best_device() -> Device:
    """The first CUDA device when there is one, else the CPU."""
    import torch

    if torch.cuda.is_available():
        return Device("cuda", torch.cuda.is_bf16_supported())
    return Device("cpu", bool(_cpu_flags() & {"amx_bf16", "avx512_bf16"}))


def use_one_core() -> None:
    """Let torch compute this thread's operations in this thread alone."""
    import torch

    torch.set_num_threads(1)


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux: fp32 is always right
        return set()
    return set(next((line for line in lines if line.startswith("flags")), "").split())
