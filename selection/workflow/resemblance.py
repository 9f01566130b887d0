"""Resemblance: how much closer to a target a selection is than the corpus, on hashed words and word pairs.

Mean over targets of KL(target || corpus) - KL(target || selection), in nats; the number that DSIR's authors found to go
with downstream accuracy (Pearson r 0.82 over eight ways to select). Exact: one pass over the text, copies counted.

Cost: the text of the corpus is read once, at hundreds of MB/s a core; one array of counts per selection.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from selection.core.method import Needs
from selection.core.progress import Progress, Step, silent
from selection.primitives.importance import kl_nats, kl_reduction, probabilities, towards
from selection.store import documents, subsets, targets
from selection.store.workspace import Workspace
from selection.text.ngrams import NGrams
from selection.workflow import load


def resemblance(
    space: Workspace,
    names: Sequence[str],
    keys: Sequence[str],
    copies: Sequence[np.ndarray] | None = None,
    progress: Progress = silent,
) -> list[dict[str, Any]]:
    """subset, target, kl_corpus, kl_subset, kl_reduction per pair, then a row per subset with the means (target "mean").

    copies: of draws that are not saved, (n_docs,) each; otherwise `names` are saved subsets.
    """
    features, n_docs = NGrams(), documents.n_documents(space)
    drawn = (
        [subsets.copies(space, name, n_docs) for name in names] if copies is None else list(copies)
    )
    counts = _counts(space, features, drawn, progress)
    raw = probabilities(counts[-1])
    sets = [targets.read(space, targets.find(space, key)) for key in keys]
    wanted = {each.name: probabilities(features.counts(each.text)) for each in sets}
    rows: list[dict[str, Any]] = []
    for name, counted in zip(names, counts[:-1], strict=True):
        selected = towards(counted, raw)
        rows += (
            told := [
                {
                    "subset": name,
                    "target": target,
                    "kl_corpus": kl_nats(p, raw),
                    "kl_subset": kl_nats(p, selected),
                    "kl_reduction": kl_reduction(p, raw, selected),
                }
                for target, p in wanted.items()
            ]
        )
        mean = {
            value: float(np.mean([row[value] for row in told]))
            for value in ("kl_corpus", "kl_subset", "kl_reduction")
        }
        rows.append({"subset": name, "target": "mean", **mean})
    return rows


def _counts(
    space: Workspace, features: NGrams, drawn: Sequence[np.ndarray], progress: Progress
) -> list[np.ndarray]:
    """Buckets of each selection, then of the corpus. (n_buckets,) int64 each"""
    totals = [np.zeros(features.n_buckets, np.int64) for _ in range(len(drawn) + 1)]
    done, n_docs = 0, documents.n_documents(space)
    for docs in load.stream(space, Needs(text=True)):
        here = slice(done, done + len(docs))
        totals[-1] += features.counts(docs.texts)
        for total, copies in zip(totals, drawn, strict=False):
            for times in np.unique(copies[here][copies[here] > 0]):
                chosen = np.flatnonzero(copies[here] == times)
                total += int(times) * features.counts(docs.texts.take(chosen))
        done += len(docs)
        progress(Step("resemblance", done, n_docs))
    return totals
