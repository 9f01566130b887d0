"""Divergences between distributions over categories, in bits.

    entropy(p) = - sum p log2 p                                   kl(p, q) = sum p log2(p / q)
    js(p, q) = (kl(p, m) + kl(q, m)) / 2  with  m = (p + q) / 2   total_variation(p, q) = sum |p - q| / 2

Sources: Shannon 1948; Kullback, Leibler 1951; Lin 1991, "Divergence measures based on the Shannon entropy".

Smoothing: none inside these functions, so kl is infinite where q lacks what p has, while js lies in 0..1 always. Counts
become shares with `shares`, which adds `smoothing` to every category (0.5 is Jeffreys's prior) and says so by its name.
"""

from __future__ import annotations

import numpy as np


def shares(counts: np.ndarray, smoothing: float = 0.0) -> np.ndarray:
    """(n_categories,) shares that sum to 1, `smoothing` added to each count first; all NaN when nothing was counted."""
    counts = np.asarray(counts, np.float64) + smoothing
    if (counts < 0).any():
        raise ValueError(f"counts must be at least 0, got {counts.min()}; check the input")
    total = counts.sum()
    return counts / total if total > 0 else np.full(counts.shape, np.nan)


def entropy(p: np.ndarray) -> float:
    """Bits; 0 log 0 is 0."""
    return 0.0 - float(np.sum(_p_log2(p, p)))


def effective_number(p: np.ndarray) -> float:
    """2 to the entropy: how many equally large categories are as diverse (Hill number of order 1)."""
    return float(2.0 ** entropy(p))


def kl(p: np.ndarray, q: np.ndarray) -> float:
    """Bits lost when q stands in for p; infinite where q is 0 and p is not."""
    p, q = np.asarray(p, np.float64), np.asarray(q, np.float64)
    if ((q == 0) & (p > 0)).any():
        return float("inf")
    return float(np.sum(_p_log2(p, p) - _p_log2(p, q)))


def js(p: np.ndarray, q: np.ndarray) -> float:
    """Bits, 0 (equal) to 1 (nothing in common)."""
    middle = (np.asarray(p, np.float64) + np.asarray(q, np.float64)) / 2
    return min(1.0, max(0.0, (kl(p, middle) + kl(q, middle)) / 2))


def total_variation(p: np.ndarray, q: np.ndarray) -> float:
    """0 to 1: the share that would have to move from one category to another to turn p into q."""
    return float(np.abs(np.asarray(p, np.float64) - np.asarray(q, np.float64)).sum() / 2)


def _p_log2(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """p log2 q, 0 where p is 0."""
    p, q = np.asarray(p, np.float64), np.asarray(q, np.float64)
    return p * np.log2(q, out=np.zeros(q.shape), where=(p > 0) & (q > 0))
