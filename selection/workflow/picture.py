"""Picture: a draw beside the corpus it came from, by group, by signal and by length; every number exact, over all documents.

Shares and means are by tokens and count copies, as in a comparison of saved subsets.

Cost: a few passes over n_docs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.core.documents import Categories
from selection.core.method import Needs
from selection.primitives.composition import (
    LengthBias,
    composition,
    corpus_mean,
    drawn_weights,
    length_bias,
    length_counts,
    mean_of,
)
from selection.primitives.importance import effective_n
from selection.primitives.parallel import each_block
from selection.store import columns, runs
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.draw import Drawn
from selection.workflow.pick import left_out

NO_LABEL = "(no label)"


@dataclass(frozen=True)
class Groups:
    """Shares of tokens per group, the largest of the corpus first; arrays (n_shown,)."""

    names: tuple[str, ...]
    corpus: np.ndarray
    kept: tuple[np.ndarray, ...]  # one per subset
    n_groups: int  # before small ones were put together
    rows: tuple[int, ...] = ()  # of the shown groups among all; "n smaller" stands nowhere


def fold(
    names: Sequence[str], corpus: np.ndarray, kept: Sequence[np.ndarray], most: int = 16
) -> Groups:
    """What fits a figure: groups past the `most` largest, of corpus or subsets, are put together as the last row.

    Arrays are (n_categories + 1,), the last entry "no label", as `composition` gives them; an empty subset is all 0.
    """
    listed = np.array([*names, NO_LABEL], object)
    kept = [np.nan_to_num(each) for each in kept]
    there = np.flatnonzero(corpus > 0)
    weight = np.max([corpus, *kept], axis=0)[there]
    shown = there[np.argsort(-weight, kind="stable")]
    shown, rest = (shown[:most], shown[most:]) if len(shown) > most + 1 else (shown, shown[:0])
    shown = shown[np.argsort(-corpus[shown], kind="stable")]

    def folded(shares: np.ndarray) -> np.ndarray:
        return np.append(shares[shown], shares[rest].sum()) if len(rest) else shares[shown]

    told = [str(name) for name in listed[shown]] + ([f"{len(rest)} smaller"] if len(rest) else [])
    kept = tuple(folded(each) for each in kept)
    return Groups(tuple(told), folded(corpus), kept, len(there), tuple(shown.tolist()))


def _grouped(labels: Categories, n_tokens: np.ndarray, copies: np.ndarray) -> Groups:
    made = composition(labels.codes, len(labels.names), n_tokens, copies)
    return fold(labels.names, made.corpus, [made.subset])


@dataclass(frozen=True)
class Mean:
    """Token-weighted mean of one signal over the corpus and over what was kept; `sd` is the corpus' deviation."""

    name: str
    corpus: float
    kept: float
    sd: float
    n_missing: int  # documents of the corpus that are not rated

    @property
    def shift(self) -> float:
        """Kept minus corpus in standard deviations of the corpus; 0 where there is none."""
        moved = (self.kept - self.corpus) / self.sd if self.sd > 0 else 0.0
        return moved if np.isfinite(moved) else 0.0


def means(values: Mapping[str, np.ndarray], n_tokens: np.ndarray, copies: np.ndarray) -> list[Mean]:
    """One row per signal; documents that are not rated count nowhere, and nothing kept is NaN."""
    rows, weights = drawn_weights(n_tokens, copies)
    of_corpus = {name: corpus_mean(column, n_tokens) for name, column in values.items()}
    whole = [name for name, (corpus, _) in of_corpus.items() if corpus.n_missing == 0 and len(rows)]

    def among(block: slice) -> list[float]:  # reading all is quicker than picking
        every = (copies[block] * n_tokens[block]).astype(np.float64)
        return [float(np.einsum("i,i->", values[name][block], every)) for name in whole]

    sums = np.sum(each_block(among, len(copies)), axis=0) if whole else []
    kept = {name: float(total) / weights.sum() for name, total in zip(whole, sums, strict=True)}
    for name in values.keys() - kept.keys():
        kept[name] = mean_of(values[name][rows], weights).mean
    return [
        Mean(name, corpus.mean, kept[name], sd, corpus.n_missing)
        for name, (corpus, sd) in of_corpus.items()
    ]


@dataclass(frozen=True)
class Lengths:
    """Shares of documents per length in tokens, on bins that double; arrays (n_bins,)."""

    low: np.ndarray  # int64, first length of the bin
    corpus: np.ndarray
    kept: np.ndarray
    bias: LengthBias

    @property
    def medians(self) -> tuple[float, float]:
        """Of the kept and of the corpus."""
        return float(self.bias.quantiles_subset[2]), float(self.bias.quantiles_corpus[2])


def lengths(n_tokens: np.ndarray, copies: np.ndarray) -> Lengths:
    """How long the kept documents are beside the corpus."""
    held = length_counts(n_tokens)
    octave = np.floor(np.log2(np.maximum(held.lengths, 1))).astype(np.int64)
    first = int(octave.min())
    corpus = np.bincount(octave - first, held.n_docs)
    kept = np.bincount(octave - first, held.of(copies))
    return Lengths(
        low=2 ** np.arange(first, first + len(corpus)),
        corpus=corpus / max(corpus.sum(), 1),
        kept=kept / max(kept.sum(), 1),
        bias=length_bias(n_tokens, copies),
    )


@dataclass(frozen=True)
class Picture:
    """Everything a screen draws of a draw, but for texts."""

    drawn: Drawn
    n_docs: int  # documents kept
    n_copies: int  # copies counted
    n_tokens: int
    corpus_docs: int
    corpus_tokens: int
    by_source: Groups
    by_cluster: Groups | None  # None while there are no clusters
    means: list[Mean]
    lengths: Lengths
    left_out: list[dict[str, Any]]
    copies: list[dict[str, int]]  # copies, n_docs
    effective_n: (
        float | None
    )  # equally weighted documents that the weights are worth; None unless they are in nats


def picture(space: Workspace, drawn: Drawn, signals: Sequence[str] = ()) -> Picture:
    """A draw beside its corpus; `signals` are those whose means are told."""
    docs, copies = drawn.weighed.docs, drawn.copies()
    n_docs = np.bincount(drawn.drawn.copies)
    values = load.load(space, Needs(signals=tuple(signals))).signals
    clusters = load.cluster_labels(space) if _has_clusters(space) else None
    return Picture(
        drawn=drawn,
        n_docs=len(drawn.drawn.rows),
        n_copies=int(drawn.drawn.copies.sum()),
        n_tokens=drawn.drawn.n_tokens,
        corpus_docs=len(docs),
        corpus_tokens=int(docs.n_tokens.sum()),
        by_source=_grouped(columns.source(space), docs.n_tokens, copies),
        by_cluster=_grouped(clusters, docs.n_tokens, copies) if clusters else None,
        means=means(values, docs.n_tokens, copies),
        lengths=lengths(docs.n_tokens, copies),
        left_out=left_out(drawn),
        effective_n=effective_n(drawn.weighed.weights.log_weight)
        if drawn.weighed.scale == "nats"
        else None,
        copies=[{"copies": t, "n_docs": n} for t, n in enumerate(n_docs.tolist()) if n],
    )


def _has_clusters(space: Workspace) -> bool:
    run = runs.current(space, "clusters")
    return run is not None and runs.covers(space, run)
