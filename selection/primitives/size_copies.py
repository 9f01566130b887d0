"""Size copies: how many copies a document gets by the size of its duplicate cluster, as steps from size to copies.

FineWeb2 (Penedo et al. 2025, arXiv:2506.20920) fits the steps to what a filter thinks of clusters of each size:

    r_c       = share of the documents of size c that the filter removes;  g = the share over all;  r_min = min r_c
    copies[c] = 1 if r_c >= g, else 1 + (most - 1) (g - r_c) / (g - r_min)

smoothed over sizes by a moving average of five (the two at each end stay as they are) and rounded, halves to even. The
largest sizes, which together hold one document in a thousand, are one step.

Not stated in the paper: neighbouring sizes are one step until it holds `min_docs` documents, as small corpora need.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TAIL = 0.001
WIDTH = 5


@dataclass(frozen=True)
class SizeCopies:
    """copies[i] for sizes from sizes[i] up to the next; a size below the first has its copies."""

    sizes: np.ndarray  # (n_steps,) float64, ascending
    copies: np.ndarray  # (n_steps,) float64

    @classmethod
    def parse(cls, text: str) -> SizeCopies:
        """Read `1:1 2:3 5:4`: the first size of a step and its copies; ValueError with the form expected."""
        try:
            pairs = [tuple(map(int, step.split(":"))) for step in text.split()]
            sizes, copies = np.array(pairs, np.float64).reshape(-1, 2).T
        except (ValueError, OverflowError):
            sizes = copies = np.empty(0)
        if not len(sizes) or (np.diff(sizes) <= 0).any() or sizes[0] < 1 or copies.min() < 0:
            raise ValueError(
                "must list size:copies with sizes from 1 upwards and copies from 0, such as 1:1 2:2 5:4"
            )
        return cls(sizes, copies)

    @classmethod
    def fit(cls, sizes: np.ndarray, removed: np.ndarray, most: float, min_docs: int) -> SizeCopies:
        """From the (n_docs,) cluster sizes of the documents kept, and whether a filter removes each."""
        if not len(sizes):
            return cls(np.ones(1), np.ones(1))
        firsts, docs, lost = _steps(sizes, removed, min_docs)
        rate, whole = lost / docs, removed.mean()
        wanted = np.ones(len(rate))
        below = rate < whole
        wanted[below] += (most - 1) * (whole - rate[below]) / (whole - rate.min())
        return cls(firsts, np.rint(_smoothed(wanted)))

    def of(self, sizes: np.ndarray) -> np.ndarray:
        """(n_docs,) copies; NaN stays NaN."""
        step = np.searchsorted(self.sizes, sizes, side="right") - 1
        return np.where(np.isnan(sizes), np.nan, self.copies[np.maximum(step, 0)])


def _steps(
    sizes: np.ndarray, removed: np.ndarray, min_docs: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First size, documents and removed documents of each step."""
    listed, code = np.unique(sizes, return_inverse=True)
    docs = np.bincount(code).astype(np.float64)
    lost = np.bincount(code, removed.astype(np.float64))
    at_or_above = docs[::-1].cumsum()[::-1]
    starts: list[int] = []
    held = 0.0
    for i in range(len(listed)):
        in_tail = bool(starts) and i > 0 and at_or_above[i - 1] <= TAIL * len(sizes)
        if not starts or (held >= min_docs and at_or_above[i] >= min_docs and not in_tail):
            starts.append(i)
            held = 0.0
        held += docs[i]
    return listed[starts], np.add.reduceat(docs, starts), np.add.reduceat(lost, starts)


def _smoothed(values: np.ndarray) -> np.ndarray:
    """Means of five neighbours, but for the two values at each end."""
    means = values.copy()
    if len(values) >= WIDTH:
        half = WIDTH // 2
        means[half:-half] = np.convolve(values, np.full(WIDTH, 1 / WIDTH), "valid")
    return means
