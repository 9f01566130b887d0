"""Token ranks: which share of the corpus, in tokens, is better than this value; 0 is best, 1 is worst.

    rank(v) = (tokens with a value above v + half the tokens with exactly v) / all tokens

Ties share the middle of the tokens they occupy, and a document counts half of itself; so the token-weighted mean
rank is exactly 1/2. Fitting stores the map from value to rank as knots (every distinct value while they are few,
else an even choice over the ranks, both ends included), so a new value is ranked by linear interpolation without the
corpus.

Cost: one sort to fit; `of` is a binary search in the knots, row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from selection.primitives.interpolation import interpolate

MAX_KNOTS = 10_000


@dataclass(frozen=True)
class TokenRanks:
    """A map from value (higher is better) to rank; build it with `fit`."""

    values: np.ndarray  # (n_knots,) float64, ascending, distinct
    ranks: np.ndarray  # (n_knots,) float64, descending, in (0, 1)

    @classmethod
    def fit(
        cls, values: np.ndarray, n_tokens: np.ndarray | None = None, max_knots: int = MAX_KNOTS
    ) -> TokenRanks:
        """From (n_docs,) values and token counts (None: every document weighs the same). NaN rows do not count."""
        present = ~np.isnan(values)
        values = values[present].astype(np.float64, copy=False)
        weight = None if n_tokens is None else n_tokens[present].astype(np.float64)
        if weight is not None and not weight.sum() > 0:
            weight = None
        if weight is None:
            return cls.of_sorted(np.sort(values), None, max_knots)
        order = np.argsort(values)
        return cls.of_sorted(values[order], weight[order], max_knots)

    @classmethod
    def of_sorted(
        cls, values: np.ndarray, weight: np.ndarray | None, max_knots: int = MAX_KNOTS
    ) -> TokenRanks:
        """The same from ascending values without NaN, and their weights (None: counts)."""
        if not len(values):
            return cls(np.empty(0), np.empty(0))
        distinct, tokens = tied_sums(values, weight)
        above = tokens[::-1].cumsum()[::-1]  # tokens at or above each distinct value
        ranks = (above - tokens / 2) / above[0]
        chosen = even_choice(ranks, max_knots)
        return cls(distinct[chosen], ranks[chosen])

    def of(self, values: np.ndarray) -> np.ndarray:
        """(n_docs,) ranks in [0, 1]; NaN stays NaN; beyond the fitted range the nearest end's rank holds."""
        if not len(self.values):
            return np.full(len(values), np.nan)
        return interpolate(values, self.values, self.ranks)

    def to_state(self, name: str) -> dict[str, np.ndarray]:
        """Two arrays under `name`, for a method's fitted state."""
        return {f"{name}_values": self.values, f"{name}_ranks": self.ranks}

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray], name: str) -> TokenRanks:
        """The inverse of `to_state`."""
        return cls(state[f"{name}_values"], state[f"{name}_ranks"])


def tied_sums(ascending: np.ndarray, weight: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Distinct values and the weight that falls on each (None: counts), of values in ascending order."""
    starts = np.flatnonzero(np.r_[True, ascending[1:] != ascending[:-1]])
    if weight is None:
        return ascending[starts], np.diff(np.r_[starts, len(ascending)]).astype(np.float64)
    return ascending[starts], np.add.reduceat(weight, starts)


def even_choice(ranks: np.ndarray, max_knots: int) -> np.ndarray:
    """At most `max_knots` positions of descending `ranks`, evenly spread over rank, both ends kept."""
    if len(ranks) <= max_knots:
        return np.arange(len(ranks))
    wanted = np.linspace(ranks[-1], ranks[0], max_knots)
    ascending = ranks[::-1]
    places = np.unique(np.clip(np.searchsorted(ascending, wanted), 0, len(ranks) - 1))
    return np.unique(np.r_[0, len(ranks) - 1 - places, len(ranks) - 1])


def pack(ranks: Sequence[TokenRanks], name: str) -> dict[str, np.ndarray]:
    """Many maps laid end to end as three arrays, for a fitted state."""
    return {
        f"{name}_lengths": np.array([len(each.values) for each in ranks], np.int64),
        f"{name}_values": np.concatenate([np.empty(0), *(each.values for each in ranks)]),
        f"{name}_ranks": np.concatenate([np.empty(0), *(each.ranks for each in ranks)]),
    }


def unpack(state: Mapping[str, np.ndarray], name: str) -> tuple[TokenRanks, ...]:
    """The inverse of `pack`."""
    lengths = state[f"{name}_lengths"]
    if not len(lengths):
        return ()
    ends = np.cumsum(lengths)[:-1]
    values, ranks = np.split(state[f"{name}_values"], ends), np.split(state[f"{name}_ranks"], ends)
    return tuple(TokenRanks(v, r) for v, r in zip(values, ranks, strict=True))


def normal_scores(ranks: np.ndarray) -> np.ndarray:
    """The standard normal value with the same rank (rank 0.5 is 0, small ranks are large)."""
    return -ndtri(np.clip(ranks, 1e-12, 1 - 1e-12))


def sample_rows(uid_hash: np.ndarray, n_docs: int) -> np.ndarray:
    """Rows of the `n_docs` smallest uid hashes, ascending: a sample that does not depend on the order of rows."""
    if n_docs >= len(uid_hash):
        return np.arange(len(uid_hash))
    return np.sort(np.argpartition(uid_hash, n_docs)[:n_docs])
