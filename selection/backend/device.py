"""Device: where a model runs and in which precision, chosen from what the machine really has.

Half precision pays where the matrix unit knows it: bf16 on GPUs from Ampere on and on CPUs with amx_bf16 or avx512_bf16,
fp16 on the GPUs before (torch would emulate bf16 there). Elsewhere it is emulated and slower than fp32, so fp32 is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Precision = Literal["fp32", "bf16", "fp16"]


@dataclass(frozen=True)
class Device:
    """`name` as torch spells it (`cpu`, `cuda:0`); `precision` is that of matrix products."""

    name: str
    precision: Precision = "fp32"

    @property
    def kind(self) -> str:
        """`cpu` or `cuda`."""
        return self.name.partition(":")[0]

    @property
    def half(self) -> bool:
        """Whether products are made in 16 bits."""
        return self.precision != "fp32"


def devices() -> list[Device]:
    """Every CUDA device when there is one, else the CPU."""
    import torch

    if torch.cuda.is_available():
        return [Device(f"cuda:{n}", _of_gpu(n)) for n in range(torch.cuda.device_count())]
    return [Device("cpu", "bf16" if _cpu_flags() & {"amx_bf16", "avx512_bf16"} else "fp32")]


def best_device() -> Device:
    """The first of `devices`."""
    return devices()[0]


def use_one_core() -> None:
    """Let torch compute this thread's operations in this thread alone."""
    import torch

    torch.set_num_threads(1)


def _of_gpu(number: int) -> Precision:
    import torch

    major, _ = torch.cuda.get_device_capability(number)
    return "bf16" if major >= 8 else "fp16" if major == 7 else "fp32"


@contextmanager
def on_one_core() -> Iterator[None]:
    """Let torch compute this thread's small operations in it alone: many threads would spend their time waiting."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux: fp32 is always right
        return set()
    return set(next((line for line in lines if line.startswith("flags")), "").split())
