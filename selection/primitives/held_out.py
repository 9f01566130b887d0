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
- calibration: mean rating in bins of equal size by prediction, ten where that leaves FEWEST documents a bin, else fewer

Every figure has a 95 % interval: R^2 and the mean absolute error by the percentile bootstrap over documents (simulated with
normal errors it held the truth in 84 to 90 % of 500 runs of 10 documents, 90 to 93 of 20, 93 to 96 of 60 or 200, so below
FEWEST_RESAMPLED none is given); Pearson's correlation by Fisher's z; the area and shares by score intervals
(`intervals.area`, `intervals.wilson`); a bin's mean by Student's t, of ratings with two values by Wilson's.

Pairs that share a document, and near-duplicates, count as independent here, so on many of them intervals are too narrow.

Cost: two sorts, and N_RESAMPLES times the documents, or times MOST_RESAMPLED groups of them where there are more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selection.core.noise import splitmix, uniform
from selection.primitives import intervals

TOP = 0.1
N_BINS = 10
FEWEST = 5  # documents that a figure, or a bin, is given for
FEWEST_RESAMPLED = 20
MOST_RESAMPLED = 2_000
N_RESAMPLES = 1_000
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
    """Figures of one column; None where they are not defined (too few documents, or all rated alike).

    `intervals` holds the lower and upper end, at 95 %, of every figure by its name that an interval can be given for.
    """

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
    intervals: dict[str, list[float]]  # low and high
    calibration: list[dict[str, float | None]]  # ends are None where a bin's ratings are alike


def agreement(
    truth: np.ndarray, predicted: np.ndarray, n_independent: int | None = None
) -> Agreement:
    """How far (n,) predictions agree with (n,) ratings; `n_independent` of them where some repeat others."""
    n = len(truth) if n_independent is None else n_independent
    if n < FEWEST:
        return Agreement(n, *[None] * 9, intervals={}, calibration=[])
    spread = float(((truth - truth.mean()) ** 2).sum())
    rho = rank_correlation(truth, predicted)
    low, high = interval(rho, n) if rho is not None else (None, None)
    precision, chance = _top(truth, predicted)
    r = float(np.corrcoef(truth, predicted)[0, 1]) if rho is not None else None
    around = {"correlation": _around_pearson(r, n), "auc": _around_area(truth, predicted, n)}
    around |= {"precision_top": _ends(intervals.wilson(precision * _n_top(n), _n_top(n)))}
    around |= _resampled(truth, predicted, n)
    return Agreement(
        n=n,
        r2=1 - float(((truth - predicted) ** 2).sum()) / spread if spread > 0 else None,
        correlation=r,
        spearman=rho,
        low=low,
        high=high,
        mae=float(np.abs(truth - predicted).mean()),
        precision_top=precision,
        chance_top=chance,
        auc=area(truth, predicted),
        intervals={name: list(ends) for name, ends in around.items() if ends is not None},
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
    """95 % of a rank correlation found on n documents; of 3 or fewer it may be anything.

    A perfect one, whose z is infinite, is read as one swap of neighbours away from it: 1 - 12 / (n (n^2 - 1)).
    """
    if n <= 3:
        return -1.0, 1.0
    most = 1 - 12 / (n * (n**2 - 1))
    centre = np.arctanh(np.clip(rho, -most, most))
    error = _Z95 * np.sqrt((1 + min(abs(rho), most) ** 2 / 2) / (n - 3))
    low, high = float(np.tanh(centre - error)), float(np.tanh(centre + error))
    return (low, 1.0) if rho >= 1 else (-1.0, high) if rho <= -1 else (low, high)


def _around_pearson(r: float | None, n: int) -> tuple[float, float] | None:
    if r is None or abs(r) >= 1 or n <= 3:
        return None
    centre, error = np.arctanh(r), _Z95 / np.sqrt(n - 3)
    return float(np.tanh(centre - error)), float(np.tanh(centre + error))


def _around_area(truth: np.ndarray, predicted: np.ndarray, n: int) -> tuple[float, float] | None:
    """Of n independent ratings, where `truth` may hold them more than once."""
    found = area(truth, predicted)
    if found is None:
        return None
    n_high = max(1, round(int((truth == truth.max()).sum()) * n / len(truth)))
    return _ends(intervals.area(found, n_high, max(1, n - n_high)))


def _ends(found: intervals.Interval | None) -> tuple[float, float] | None:
    return None if found is None else (found.low, found.high)


def _resampled(
    truth: np.ndarray, predicted: np.ndarray, n: int
) -> dict[str, tuple[float, float] | None]:
    """R^2 and mean absolute error, of which both need but means over documents; repeats of a rating stay together."""
    if n < FEWEST_RESAMPLED or np.ptp(truth) == 0:
        return {}
    rng = np.random.default_rng(0)
    apart, middle = truth - predicted, truth - truth.mean()
    parts = np.column_stack([apart**2, middle**2, middle, np.abs(apart)])
    parts = parts.reshape(-1, n, 4).mean(axis=0)
    if n > MOST_RESAMPLED:  # sums of random groups vary as the documents do
        group = rng.permutation(n) % MOST_RESAMPLED
        parts = np.column_stack([np.bincount(group, weights=column) for column in parts.T])
    drawn = rng.multinomial(len(parts), np.full(len(parts), 1 / len(parts)), size=N_RESAMPLES)
    means = drawn @ parts / n  # (N_RESAMPLES, 4)
    with np.errstate(invalid="ignore", divide="ignore"):
        r2 = 1 - means[:, 0] / (means[:, 1] - means[:, 2] ** 2)
    low, high = np.nanquantile(np.column_stack([r2, means[:, 3]]), [0.025, 0.975], axis=0)
    return {"r2": (float(low[0]), float(high[0])), "mae": (float(low[1]), float(high[1]))}


def _n_top(n: int) -> int:
    return max(1, round(TOP * n))


def _top(truth: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    n_top = _n_top(len(truth))
    best = truth >= np.partition(truth, -n_top)[-n_top]
    picked = np.argsort(-predicted, kind="stable")[:n_top]
    return float(best[picked].mean()), float(best.mean())


def _calibration(truth: np.ndarray, predicted: np.ndarray) -> list[dict[str, float | None]]:
    order, levels = np.argsort(predicted, kind="stable"), np.unique(truth)
    found = []
    for rows in np.array_split(order, min(N_BINS, len(order) // FEWEST)):
        ends = _around_mean(truth[rows], levels)
        low, high = ends if ends else (None, None)
        means = {"predicted": float(predicted[rows].mean()), "rated": float(truth[rows].mean())}
        found.append({**means, "low": low, "high": high, "n": len(rows)})
    return found


def _around_mean(rated: np.ndarray, levels: np.ndarray) -> tuple[float, float] | None:
    """95 % of the mean of one bin's ratings, given all the values that ratings have."""
    if len(levels) != 2:
        return _ends(intervals.mean(rated))
    share = intervals.wilson(int((rated == levels[1]).sum()), len(rated))
    low, high = levels[0] + np.ptp(levels) * np.array([share.low, share.high])
    return float(low), float(high)
