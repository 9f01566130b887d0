"""Intervals: how far a mean or a share can be trusted.

- `bootstrap_mean`: percentile bootstrap (Efron 1979): documents are drawn again with replacement, `n_resamples` times, and
  the interval lies between the outer percentiles of the resampled (weighted) means.
- `wilson`: the score interval of a share (Wilson 1927), which stays in 0..1 and covers well where few were counted:
      (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)
- `area`: the score interval of an area under the ROC curve A (Newcombe 2006, method 5), which solves for both ends
      |A - a| = z sqrt(a (1 - a) (1 + N (1 - a) / (2 - a) + N a / (1 + a)) / (n_high n_low)),  N = (n_high + n_low) / 2 - 1
- `mean`: Student's t interval of the mean of few values, which takes them for about normal

Differs from the paper:
- above `MOST_GROUPS` documents, these are first put into that many random groups, whose sums are resampled; the variance of
  the mean stays the same in expectation, and the cost no longer grows with the corpus.

Cost: n_docs once, then n_resamples x min(n_docs, MOST_GROUPS) counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

MOST_GROUPS = 2_000
BLOCK_RESAMPLES = 100


@dataclass(frozen=True)
class Interval:
    """low <= estimate <= high for `wilson`; a skewed bootstrap may leave the estimate near an end."""

    low: float
    estimate: float
    high: float


def bootstrap_mean(
    values: np.ndarray,
    rng: np.random.Generator,
    weights: np.ndarray | None = None,
    level: float = 0.95,
    n_resamples: int = 1000,
) -> Interval:
    """The interval of the (weighted) mean of (n_docs,) values; NaN and documents of weight 0 are left out."""
    _check_level(level)
    values = np.asarray(values, np.float64)
    weights = np.ones(len(values)) if weights is None else np.asarray(weights, np.float64)
    kept = ~np.isnan(values) & (weights > 0)
    sums, masses = values[kept] * weights[kept], weights[kept]
    if not len(sums):
        return Interval(float("nan"), float("nan"), float("nan"))
    estimate = float(sums.sum() / masses.sum())
    if len(sums) > MOST_GROUPS:
        groups = rng.permutation(len(sums)) % MOST_GROUPS
        sums = np.bincount(groups, weights=sums)
        masses = np.bincount(groups, weights=masses)
    means = np.empty(n_resamples)
    even = np.full(len(sums), 1 / len(sums))
    for start in range(0, n_resamples, BLOCK_RESAMPLES):
        block = means[start : start + BLOCK_RESAMPLES]
        counts = rng.multinomial(len(sums), even, size=len(block)).astype(np.float64)
        block[:] = (counts @ sums) / (counts @ masses)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), estimate, float(high))


def wilson(n_hits: float, n_trials: float, level: float = 0.95) -> Interval:
    """The interval of a share of n_hits among n_trials; 0..1 around NaN when nothing was tried.

    Not whole where trials are worth fewer independent ones.
    """
    _check_level(level)
    if not 0 <= n_hits <= n_trials:
        raise ValueError(f"n_hits must lie in 0..{n_trials}, got {n_hits}; check the counts")
    if n_trials == 0:
        return Interval(0.0, float("nan"), 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    p, shrink = n_hits / n_trials, 1 + z * z / n_trials
    middle = (p + z * z / (2 * n_trials)) / shrink
    reach = z * np.sqrt(p * (1 - p) / n_trials + z * z / (4 * n_trials**2)) / shrink
    # The formula gives exactly 0 and 1 at the ends; rounding may miss them by one digit.
    low = 0.0 if n_hits == 0 else float(middle - reach)
    high = 1.0 if n_hits == n_trials else float(middle + reach)
    return Interval(low, p, high)


def area(estimate: float, n_high: int, n_low: int, level: float = 0.95) -> Interval:
    """The interval of an area under the ROC curve found on n_high documents of one kind and n_low of the other."""
    _check_level(level)
    if min(n_high, n_low) < 1:
        raise ValueError(f"an area needs documents of both kinds, got {n_high} and {n_low}")
    z, n = NormalDist().inv_cdf((1 + level) / 2), (n_high + n_low) / 2 - 1

    def within(a: float) -> bool:
        worth = 1 + n * (1 - a) / (2 - a) + n * a / (1 + a)
        return (estimate - a) ** 2 <= z * z * a * (1 - a) * worth / (n_high * n_low)

    return Interval(_edge(estimate, 0.0, within), estimate, _edge(estimate, 1.0, within))


def _edge(inside: float, outside: float, within: Callable[[float], bool]) -> float:
    """Where what holds at `inside` stops to hold on the way to `outside`, by halving."""
    if inside == outside:
        return outside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if within(middle) else (inside, middle)
    return inside


def mean(values: np.ndarray, level: float = 0.95) -> Interval | None:
    """The interval of the mean of (n,) values; None for one value, or where all are alike, which tells no spread."""
    _check_level(level)
    if len(values) < 2 or np.ptp(values) == 0:
        return None
    from scipy.stats import t

    middle = float(values.mean())
    reach = float(
        t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    )
    return Interval(middle - reach, middle, middle + reach)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}; 0.95 is usual")
