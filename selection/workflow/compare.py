"""Compare: subsets side by side: what they share, what they are made of, how distinct and how long their documents are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.core.errors import BadSetting
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Run
from selection.primitives import vendi
from selection.primitives.composition import (
    Composition,
    LengthBias,
    RatedMean,
    composition,
    length_bias,
    rated_mean,
)
from selection.primitives.overlap import Intersection, Overlaps, intersections, overlaps
from selection.store import columns, documents, runs, subsets, views
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.axes import dimensions


@dataclass(frozen=True)
class Compared:
    """One subset beside the corpus. Vendi is None without an embedding; clusters are None without a clustering."""

    name: str
    n_docs: int
    n_tokens: int
    methods: tuple[str, ...]
    by_source: Composition
    by_cluster: Composition | None
    means: dict[str, RatedMean]  # dimension -> token-weighted mean
    vendi: float | None
    length: LengthBias


@dataclass(frozen=True)
class Comparison:
    """Every subset, and every pair of them. All numbers are exact."""

    subsets: tuple[Compared, ...]
    overlap: Overlaps
    regions: tuple[Intersection, ...]
    sources: tuple[str, ...]
    clusters: tuple[str, ...]
    corpus_means: dict[str, float]
    corpus_vendi: float | None
    n_docs: int
    n_tokens: int

    def table(self) -> list[dict[str, Any]]:
        """One row per subset."""
        return [
            {
                "subset": one.name,
                "method": " + ".join(one.methods),
                "n_docs": one.n_docs,
                "n_tokens": one.n_tokens,
                "share_of_tokens": one.n_tokens / max(1, self.n_tokens),
                "distinct_documents": one.vendi,
                "effective_sources": one.by_source.effective_categories,
                "effective_clusters": one.by_cluster.effective_categories
                if one.by_cluster
                else None,
                "distance_to_corpus": one.by_source.total_variation,
                "mean_tokens": one.length.mean_subset,
                "length_ratio": one.length.ratio,
                "longer_than_any": one.length.longer,
                **{name: mean.mean for name, mean in one.means.items()},
            }
            for one in self.subsets
        ]

    def pairs(self) -> list[dict[str, Any]]:
        """One row per pair: overlap in documents and tokens, the value expected by chance, and the lift."""
        rows = []
        for i, first in enumerate(self.subsets):
            for j in range(i + 1, len(self.subsets)):
                row: dict[str, Any] = {"first": first.name, "second": self.subsets[j].name}
                for unit, counted in (
                    ("docs", self.overlap.documents),
                    ("tokens", self.overlap.tokens),
                ):
                    row[f"shared_{unit}"] = int(counted.shared[i, j])
                    row[f"jaccard_{unit}"] = float(counted.jaccard[i, j])
                    row[f"expected_jaccard_{unit}"] = float(counted.expected_jaccard[i, j])
                    row[f"lift_{unit}"] = float(counted.lift[i, j])
                rows.append(row)
        return rows

    def to_json(self) -> dict[str, Any]:
        """Everything as one JSON object; NaN is null."""
        return _no_nan(
            {
                "corpus": {
                    "n_docs": self.n_docs,
                    "n_tokens": self.n_tokens,
                    "distinct_documents": self.corpus_vendi,
                },
                "corpus_means": self.corpus_means,
                "subsets": self.table(),
                "pairs": self.pairs(),
                "sources": self._shares(self.sources, [one.by_source for one in self.subsets]),
                "clusters": self._shares(
                    self.clusters, [one.by_cluster for one in self.subsets if one.by_cluster]
                ),
                "intersections": [
                    {
                        "subsets": [self.subsets[i].name for i in r.members],
                        "n_docs": r.n_docs,
                        "n_tokens": r.n_tokens,
                    }
                    for r in self.regions
                ],
            }
        )

    def _shares(self, names: Sequence[str], made: Sequence[Composition]) -> list[dict[str, Any]]:
        if not made:
            return []
        shown = [(self.subsets[i].name, one.subset) for i, one in enumerate(made)]
        return [
            {
                "name": name,
                "corpus": float(made[0].corpus[c]),
                **{subset: float(share[c]) for subset, share in shown},
            }
            for c, name in enumerate(names)
        ]


def compare(space: Workspace, names: Sequence[str], progress: Progress = silent) -> Comparison:
    """Compare at least two subsets, each read once."""
    if len(names) < 2 or len(set(names)) != len(names):
        raise BadSetting(
            f"a comparison is of two or more different subsets, got {', '.join(names) or 'none'}"
        )
    n_docs = documents.n_documents(space)
    copies = [subsets.copies(space, name, n_docs) for name in names]
    methods = [tuple(subsets.read_facts(space, name)["methods"]) for name in names]
    return compare_copies(space, names, copies, methods, progress)


def compare_copies(
    space: Workspace,
    names: Sequence[str],
    copies: Sequence[np.ndarray],
    methods: Sequence[tuple[str, ...]],
    progress: Progress = silent,
) -> Comparison:
    """The same for draws that are not saved: copies (n_docs,) per document of the corpus, 0 where not drawn."""
    _, _, n_tokens = columns.identity(space)
    everyone = np.ones(len(n_tokens), np.int32)
    rated = {name: columns.number(space, *load.signal_run(space, name)) for name in _rated(space)}
    labels = _labels(space)
    source = columns.source(space)
    *scores, corpus_vendi = _distinct(space, [*copies, everyone], progress)
    compared = tuple(
        Compared(
            name=name,
            n_docs=int((drawn > 0).sum()),
            n_tokens=int((drawn * n_tokens).sum()),
            methods=methods[i],
            by_source=composition(source.codes, len(source.names), n_tokens, drawn),
            by_cluster=composition(labels.codes, len(labels.names), n_tokens, drawn)
            if labels
            else None,
            means={signal: rated_mean(values, n_tokens, drawn) for signal, values in rated.items()},
            vendi=scores[i],
            length=length_bias(n_tokens, drawn),
        )
        for i, (name, drawn) in enumerate(zip(names, copies, strict=True))
    )
    return Comparison(
        subsets=compared,
        overlap=overlaps(copies, n_tokens),
        regions=tuple(intersections(copies, n_tokens)),
        sources=source.names,
        clusters=labels.names if labels else (),
        corpus_means={
            signal: rated_mean(values, n_tokens, everyone).mean for signal, values in rated.items()
        },
        corpus_vendi=corpus_vendi,
        n_docs=len(n_tokens),
        n_tokens=int(n_tokens.sum()),
    )


def _rated(space: Workspace) -> list[str]:
    """The dimensions that every document has."""
    known = views.signal_columns(space)
    return [name for name in dimensions() if name in known and runs.covers(space, known[name][0])]


def _labels(space: Workspace) -> Any:
    return load.cluster_labels(space) if _covered(space, runs.current(space, "clusters")) else None


def _covered(space: Workspace, run: Run | None) -> bool:
    return run is not None and runs.covers(space, run)


def _distinct(
    space: Workspace, copies: Sequence[np.ndarray], progress: Progress
) -> list[float | None]:
    """Effective number of distinct documents of each, from one pass over the memory-mapped vectors."""
    run = runs.current(space, "embedding")
    if run is None or not _covered(space, run):
        return [None] * len(copies)
    grams: list[Any] = [0.0] * len(copies)
    for part, shard in zip(documents.list_parts(space), runs.read_vectors(space, run), strict=True):
        rows = slice(part.first, part.first + part.n_docs)
        grams = [
            total + vendi.gram(shard, drawn[rows])
            for total, drawn in zip(grams, copies, strict=True)
        ]
        progress(Step("compare: distinct documents", rows.stop, len(copies[0])))
    return [vendi.vendi_from_gram(total) for total in grams]


def _no_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _no_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_no_nan(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
