"""Adaptive thresholds: an English bound carried over to another language by five rules.

Penedo et al. 2025 (FineWeb2), arXiv:2506.20920, section 4. Given the English bound t, the statistic's values in English
documents e and in those of the language x:

    English      t
    MeanStd      mean(x) + sd(x) * (t - mean(e)) / sd(e)       as many standard deviations from the mean
    Quantile     removes the same share of x as t does of e
    10Tail       removes a tenth of x (`tail`)
    MedianRatio  t * (median(x) / median(e))

Differs from the paper: not stated there, a share is met from below: the bound is the strictest value of x that removes no
more than the share. Where sd(e) or median(e) is 0, MeanStd and MedianRatio are not defined, and t stays.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

Rule = Literal["English", "MeanStd", "Quantile", "10Tail", "MedianRatio"]
COMPARES_WITH_ENGLISH = ("MeanStd", "Quantile", "MedianRatio")


def removed_share(values: np.ndarray, sign: str, bound: float) -> float:
    """The share of `values` that breaks a bound; sign is >= or <=."""
    return float(np.mean(values < bound if sign == ">=" else values > bound))


def strictest(values: np.ndarray, sign: str, share: float) -> float:
    """The strictest of `values` that as a bound removes at most `share` of them."""
    ordered = np.sort(values) if sign == ">=" else -np.sort(-values)
    place = min(int(share * len(ordered) + 1e-9), len(ordered) - 1)
    return float(ordered[place])


def adapt(
    rule: Rule, sign: str, bound: float, values: np.ndarray, english: np.ndarray, tail: float = 0.1
) -> float:
    """The bound for a language with these `values`, none missing; `english` may be empty where the rule needs none."""
    if rule == "10Tail":
        return strictest(values, sign, tail)
    if rule == "Quantile":
        return strictest(values, sign, removed_share(english, sign, bound))
    if rule == "MeanStd" and english.std() > 0:
        return float(values.mean() + values.std() * (bound - english.mean()) / english.std())
    if rule == "MedianRatio" and np.median(english) != 0:
        return float(bound * (np.median(values) / np.median(english)))
    return bound


def confidence_bound(confidence: np.ndarray) -> float:
    """FineWeb2's least confidence of a language's documents: median less standard deviation, within 0.3 and 0.9."""
    return float(np.clip(np.median(confidence) - confidence.std(), 0.3, 0.9))
