"""A pool: what one thread at a time works with, laid back for the next one.

New memory is cleared by the operating system, page by page, which can take longer than what is done in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Pool(Generic[Kept]):
    """As many as were ever in use at once; safe from several threads."""

    def __init__(self, make: Callable[[], Kept]) -> None:
        self._make = make
        self._free: list[Kept] = []

    def take(self) -> Kept:
        """One that nobody else has meanwhile."""
        try:
            return self._free.pop()
        except IndexError:
            return self._make()

    def lay_back(self, kept: Kept) -> None:
        """For whoever comes next; not after an error, which may have left half of something in it."""
        self._free.append(kept)
