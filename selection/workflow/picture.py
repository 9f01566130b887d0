"""Picture: a draw beside the corpus it came from, by group, by signal and by length; every number exact, over all documents.

"Kept" counts copies: a document drawn three times counts three times.

Cost: a few passes over n_docs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.core.documents import Categories
from selection.core.method import Needs
from selection.store import columns, runs
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.draw import Drawn
from selection.workflow.pick import left_out

NO_LABEL = "(none)"


@dataclass(frozen=True)
class Composition:
    """Shares of tokens per group, the largest of the corpus first; arrays (n_groups,)."""

    names: tuple[str, ...]
    corpus: np.ndarray  # float64, share of the corpus' tokens
    kept: np.ndarray  # float64, share of the subset's tokens
    corpus_tokens: np.ndarray  # int64
    kept_tokens: np.ndarray  # int64, copies counted
    n_groups: int  # before small ones were put together


def composition(
    labels: Categories, n_tokens: np.ndarray, copies: np.ndarray, most: int = 16
) -> Composition:
    """Groups past the `most` largest (by tokens, of corpus or subset) are put together as the last row."""
    size, code = len(labels.names) + 1, labels.codes.astype(np.int64) + 1  # 0 is "no label"
    corpus = np.bincount(code, n_tokens, size).astype(np.int64)
    kept = np.bincount(code, n_tokens * copies, size).astype(np.int64)
    names = np.array([NO_LABEL, *labels.names], object)
    there = np.flatnonzero(corpus > 0)
    weight = corpus[there] / max(corpus.sum(), 1) + kept[there] / max(kept.sum(), 1)
    shown = there[np.argsort(-weight, kind="stable")]
    shown, rest = (shown[:most], shown[most:]) if len(shown) > most + 1 else (shown, shown[:0])
    shown = shown[np.argsort(-corpus[shown], kind="stable")]
    told = [str(name) for name in names[shown]]
    if len(rest):
        told.append(f"{len(rest)} smaller")
        corpus = np.append(corpus[shown], corpus[rest].sum())
        kept = np.append(kept[shown], kept[rest].sum())
    else:
        corpus, kept = corpus[shown], kept[shown]
    share = [each / max(each.sum(), 1) for each in (corpus, kept)]
    return Composition(tuple(told), share[0], share[1], corpus, kept, len(there))


@dataclass(frozen=True)
class Mean:
    """Mean of one signal over the corpus and over what was kept; `sd` is the corpus' deviation."""

    name: str
    corpus: float
    kept: float
    sd: float
    n_rated: int

    @property
    def shift(self) -> float:
        """Kept minus corpus in standard deviations of the corpus; 0 for a constant signal."""
        return (self.kept - self.corpus) / self.sd if self.sd > 0 else 0.0


def means(values: Mapping[str, np.ndarray], copies: np.ndarray) -> list[Mean]:
    """One row per signal; documents that are not rated count nowhere, and nothing kept is NaN."""
    told = []
    for name, column in values.items():
        rated = ~np.isnan(column)
        known, weight = column[rated], copies[rated]
        kept = float(known @ weight / weight.sum()) if weight.any() else float("nan")
        mean, sd = (float(known.mean()), float(known.std())) if len(known) else (float("nan"), 0.0)
        told.append(Mean(name, mean, kept, sd, len(known)))
    return told


@dataclass(frozen=True)
class Lengths:
    """Documents by length in tokens, on bins that double; `corpus` and `kept` are shares of documents. (n_bins,)"""

    low: np.ndarray  # int64, first length of the bin
    corpus: np.ndarray
    kept: np.ndarray
    corpus_median: float
    kept_median: float
    correlation: float  # of log(1 + n_tokens) with being kept; 0 is no length bias


def lengths(n_tokens: np.ndarray, copies: np.ndarray) -> Lengths:
    """How long the kept documents are beside the corpus."""
    octave = np.floor(np.log2(np.maximum(n_tokens, 1))).astype(np.int64)
    first, last = int(octave.min()), int(octave.max())
    corpus = np.bincount(octave - first, minlength=last - first + 1).astype(np.float64)
    kept = np.bincount(octave - first, copies, minlength=last - first + 1)
    inside = copies > 0
    return Lengths(
        low=2 ** np.arange(first, last + 1),
        corpus=corpus / max(corpus.sum(), 1),
        kept=kept / max(kept.sum(), 1),
        corpus_median=float(np.median(n_tokens)),
        kept_median=float(np.median(np.repeat(n_tokens[inside], copies[inside])))
        if inside.any()
        else float("nan"),
        correlation=_correlation(np.log1p(n_tokens.astype(np.float64)), inside.astype(np.float64)),
    )


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0 else 0.0


@dataclass(frozen=True)
class Picture:
    """Everything a screen draws of a draw, but for texts."""

    drawn: Drawn
    n_docs: int  # documents kept
    n_copies: int  # copies counted
    n_tokens: int
    corpus_docs: int
    corpus_tokens: int
    by_source: Composition
    by_cluster: Composition | None  # None while there are no clusters
    means: list[Mean]
    lengths: Lengths
    left_out: list[dict[str, Any]]
    copies: list[dict[str, int]]  # copies, n_docs


def picture(space: Workspace, drawn: Drawn, signals: Sequence[str] = ()) -> Picture:
    """A draw beside its corpus; `signals` are those whose means are told."""
    docs, copies = drawn.weighed.docs, drawn.copies()
    times, n_docs = np.unique(drawn.drawn.copies, return_counts=True)
    values = load.load(space, Needs(signals=tuple(signals))).signals
    return Picture(
        drawn=drawn,
        n_docs=len(drawn.drawn.rows),
        n_copies=int(drawn.drawn.copies.sum()),
        n_tokens=drawn.drawn.n_tokens,
        corpus_docs=len(docs),
        corpus_tokens=int(docs.n_tokens.sum()),
        by_source=composition(columns.source(space), docs.n_tokens, copies),
        by_cluster=composition(load.cluster_labels(space), docs.n_tokens, copies)
        if _has_clusters(space)
        else None,
        means=means(values, copies),
        lengths=lengths(docs.n_tokens, copies),
        left_out=left_out(drawn),
        copies=[{"copies": int(t), "n_docs": int(n)} for t, n in zip(times, n_docs, strict=True)],
    )


def _has_clusters(space: Workspace) -> bool:
    run = runs.current(space, "clusters")
    return run is not None and runs.covers(space, run)
