"""Progress: what a slow verb tells whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """`done` of `total` (0 where unknown) in `unit`; `label` names the verb and what it works on."""

    label: str
    done: float
    total: float
    unit: str = "documents"


Progress = Callable[[Step], None]


def silent(step: Step) -> None:
    """The default: nobody waits."""
