"""Scorer audit: how much of a score is told by things that are not quality (length, language, source, formatting).

A score is taken by its ranks, so that its scale does not matter. Of their variance,

    length       is the share told by ten bins of equal size by tokens; its direction is Spearman's rank correlation
    groups       (language, source) the share told by the mean of each group
    formatting   the share told by a linear function of the ranks of layout statistics

each corrected for what as many groups or columns tell by chance: 1 - (1 - R^2) (n - 1) / (n - p - 1), below 0 is 0. The
shares overlap: where sources differ in length, both tell the same.

Cost: a sort a score, and a least squares problem of n x the number of layout statistics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from selection.primitives.held_out import interval, rank_correlation

LENGTH_LIMIT = (
    0.6  # |rank correlation| with tokens from which a score is said to be document length
)
TOLD_LIMIT = (
    0.5  # share of the variance of ranks from which something is said to be what a score measures
)
_N_BINS = 10
_FEWEST = 20
_FEWEST_BEST = 10  # documents in a best tenth, below which a shared one or two would say nothing


@dataclass(frozen=True)
class Audit:
    """Of one score; None where it cannot be said. `told` holds shares by name: length, source, language, formatting …"""

    n: int
    length: float | None  # Spearman's correlation with tokens
    told: dict[str, float | None]

    def row(self) -> dict[str, float | int | str | None]:
        """One flat row, for tables and JSON."""
        shares = {f"told_by_{name}": share for name, share in self.told.items()}
        return {"n": self.n, "length": self.length, **shares, "verdict": self.verdict()}

    def verdict(self) -> str:
        """What the score really is, if that can be said; else an empty text."""
        if self.length is not None and abs(self.length) >= LENGTH_LIMIT:
            return (
                f"mostly document length ({'longer' if self.length > 0 else 'shorter'} is higher)"
            )
        large = [
            name for name, share in self.told.items() if share is not None and share >= TOLD_LIMIT
        ]
        return f"mostly {' and '.join(large)}" if large else ""


def audit(
    values: np.ndarray,
    n_tokens: np.ndarray,
    groups: Mapping[str, np.ndarray],
    layout: np.ndarray,
) -> Audit:
    """(n_docs,) values with NaN where not rated, tokens, groups of codes (-1 is none), (n_docs, n_layout) statistics."""
    rows = np.flatnonzero(~np.isnan(values))
    names = ["length", *groups, "formatting"]
    if len(rows) < _FEWEST or np.ptp(values[rows]) == 0:
        return Audit(len(rows), None, dict.fromkeys(names))
    ranks = rankdata(values[rows])
    order = np.argsort(n_tokens[rows], kind="stable")
    bins = np.empty(len(rows), np.int64)
    bins[order] = np.arange(len(rows)) * _N_BINS // len(rows)
    told = {"length": told_by_groups(ranks, bins)}
    told |= {name: told_by_groups(ranks, codes[rows]) for name, codes in groups.items()}
    told["formatting"] = told_by_columns(ranks, layout[rows])
    return Audit(len(rows), rank_correlation(values[rows], n_tokens[rows].astype(np.float64)), told)


def told_by_groups(values: np.ndarray, codes: np.ndarray) -> float | None:
    """Share of the variance of (n,) values that lies between groups; codes below 0 are left out."""
    grouped = codes >= 0
    held, found = values[grouped], np.unique(codes[grouped], return_inverse=True)[1]
    if not len(held) or found.max() == 0:
        return None
    sizes = np.bincount(found)
    means = np.bincount(found, weights=held) / sizes
    between = float((sizes * (means - held.mean()) ** 2).sum())
    return _adjusted(between / max(float(((held - held.mean()) ** 2).sum()), 1e-30), len(held), len(sizes) - 1)  # fmt: skip


def told_by_columns(values: np.ndarray, columns: np.ndarray) -> float | None:
    """Share of the variance of (n,) values told by a linear function of the ranks of (n, n_columns); NaN is the middle."""
    varied = [c for c in columns.T if np.nanmin(c, initial=np.inf) < np.nanmax(c, initial=-np.inf)]
    if not varied:
        return None
    ranked = np.stack([np.nan_to_num(rankdata(c, nan_policy="omit"), nan=np.nan) for c in varied], axis=1)  # fmt: skip
    ranked = ranked - np.nanmean(ranked, axis=0)
    ranked = np.nan_to_num(ranked) / len(values)
    centred = values - values.mean()
    weights = np.linalg.lstsq(ranked, centred, rcond=None)[0]
    left = float(((centred - ranked @ weights) ** 2).sum())
    return _adjusted(1 - left / max(float((centred**2).sum()), 1e-30), len(values), len(varied))


def _adjusted(r2: float, n: int, p: int) -> float | None:
    if n - p - 1 <= 0:
        return None
    return max(0.0, 1 - (1 - r2) * (n - 1) / (n - p - 1))


@dataclass(frozen=True)
class Disagreement:
    """Two raters of one thing, on the documents that both rated; None where it cannot be said."""

    n: int
    spearman: float | None
    low: float | None
    high: float | None
    top_overlap: float | None  # of the best tenth of each, by documents
    mean_apart: float | None  # mean distance of percentiles, 0..1
    rows: np.ndarray  # documents further apart in percentile than any other, furthest first


def disagreement(first: np.ndarray, second: np.ndarray, n_rows: int = 20) -> Disagreement:
    """(n_docs,) values of two raters, NaN where not rated."""
    both = np.flatnonzero(~np.isnan(first) & ~np.isnan(second))
    if len(both) < _FEWEST:
        return Disagreement(len(both), None, None, None, None, None, both[:0])
    a, b = rankdata(first[both]) / len(both), rankdata(second[both]) / len(both)
    rho = rank_correlation(first[both], second[both])
    low, high = interval(rho, len(both)) if rho is not None else (None, None)
    n_top = len(both) // 10
    best = [np.argsort(-each, kind="stable")[:n_top] for each in (a, b)]
    apart = np.abs(a - b)
    return Disagreement(
        len(both),
        rho,
        low,
        high,
        len(np.intersect1d(best[0], best[1])) / n_top if n_top >= _FEWEST_BEST else None,
        float(apart.mean()),
        both[np.argsort(-apart, kind="stable")[:n_rows]],
    )
