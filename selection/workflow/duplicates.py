"""Duplicates: the clusters of equal or nearly equal documents of a corpus, and how surely near ones are found in it.

The measured curve edits documents of the corpus: the last of a sampled document's shingles are replaced by new ones, as if its
end were other words, so that its similarity to the original is known exactly, and the signatures of both are compared as the
signal compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from selection.core.documents import Categories
from selection.core.errors import UnknownName
from selection.core.method import Needs
from selection.primitives.intervals import wilson
from selection.store import columns, documents
from selection.store.workspace import Workspace
from selection.workflow import load

Kind = Literal["near", "exact"]
_CLASSES = (2, 3, 4, 5, 10, 100, 1000)  # first sizes of the classes that are counted together
_EDITS = np.linspace(0.25, 0.98, 24)  # similarities that are aimed at
_BINS = np.linspace(0.2, 1.0, 17)
_MIN_SHINGLES = 30  # of a document that is edited


@dataclass(frozen=True)
class Duplicates:
    """Clusters of two documents or more, the largest first, then in order of ingestion."""

    cluster: np.ndarray  # (n_docs,) int64: doc_id of the first document of each document's cluster
    firsts: np.ndarray  # (n_clusters,) int64
    sizes: np.ndarray  # (n_clusters,) int64
    n_docs: int
    n_tokens: int
    docs_in: int  # documents in clusters
    docs_beside: int  # those that go when one of each cluster stays
    tokens_beside: int
    classes: tuple[str, ...]  # of sizes
    docs_by_class: np.ndarray
    clusters_by_class: np.ndarray

    def members(self, first: int) -> np.ndarray:
        """doc_ids of one cluster, ascending."""
        return np.flatnonzero(self.cluster == first)


def duplicates(space: Workspace, kind: Kind = "near") -> Duplicates:
    """Counts over every document; `MissingSignal` where the duplicates have not been looked for."""
    run, column = load.signal_run(space, f"{kind}_duplicate_cluster")
    cluster = columns.number(space, run, column).astype(np.int64)
    n_tokens = columns.identity(space)[2]
    counts = np.bincount(cluster, minlength=len(cluster))
    firsts = np.flatnonzero(counts > 1)
    firsts = firsts[np.argsort(-counts[firsts], kind="stable")]
    sizes = counts[firsts]
    beside = cluster != np.arange(len(cluster))
    code = np.searchsorted(_CLASSES, sizes, side="right") - 1
    there = len(_CLASSES) if not len(code) else code.max() + 1
    return Duplicates(
        cluster=cluster,
        firsts=firsts,
        sizes=sizes,
        n_docs=len(cluster),
        n_tokens=int(n_tokens.sum()),
        docs_in=int(sizes.sum()),
        docs_beside=int(beside.sum()),
        tokens_beside=int(n_tokens[beside].sum()),
        classes=_class_names()[:there],
        docs_by_class=np.bincount(code, sizes, minlength=there).astype(np.int64)[:there],
        clusters_by_class=np.bincount(code, minlength=there)[:there],
    )


def duplicate_labels(space: Workspace, kind: Kind = "near") -> Categories:
    """Whether each document is the first of its cluster or repeats an earlier one; no label where it has no duplicate."""
    found = duplicates(space, kind)
    repeats = found.cluster != np.arange(found.n_docs)
    first = np.isin(np.arange(found.n_docs), found.firsts)
    codes = np.where(repeats, 1, np.where(first, 0, -1)).astype(np.int32)
    return Categories(codes, ("the first of several", "repeats an earlier one"))


def _class_names() -> tuple[str, ...]:
    ends = [*(after - 1 for after in _CLASSES[1:]), None]
    return tuple(
        f"{first:,} or more" if last is None else f"{first}" if last == first else f"{first}–{last}"
        for first, last in zip(_CLASSES, ends, strict=True)
    )


@dataclass(frozen=True)
class MatchCurve:
    """Probability that two documents are linked, by their similarity: by formula, and as measured on edited documents."""

    n_bands: int
    n_rows: int
    ngram: int
    similarity: np.ndarray  # (101,) of the formula
    probability: np.ndarray  # (101,)
    measured_at: np.ndarray  # (n_bins,) mean similarity of the pairs
    rate: np.ndarray  # (n_bins,) share that is linked
    low: np.ndarray  # (n_bins,) 99 % interval of the share
    high: np.ndarray
    expected: np.ndarray  # (n_bins,) mean of the formula over the pairs
    n_pairs: np.ndarray  # (n_bins,)
    n_documents: int  # edited

    @property
    def threshold(self) -> float:
        """Where the curve is steepest, about."""
        return (1 / self.n_bands) ** (1 / self.n_rows)


def match_curve(space: Workspace, n_sampled: int = 400) -> MatchCurve:
    """Both curves for the settings by which the near-duplicates of this workspace were found."""
    from selection.text.minhash import match_probability
    from selection.text.shingles import shingle_hashes

    run, _ = load.signal_run(space, "near_duplicate_cluster")
    bands, rows, ngram = (int(run.settings[name]) for name in ("n_bands", "n_rows", "ngram"))
    starts, hashes = shingle_hashes(load.sample(space, n_sampled, Needs(text=True)).text, ngram)
    sets = [s for s in np.split(hashes, starts[1:-1]) if len(s) >= _MIN_SHINGLES]
    true, linked = _edited(sets, bands, rows, int(run.settings["seed"]))
    code = np.digitize(true, _BINS[1:-1])
    filled = np.unique(code)
    n_pairs, hits = np.bincount(code)[filled], np.bincount(code, linked)[filled].astype(int)
    found = [wilson(int(k), int(n), 0.99) for k, n in zip(hits, n_pairs, strict=True)]
    grid, by_formula = np.linspace(0, 1, 101), match_probability(true, bands, rows)
    return MatchCurve(
        n_bands=bands,
        n_rows=rows,
        ngram=ngram,
        similarity=grid,
        probability=match_probability(grid, bands, rows),
        measured_at=np.bincount(code, true)[filled] / n_pairs,
        rate=hits / np.maximum(n_pairs, 1),
        low=np.array([each.low for each in found]),
        high=np.array([each.high for each in found]),
        expected=np.bincount(code, by_formula)[filled] / n_pairs,
        n_pairs=n_pairs,
        n_documents=len(sets),
    )


def _edited(
    sets: list[np.ndarray], n_bands: int, n_rows: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """True similarity of every document to each of its edits, and whether a band is equal. (n_pairs,) each"""
    from selection.text.minhash import band_keys, sign_shingles
    from selection.text.shingles import jaccard

    rng = np.random.default_rng(seed)
    pairs: list[np.ndarray] = []
    for shingles in sets:
        for wanted in _EDITS:
            kept = round(2 * len(shingles) * wanted / (1 + wanted))
            fresh = rng.integers(0, 2**32, len(shingles) - kept, dtype=np.uint32)
            pairs += [shingles, np.concatenate([shingles[:kept], fresh])]
    if not pairs:
        return np.zeros(0), np.zeros(0, bool)
    starts = np.cumsum([0, *map(len, pairs)])
    signed = sign_shingles(starts, np.concatenate(pairs), n_bands * n_rows, seed)
    keys = band_keys(signed, n_bands)
    true = [jaccard(a, b) for a, b in zip(pairs[::2], pairs[1::2], strict=True)]
    return np.array(true), (keys[::2] == keys[1::2]).any(axis=1)


def shingle_similarity(space: Workspace, one: int, other: int, ngram: int = 5) -> float:
    """Jaccard similarity of the word n-grams of two documents, exact."""
    from selection.text.shingles import jaccard, shingle_hashes

    text = documents.read_rows(space, [one, other], ["text"]).column(0).combine_chunks()
    if len(text) != 2:
        raise UnknownName(f"two documents of the corpus are compared, got {one} and {other}")
    starts, hashes = shingle_hashes(text, ngram)
    return jaccard(hashes[: starts[1]], hashes[starts[1] :])
