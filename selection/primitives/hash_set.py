"""Hash set: which 64-bit hashes have been seen, 8 bytes each, asked and told a batch at a time.

Sorted runs of at most `RUN` hashes; runs of like size are merged until they reach it, so there are few small ones. A set of
Python integers takes ten times the memory, which a corpus of many short documents would notice.

Cost: a batch of m against n hashes takes m * log(RUN) * (n / RUN + log(RUN)) steps in numpy.
"""

from __future__ import annotations

import numpy as np

RUN = 1 << 20


class HashSet:
    """Starts empty; only grows."""

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []  # each ascending uint64, none empty

    def __len__(self) -> int:
        """How many hashes were added, one that was added twice counting twice."""
        return sum(map(len, self._runs))

    def add(self, hashes: np.ndarray) -> None:
        """hashes: (n,) uint64, in any order."""
        for start in range(0, len(hashes), RUN):
            self._push(np.sort(hashes[start : start + RUN].astype(np.uint64)))

    def holds(self, hashes: np.ndarray) -> np.ndarray:
        """(n,) bool for (n,) uint64."""
        hashes = np.asarray(hashes, np.uint64)
        found = np.zeros(len(hashes), bool)
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
            found |= run[place] == hashes
        return found

    def _push(self, run: np.ndarray) -> None:
        runs = self._runs
        while runs and len(runs[-1]) < 2 * len(run) and len(runs[-1]) + len(run) <= RUN:
            run = np.sort(np.concatenate([runs.pop(), run]))
        runs.append(run)
