"""Column scaling: put signals of different units on one scale, by z-score or by normal scores of their ranks.

    z:            (value - mean) / sd
    rank_normal:  normal score of the value's rank, then the same

Fitted on a sample, applied row by row. Missing values stay NaN, or become the column's fitted median when one is
stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from selection.primitives.ranks import TokenRanks, normal_scores, pack, unpack

_KNOTS = 1_000  # per signal: a recipe carries them as JSON


@dataclass(frozen=True)
class ColumnScaling:
    """Build with `fit`; arrays are per column."""

    mean: np.ndarray  # (n_columns,) of the values, or of their normal scores
    sd: np.ndarray  # (n_columns,) sample standard deviation, all > 0
    median: np.ndarray  # (n_columns,) fills missing values; empty where they stay missing
    ranks: tuple[TokenRanks, ...] = ()  # one per column for rank_normal, else none

    @classmethod
    def fit(cls, values: np.ndarray, *, by_rank: bool, median: np.ndarray) -> ColumnScaling:
        """From complete (n_docs, n_columns) values without constant columns."""
        ranks: tuple[TokenRanks, ...] = ()
        if by_rank:
            ranks = tuple(TokenRanks.fit(column, max_knots=_KNOTS) for column in values.T)
            values = _normal(values, ranks)
        return cls(values.mean(axis=0), values.std(axis=0, ddof=1), median, ranks)

    def apply(self, values: np.ndarray) -> np.ndarray:
        """(n_docs, n_columns) scaled; a row keeps its NaN unless a median is stored."""
        if len(self.median):
            values = np.where(np.isnan(values), self.median, values)
        if self.ranks:
            values = _normal(values, self.ranks)
        return (values - self.mean) / self.sd

    def to_state(self) -> dict[str, np.ndarray]:
        """Named arrays; the rank maps are laid end to end."""
        return {"mean": self.mean, "sd": self.sd, "median": self.median, **pack(self.ranks, "knot")}

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray]) -> ColumnScaling:
        """The inverse of `to_state`."""
        return cls(state["mean"], state["sd"], state["median"], unpack(state, "knot"))


def _normal(values: np.ndarray, ranks: tuple[TokenRanks, ...]) -> np.ndarray:
    columns = [normal_scores(rank.of(column)) for rank, column in zip(ranks, values.T, strict=True)]
    return np.stack(columns, axis=1)
