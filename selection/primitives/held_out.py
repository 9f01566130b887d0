"""Held out: how to set documents aside, and how far predictions on them agree with what raters said.

A document is held out by a hash of its uid, near-duplicates together by the smallest hash among them: so nothing that was
set aside has a twin among what was learnt from, and the choice does not depend on order.

- R^2 = 1 - squared error / squared distance from the mean rating
- Spearman's rank correlation, with a 95 % interval from Fisher's z and the standard error sqrt((1 + r^2 / 2) / (n - 3))
  (Bonett and Wright 2000)
- precision in the top decile: of the tenth predicted best, the share that is rated at least as high as the best tenth;
  ties make that more than a tenth of all, so what chance gives stands beside it
- AUC, where ratings have two values only: the chance that one rated high is predicted above one rated low; Spearman's
  correlation stays below sqrt(3 p (1 - p)) there, however good the student
- calibration: mean rating in ten bins of equal size by prediction

Cost: two sorts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selection.core.noise import splitmix, uniform

TOP = 0.1
N_BINS = 10
_Z95 = 1.959963984540054


def groups_by(labels: np.ndarray | None, uid_hash: np.ndarray) -> np.ndarray:
    """(n,) uint64: the smallest uid hash among documents with the same label; NaN and None stand alone."""
    if labels is None:
        return uid_hash
    rated = ~np.isnan(labels)
    group = uid_hash.copy()
    _, codes = np.unique(labels[rated], return_inverse=True)
    smallest = np.full(codes.max(initial=-1) + 1, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(smallest, codes, uid_hash[rated])
    group[rated] = smallest[codes]
    return group


def split(group: np.ndarray, share: float, seed: int) -> np.ndarray:
    """(n,) bool, true for documents held out; all of a group or none."""
    return uniform(seed, group, stream=71) < share


def folds(group: np.ndarray, n_folds: int) -> np.ndarray:
    """(n,) int64 in 0..n_folds - 1, equal within a group."""
    return (splitmix(splitmix(group)) % np.uint64(n_folds)).astype(np.int64)


@dataclass(frozen=True)
class Agreement:
    """Figures of one column; None where they are not defined (too few documents, or all rated alike)."""

    n: int
    r2: float | None
    correlation: float | None  # Pearson's
    spearman: float | None
    low: float | None  # of the 95 % interval of Spearman's correlation
    high: float | None
    mae: float | None
    precision_top: float | None
    chance_top: float | None
    auc: float | None  # of ratings with two values
    calibration: list[dict[str, float]]


def agreement(
    truth: np.ndarray, predicted: np.ndarray, n_independent: int | None = None
) -> Agreement:
    """How far (n,) predictions agree with (n,) ratings; `n_independent` of them where some repeat others."""
    n = len(truth) if n_independent is None else n_independent
    if n < 5:
        return Agreement(n, *[None] * 9, calibration=[])
    spread = float(((truth - truth.mean()) ** 2).sum())
    rho = rank_correlation(truth, predicted)
    low, high = interval(rho, n) if rho is not None else (None, None)
    precision, chance = _top(truth, predicted)
    return Agreement(
        n=n,
        r2=1 - float(((truth - predicted) ** 2).sum()) / spread if spread > 0 else None,
        correlation=float(np.corrcoef(truth, predicted)[0, 1]) if rho is not None else None,
        spearman=rho,
        low=low,
        high=high,
        mae=float(np.abs(truth - predicted).mean()),
        precision_top=precision,
        chance_top=chance,
        auc=area(truth, predicted),
        calibration=_calibration(truth, predicted),
    )


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Spearman's, ties sharing their ranks; None where one of them is constant."""
    from scipy.stats import rankdata

    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(rankdata(first), rankdata(second))[0, 1])


def area(truth: np.ndarray, predicted: np.ndarray) -> float | None:
    """Area under the ROC curve, ties counting half; None unless the ratings have exactly two values."""
    from scipy.stats import rankdata

    high = truth == truth.max()
    n_high, n_low = int(high.sum()), int((~high).sum())
    if n_low == 0 or len(np.unique(truth)) != 2:
        return None
    below = rankdata(predicted)[high].sum() - n_high * (n_high + 1) / 2
    return float(below / (n_high * n_low))


def interval(rho: float, n: int) -> tuple[float, float]:
    """95 % of a rank correlation found on n documents."""
    if n <= 3 or abs(rho) >= 1:
        return rho, rho
    centre, error = np.arctanh(rho), _Z95 * np.sqrt((1 + rho**2 / 2) / (n - 3))
    return float(np.tanh(centre - error)), float(np.tanh(centre + error))


def _top(truth: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    n_top = max(1, round(TOP * len(truth)))
    best = truth >= np.partition(truth, -n_top)[-n_top]
    picked = np.argsort(-predicted, kind="stable")[:n_top]
    return float(best[picked].mean()), float(best.mean())


def _calibration(truth: np.ndarray, predicted: np.ndarray) -> list[dict[str, float]]:
    order = np.argsort(predicted, kind="stable")
    return [
        {"predicted": float(predicted[rows].mean()), "rated": float(truth[rows].mean()), "n": len(rows)}
        for rows in np.array_split(order, min(N_BINS, len(order)))
    ]  # fmt: skip
