"""Numbers behind the charts of signals: correlations, group means, histograms, ties to length. Arrays in, arrays out.

Values are (n_docs,) or (n_docs, n_signals) float64 with NaN where a document is not rated; such pairs are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SAMPLE_DOCS = 200_000
LENGTH_LIMIT = 0.6  # |rank correlation| with n_tokens from which a signal is said to follow length


def sample_rows(n_docs: int, limit: int = SAMPLE_DOCS) -> np.ndarray:
    """Ascending positions of at most `limit` documents, the same ones every time."""
    if n_docs <= limit:
        return np.arange(n_docs)
    return np.sort(np.random.default_rng(0).choice(n_docs, limit, replace=False))


def ranks(values: np.ndarray) -> np.ndarray:
    """(n_docs, n_signals) average ranks of each column, NaN kept: correlation of ranks is Spearman's."""
    return np.column_stack([_ranked(column) for column in values.T]) if len(values) else values


def _ranked(column: np.ndarray) -> np.ndarray:
    order = np.argsort(column)  # NaN comes last
    ascending = column[order]
    n_rated = len(column) - int(np.count_nonzero(np.isnan(column)))
    if not n_rated:
        return np.full(len(column), np.nan)
    starts = np.flatnonzero(np.r_[True, ascending[1:n_rated] != ascending[: n_rated - 1]])
    ends = np.append(starts[1:], n_rated)
    found = np.full(len(column), np.nan)
    found[order[:n_rated]] = np.repeat((starts + 1 + ends) / 2, ends - starts)
    return found


def correlation(values: np.ndarray) -> np.ndarray:
    """(n_signals, n_signals) Pearson correlation over the documents that have both; NaN where one is constant."""
    rated = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        n = (rated.T.astype(np.float64)) @ rated
        centre = np.nanmean(values, axis=0) if len(values) else np.zeros(values.shape[1])
        filled = np.where(rated, values - centre, 0.0)
        total = filled.T @ rated  # [i, j]: sum of i where j is rated too
        squares = (filled**2).T @ rated
        covariance = filled.T @ filled - total * total.T / n
        spread = squares - total**2 / n
        found = covariance / np.sqrt(spread * spread.T)
    constant = np.diag(spread) <= 1e-12 * np.maximum(1.0, np.abs(centre))
    found[constant, :] = found[:, constant] = np.nan
    return np.clip(found, -1, 1)


def pairs_rated(values: np.ndarray) -> np.ndarray:
    """(n_signals, n_signals) how many documents have both signals: what each correlation is of."""
    rated = (~np.isnan(values)).astype(np.float64)
    return np.rint(rated.T @ rated).astype(np.int64)


def reach(correlations: np.ndarray, n: np.ndarray, by_rank: bool) -> np.ndarray:
    """Half of the 95 % interval of each correlation of `n` sampled documents.

    The standard error is (1 - r^2) / sqrt(n), of ranks times sqrt(1 + r^2 / 2) (Bonett and Wright, 2000).
    """
    squared = correlations**2
    error = (1 - squared) / np.sqrt(np.maximum(n, 1))
    return 1.96 * error * (np.sqrt(1 + squared / 2) if by_rank else 1.0)


def clustered_order(correlations: np.ndarray) -> list[int]:
    """Columns so that those that go together, or against each other, stand side by side (average linkage on 1 - |r|)."""
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    if len(correlations) < 3:
        return list(range(len(correlations)))
    distance = 1 - np.abs(np.nan_to_num((correlations + correlations.T) / 2))
    np.fill_diagonal(distance, 0)
    flat = squareform(distance, checks=False)
    return [int(i) for i in leaves_list(optimal_leaf_ordering(linkage(flat, "average"), flat))]


def length_ties(values: np.ndarray, n_tokens: np.ndarray) -> np.ndarray:
    """(n_signals,) Spearman correlation of each signal with the number of tokens; NaN for a constant signal."""
    found = np.full(values.shape[1], np.nan)
    for k in range(values.shape[1]):
        rated = ~np.isnan(values[:, k])
        pair = np.column_stack([values[rated, k], n_tokens[rated]])
        if len(pair) > 2:
            found[k] = correlation(ranks(pair))[0, 1]
    return found


@dataclass(frozen=True)
class Histogram:
    """`edges` (n_bins + 1,), `counts` (n_bins,); values beyond the edges are counted beside them."""

    edges: np.ndarray
    counts: np.ndarray
    n_below: int
    n_above: int
    n_missing: int
    median: float = float("nan")  # of what is rated, as is the mean
    mean: float = float("nan")


def histogram(values: np.ndarray, n_bins: int = 40) -> Histogram:
    """Even bins from the 0.5th to the 99.5th percentile, and a quarter of that span more on each side where values go on.

    Whole numbers get a bin each where they are few enough.
    """
    rated = values[np.isfinite(values)]
    n_missing = len(values) - len(rated)
    if not len(rated):
        return Histogram(np.array([0.0, 1.0]), np.zeros(1, np.int64), 0, 0, n_missing)
    low, median, high = np.percentile(rated, [0.5, 50, 99.5])
    margin = (high - low) / 4
    low, high = max(rated.min(), low - margin), min(rated.max(), high + margin)
    if high <= low:
        low, high = low - 0.5, low + 0.5
    if high - low < n_bins and (rated == np.round(rated)).all():
        edges = np.arange(np.floor(low), np.ceil(high) + 2) - 0.5
    else:
        edges = np.linspace(low, high, n_bins + 1)
    counts, _ = np.histogram(rated, edges)
    n_below, n_above = int((rated < edges[0]).sum()), int((rated > edges[-1]).sum())
    return Histogram(edges, counts, n_below, n_above, n_missing, float(median), float(rated.mean()))


def in_bins(values: np.ndarray, bins: Sequence[int], n_bins: int = 40) -> np.ndarray:
    """doc_ids in these bins of `histogram`, by value; the last bin holds its upper edge too."""
    edges = histogram(values, n_bins).edges
    place = np.searchsorted(edges, values, side="right") - 1
    place[values == edges[-1]] = len(edges) - 2
    place[np.isnan(values)] = -1
    ids = np.flatnonzero(np.isin(place, list(bins)))
    return ids[np.argsort(values[ids], kind="stable")]


def five_numbers(values: np.ndarray, codes: np.ndarray, n_groups: int) -> np.ndarray:
    """(n_groups, 5) percentiles 5, 25, 50, 75, 95 of the rated documents of each group; NaN for none."""
    found = np.full((n_groups, 5), np.nan)
    rated = ~np.isnan(values) & (codes >= 0)
    order = np.argsort(codes[rated], kind="stable")
    held, sorted_codes = values[rated][order], codes[rated][order]
    bounds = np.searchsorted(sorted_codes, np.arange(n_groups + 1))
    for group in range(n_groups):
        rows = held[bounds[group] : bounds[group + 1]]
        if len(rows):
            found[group] = np.percentile(rows, [5, 25, 50, 75, 95])
    return found


def group_means(values: np.ndarray, codes: np.ndarray, n_groups: int) -> np.ndarray:
    """(n_groups, n_signals) means over the rated documents of each group; NaN for none."""
    found = np.empty((n_groups, values.shape[1]))
    for k in range(values.shape[1]):
        rated = ~np.isnan(values[:, k]) & (codes >= 0)
        total = np.bincount(codes[rated], weights=values[rated, k], minlength=n_groups)
        n = np.bincount(codes[rated], minlength=n_groups)
        found[:, k] = np.divide(total, n, out=np.full(n_groups, np.nan), where=n > 0)
    return found


def ends(values: np.ndarray, n_docs: int) -> tuple[np.ndarray, np.ndarray]:
    """doc_ids of the `n_docs` highest values, highest first, and of the lowest, lowest first; only rated documents."""
    rated = np.flatnonzero(~np.isnan(values))
    order = rated[np.argsort(values[rated], kind="stable")]
    return order[::-1][:n_docs], order[:n_docs]
