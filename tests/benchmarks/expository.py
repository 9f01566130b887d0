"""The expository signal: learnt from where texts come from, and judged on sources that it has not seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from selection.core.noise import splitmix
from selection.primitives.bag_logistic import Judged, judge
from selection.signals.classifiers import expository
from tests.benchmarks.toxicity import _documents
from tests.conftest import DATASETS

MIX = DATASETS / "mix.parquet"
EXPLAIN = ("wikitext", "scitldr", "peps", "fineweb-edu", "xquad", "PubMed Abstracts", "PubMed Central",
           "USPTO Backgrounds", "Wikipedia (en)")  # fmt: skip
TELL = (
    "books",
    "subjectivity",
    "state_union",
    "inaugural",
    "tweets",
    "OpenSubtitles",
    "HackerNews",
)
_MOST = 1500  # documents of a source
_CAP = 0.99  # quantile above which a feature counts no further
_PENALTY = 1e-2


def texts() -> tuple[np.ndarray, np.ndarray]:
    """Features (n_docs, n_features) and sources (n_docs,) of English texts of at least 40 words, by a fixed hash."""
    table = pq.read_table(MIX, columns=["text", "source", "lang"]).to_pandas()
    table = table[
        table["source"].isin([*EXPLAIN, *TELL]) & (table["lang"].isna() | (table["lang"] == "en"))
    ]
    table = table[
        (table["text"].str.count(" ") >= 40) | table["source"].isin(["tweets", "subjectivity"])
    ]
    order = np.argsort(splitmix(table.index.to_numpy().astype(np.uint64)))
    table = table.iloc[order].groupby("source").head(_MOST)
    return expository.features(_documents(table["text"].tolist())), table["source"].to_numpy(str)


def fit(values: np.ndarray, source: np.ndarray) -> dict[str, np.ndarray]:
    """Logistic regression in which every source weighs alike inside its class, and both classes do."""
    from sklearn.linear_model import LogisticRegression

    explains = np.isin(source, EXPLAIN)
    names, codes, counts = np.unique(source, return_inverse=True, return_counts=True)
    per_class = np.array([np.isin(names, EXPLAIN).sum(), np.isin(names, TELL).sum()])
    weight = 1 / (counts[codes] * per_class[np.where(explains, 0, 1)])
    cap = np.quantile(values, _CAP, axis=0)
    bounded = np.minimum(values, cap)
    mean, sd = bounded.mean(axis=0), np.maximum(bounded.std(axis=0), 1e-9)
    learner = LogisticRegression(C=1 / (_PENALTY * 2), max_iter=1000)
    learner.fit((bounded - mean) / sd, explains, sample_weight=weight)
    return {
        "weight": learner.coef_[0],
        "mean": mean,
        "sd": sd,
        "cap": cap,
        "bias": learner.intercept_,
    }


def unseen() -> dict[str, Judged]:
    """Each source, left out when learning, against half of the documents of the other class, also left out."""
    values, source = texts()
    apart = splitmix(np.arange(len(source)).astype(np.uint64)) % np.uint64(2) == 0
    found = {}
    for name in (*EXPLAIN, *TELL):
        explains = name in EXPLAIN
        test = (source == name) | (np.isin(source, TELL if explains else EXPLAIN) & apart)
        state = fit(values[~test], source[~test])
        log_odds = (
            state["bias"]
            + (np.minimum(values[test], state["cap"]) - state["mean"])
            / state["sd"]
            @ state["weight"]
        )
        found[name] = judge(log_odds, (source[test] == name) == explains)
    return found


def write() -> Path:
    """Make the shipped file again."""
    state = fit(*texts())
    each = {
        feature: {name: round(float(state[name][k]), 6) for name in ("weight", "mean", "sd", "cap")}
        for k, feature in enumerate(expository.FEATURES)
    }
    told = {"bias": round(float(state["bias"][0]), 6), "features": each}
    expository._LEARNT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return expository._LEARNT


def report() -> Iterator[str]:
    """Area under the curve with a 95 % interval, source by source."""
    yield "### Expository\n\n| source left out | class | AUC against the other class | 95 % | texts |\n|---|---|---:|---:|---:|"
    for name, found in unseen().items():
        low, high = found.auc - 1.96 * found.auc_se, min(found.auc + 1.96 * found.auc_se, 1)
        n = found.n_positive if name in EXPLAIN else found.n_negative
        kind = "explains" if name in EXPLAIN else "does not"
        yield f"| {name} | {kind} | {found.auc:.3f} | {low:.3f}–{high:.3f} | {n:,} |"
