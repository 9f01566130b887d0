"""Compare: subsets side by side: what they share, what they are made of, how distinct and how long their documents are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from selection.core.errors import BadSetting
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import Run
from selection.primitives import overlap, vendi
from selection.primitives.composition import length_quantiles, longer_than_any, rated_mean
from selection.primitives.overlap import Intersection
from selection.primitives.resampling import Resampler
from selection.primitives.subset_measures import Corpus, measures
from selection.store import columns, documents, runs, subsets, views
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.axes import dimensions
from selection.workflow.comparison import Compared, Comparison

_TWINS = ("near_duplicate_cluster", "exact_duplicate_cluster")  # the first that every document has


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
    entries: Sequence[tuple[str, tuple[int, ...]]] = (),
) -> Comparison:
    """The same for draws that are not saved: copies (n_docs,) per document of the corpus, 0 where not drawn.

    entries: names, and which draws stand behind each as its seeds; by default each draw by itself.
    """
    known = known_of(space)
    entries = tuple(entries) or tuple((name, (i,)) for i, name in enumerate(names))
    found, corpus_vendi = each(space, known, copies, progress)
    compared = [
        replace(one, name=name, methods=method)
        for one, name, method in zip(found, names, methods, strict=True)
    ]
    return Comparison(
        subsets=tuple(compared),
        entries=entries,
        overlap=overlap.overlaps(copies, known.n_tokens),
        spread={
            unit: overlap.resampled(copies, known.n_tokens, known.resampler, unit)
            for unit in ("tokens", "documents")
        },
        regions=_regions([copies[members[0]] for _, members in entries], known.n_tokens),
        labels={noun: labels.names for noun, labels in known.labels.items()},
        corpus_shares={noun: shares[0] for noun, shares in known.shares.items()},
        corpus_means=_corpus_means(known),
        corpus_vendi=corpus_vendi,
        corpus_quantiles=length_quantiles(known.n_tokens),
        n_docs=len(known.n_tokens),
        n_tokens=int(known.n_tokens.sum()),
    )


def each(
    space: Workspace,
    known: Corpus,
    copies: Sequence[np.ndarray],
    progress: Progress = silent,
    whole: bool = True,
) -> tuple[list[Compared], float | None]:
    """What is found about each draw, and the Vendi score of the corpus; equal draws (of other seeds) are read once.

    whole: whether the corpus is asked for, which reads every vector
    """
    keys = [hashlib.sha256(np.ascontiguousarray(drawn).data).digest() for drawn in copies]
    unlike = list({key: keys.index(key) for key in keys}.values())
    surprises, corpus_vendi = _distinct(space, [copies[i] for i in unlike], progress, whole)
    made = {}
    for i, surprise in zip(unlike, surprises, strict=True):
        made[keys[i]] = _compared(known, copies[i], surprise)
        progress(Step("compare: measures", len(made), len(unlike), "draws"))
    return [made[key] for key in keys], corpus_vendi


def _corpus_means(known: Corpus) -> dict[str, float]:
    everyone = np.ones(len(known.n_tokens), np.int32)
    return {
        signal: rated_mean(values, known.n_tokens, everyone).mean
        for signal, values in known.rated.items()
    }


def _regions(copies: Sequence[np.ndarray], n_tokens: np.ndarray) -> tuple[Intersection, ...]:
    """None where there are more subsets than an UpSet figure can show."""
    few = len(copies) <= overlap.MOST_SUBSETS
    return tuple(overlap.intersections(copies, n_tokens)) if few else ()


def _compared(known: Corpus, copies: np.ndarray, surprise: np.ndarray | None) -> Compared:
    found, shares = measures(known, copies, surprise)
    return Compared(
        name="",
        methods=(),
        n_docs=int((copies > 0).sum()),
        n_tokens=int((copies * known.n_tokens).sum()),
        measures=found,
        shares=shares,
        quantiles=length_quantiles(known.n_tokens, copies),
    )


def known_of(space: Workspace) -> Corpus:
    """What the workspace knows of every document and a comparison asks about."""
    _, uid_hash, n_tokens = columns.identity(space)
    labels = {"source": columns.source(space)}
    if _covered(space, runs.current(space, "clusters")):
        labels["cluster"] = load.cluster_labels(space)
    known = views.signal_columns(space)
    rated = [name for name in dimensions() if _everywhere(space, known, name)]
    twins = [name for name in _TWINS if _everywhere(space, known, name)]
    if _everywhere(space, known, "language"):
        labels["language"] = columns.label(space, *load.category_run(space, "language"))
    return Corpus(
        n_tokens=n_tokens,
        longer=longer_than_any(n_tokens),
        rated={name: columns.number(space, *load.signal_run(space, name)) for name in rated},
        labels=labels,
        twins=columns.number(space, *load.signal_run(space, twins[0])) if twins else None,
        resampler=Resampler.of(uid_hash),
    )


def _everywhere(space: Workspace, known: Any, name: str) -> bool:
    return name in known and runs.covers(space, known[name][0])


def _covered(space: Workspace, run: Run | None) -> bool:
    return run is not None and runs.covers(space, run)


def _distinct(
    space: Workspace, copies: Sequence[np.ndarray], progress: Progress, whole: bool
) -> tuple[list[np.ndarray | None], float | None]:
    """What each drawn document adds to the Vendi score of its draw, and the score of the corpus: two passes over vectors."""
    run = runs.current(space, "embedding")
    if run is None or not _covered(space, run):
        return [None] * len(copies), None
    n_docs = len(copies[0])
    grams: list[Any] = [0.0] * (len(copies) + whole)
    for rows, shard in _shards(space, run):
        weights = [*(drawn[rows] for drawn in copies), *([None] if whole else [])]
        grams = [t + vendi.gram(shard, w) for t, w in zip(grams, weights, strict=True)]
        progress(Step("compare: distinct documents", rows.stop / 2, n_docs))
    added: list[list[np.ndarray]] = [[] for _ in copies]
    for rows, shard in _shards(space, run):
        for drawn, gram, parts in zip(copies, grams, added, strict=False):
            parts.append(vendi.surprise(shard[np.flatnonzero(drawn[rows])], gram))
        progress(Step("compare: distinct documents", (n_docs + rows.stop) / 2, n_docs))
    score = vendi.vendi_from_gram(grams[-1]) if whole else None
    return [np.concatenate(parts) for parts in added], score


def _shards(space: Workspace, run: Run) -> Any:
    """The rows of each part, and its vectors."""
    for part, shard in zip(documents.list_parts(space), runs.read_vectors(space, run), strict=True):
        yield slice(part.first, part.first + part.n_docs), shard
