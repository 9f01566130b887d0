"""Composition: what a subset is made of, beside the corpus it was drawn from: categories, quality, length.

All arrays align with the corpus; `copies` (n_docs,) is 0 where a document was not drawn, and a document drawn k times
counts k times, since it is trained on k times.

    share[c] = tokens of the subset in category c / tokens of the subset        log2_ratio = log2(share / corpus share)
    mean = sum copies n_tokens value / sum copies n_tokens                      (by documents: without n_tokens)
    longer = P(drawn > any) + P(drawn = any) / 2    for one drawn document and one of the corpus: 0.5 is no length bias

Sources: Hill 1973 for the effective number; Mann, Whitney 1947 for `longer` (the common-language effect size).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from selection.core.memo import once_per_columns
from selection.primitives import divergence

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Composition:
    """Shares of tokens per category, (n_categories + 1,) float64; the last entry is "no label". NaN: an empty subset."""

    subset: np.ndarray
    corpus: np.ndarray

    @property
    def log2_ratio(self) -> np.ndarray:
        """0 is as in the corpus, 1 twice as much, -inf absent; NaN where the corpus has none either."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log2(self.subset / self.corpus)

    @property
    def entropy(self) -> float:
        """Bits, of the subset."""
        return divergence.entropy(self.subset)

    @property
    def effective_categories(self) -> float:
        """How many equally large categories would be as diverse as the subset's."""
        return divergence.effective_number(self.subset)

    @property
    def total_variation(self) -> float:
        """0 (as the corpus) to 1 (from categories that the corpus lacks)."""
        return divergence.total_variation(self.subset, self.corpus)


@dataclass(frozen=True)
class RatedMean:
    """A mean over what is rated: n_rated and n_missing count distinct documents of the subset; NaN when none is rated."""

    mean: float
    n_rated: int
    n_missing: int


@dataclass(frozen=True)
class LengthBias:
    """Tokens per document, drawn and in the corpus; quantiles at `QUANTILES`; `longer` as in the header."""

    mean_subset: float
    mean_corpus: float
    ratio: float
    longer: float
    quantiles_subset: np.ndarray
    quantiles_corpus: np.ndarray


def composition(
    codes: np.ndarray, n_categories: int, n_tokens: np.ndarray, copies: np.ndarray
) -> Composition:
    """Shares of one labelling: codes (n_docs,) index the categories, -1 is no label."""
    rows, weights = drawn_weights(n_tokens, copies)
    subset = _counted(codes[rows], n_categories, weights)
    return Composition(divergence.shares(subset), _corpus_shares(codes, n_categories, n_tokens))


def _counted(codes: np.ndarray, n_categories: int, weights: np.ndarray) -> np.ndarray:
    slots = np.where(codes < 0, n_categories, codes)
    return np.bincount(slots, weights=weights, minlength=n_categories + 1)


@once_per_columns(8)
def _corpus_shares(codes: np.ndarray, n_categories: int, n_tokens: np.ndarray) -> np.ndarray:
    return divergence.shares(_counted(codes, n_categories, n_tokens))


@once_per_columns(1)
def drawn_weights(
    n_tokens: np.ndarray, copies: np.ndarray, by: Literal["tokens", "documents"] = "tokens"
) -> tuple[np.ndarray, np.ndarray]:
    """Rows that were drawn, and what each weighs in a mean: its copies, times its tokens. (n_drawn,) each"""
    rows = np.flatnonzero(copies != 0)  # numpy finds what is true faster than what is not nothing
    weights = copies[rows].astype(np.float64)
    return rows, weights * n_tokens[rows] if by == "tokens" else weights


def rated_mean(
    values: np.ndarray,
    n_tokens: np.ndarray,
    copies: np.ndarray,
    by: Literal["tokens", "documents"] = "tokens",
) -> RatedMean:
    """The subset's mean of one signal or dimension (n_docs,), where NaN is "not rated"."""
    rows, weights = drawn_weights(n_tokens, copies, by)
    return mean_of(values[rows], weights)


def mean_of(values: np.ndarray, weights: np.ndarray) -> RatedMean:
    """The weighted mean of values (n_drawn,), where NaN is "not rated"."""
    rated = ~np.isnan(values)
    if not rated.all():
        values, weights = values[rated], weights[rated]
    total = weights.sum()
    mean = float(values @ weights / total) if total > 0 else float("nan")
    return RatedMean(mean, len(values), int(len(rated) - len(values)))


@once_per_columns(32)
def corpus_mean(values: np.ndarray, n_tokens: np.ndarray) -> tuple[RatedMean, float]:
    """The token-weighted mean of a signal over the corpus, and its deviation; 0 where the signal is constant."""
    weights = n_tokens.astype(np.float64)
    made = mean_of(values, weights)
    square = mean_of((values - made.mean) ** 2, weights).mean
    varies = square > 1e-24 * max(1.0, made.mean**2)
    return made, float(np.sqrt(square)) if varies else 0.0


@dataclass(frozen=True)
class LengthCounts:
    """Documents by length; `lengths`, `n_docs` and `longer` hold one entry for each length that occurs, ascending."""

    lengths: np.ndarray  # float64
    n_docs: np.ndarray  # float64, of the corpus
    longer: np.ndarray  # P(this length > any) + P(this length = any) / 2
    place: np.ndarray  # (n_docs,) int32, which length each document has

    def of(self, copies: np.ndarray) -> np.ndarray:
        """Copies drawn of each length, float64."""
        return _of_each(self.place, copies, len(self.lengths))


@once_per_columns(1)
def _of_each(place: np.ndarray, copies: np.ndarray, n_lengths: int) -> np.ndarray:
    rows = np.flatnonzero(copies != 0)
    return np.bincount(place[rows], copies[rows], n_lengths)


@once_per_columns(2)
def length_counts(n_tokens: np.ndarray) -> LengthCounts:
    """The corpus by length."""
    lengths, place, n_docs = np.unique(n_tokens, return_inverse=True, return_counts=True)
    longer = (np.cumsum(n_docs) - n_docs / 2) / max(len(n_tokens), 1)
    return LengthCounts(lengths.astype(float), n_docs.astype(float), longer, place.astype(np.int32))


def longer_than_any(n_tokens: np.ndarray) -> np.ndarray:
    """(n_docs,) share of the corpus that each document is longer than, half of the equals counted."""
    found = length_counts(n_tokens)
    return found.longer[found.place]


def length_quantiles(n_tokens: np.ndarray, copies: np.ndarray | None = None) -> np.ndarray:
    """(5,) lengths at `QUANTILES` of what was drawn, or of the corpus."""
    found = length_counts(n_tokens)
    return _quantiles(found.lengths, found.n_docs if copies is None else found.of(copies))


def length_bias(n_tokens: np.ndarray, copies: np.ndarray) -> LengthBias:
    """How the lengths of what was drawn differ from the corpus."""
    corpus = length_counts(n_tokens)
    lengths, drawn, everyone = corpus.lengths, corpus.of(copies), corpus.n_docs
    means = [_mean(lengths, weights) for weights in (drawn, everyone)]
    return LengthBias(
        mean_subset=means[0],
        mean_corpus=means[1],
        ratio=means[0] / means[1] if means[1] > 0 else float("nan"),
        longer=_mean(corpus.longer, drawn),
        quantiles_subset=_quantiles(lengths, drawn),
        quantiles_corpus=_quantiles(lengths, everyone),
    )


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    total = weights.sum()
    return float(values @ weights / total) if total > 0 else float("nan")


def _quantiles(lengths: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The least length that has at least the wanted share of the weight at or below it; lengths ascending."""
    reached = np.cumsum(weights)
    if not len(reached) or reached[-1] == 0:
        return np.full(len(QUANTILES), np.nan)
    wanted = np.asarray(QUANTILES) * reached[-1]
    return lengths[np.minimum(np.searchsorted(reached, wanted, side="left"), len(lengths) - 1)]
