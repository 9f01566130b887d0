"""DSIR: draw documents whose words and word pairs are those of a target, by importance resampling.

Xie et al., 2023, "Data Selection for Language Models via Importance Resampling", arXiv:2302.03169; settings and details as
in the authors' package, data-selection 1.0.3.

    c[d]          = counts of a document's n-grams, hashed into buckets
    p_target      = (counts of the target + smoothing) / sum,   p_raw = counts of the corpus / sum
    ratio[b]      = log(p_target[b] + 1e-8) - log(p_raw[b] + 1e-8)
    log_weight[d] = ratio . c[d]

Drawn with Gumbel noise at temperature 1, this is sampling without replacement from the target's density ratio. An n-gram falls
into the bucket that it has in the package, so with `smoothing` 0 the weights are the package's.

Differs from the paper:
- smoothing is 1 by default; at 0 every n-gram of a bucket that the target never fills costs about 9 nats
- the paper cuts documents into chunks of 128 words first, so that all weigh alike. The package adds up whole documents,
  so long ones have extreme weights, up or down: `length` sum. `chunk` is the mean weight of a document's chunks: its sum
  scaled to `chunk_tokens` tokens. `mean` is per n-gram; its differences are small beside Gumbel noise
- with `separate`, the weight is that of the mixture, log sum over targets of proportion * exp(ratio . c); the package
  serves targets in turn, each with its share of the documents
- the quality filters of the paper's pipeline are filters of their own

- `hashing` fast is a hash of our own. In 10,000 buckets every n-gram shares its own with many others, and which they are moves
  the weights: it ranks documents of the Pile as sha256 does at Spearman 0.955, in a million buckets at 0.996

Cost: two passes over the text at the speed of `text.ngrams`, some 125 and 165 MB/s a core, 400 with the fast hash; the state is
two counts a bucket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.context import Context
from selection.core.documents import Documents, State
from selection.core.errors import BadSetting
from selection.core.method import Needs, TextMethod
from selection.core.targets import Target, TargetKeys, targets_field
from selection.core.weights import Scale, Weights
from selection.primitives.importance import kl_nats, log_ratio, probabilities
from selection.text.ngrams import NGrams

_MANY_EMPTY = 0.05  # of the corpus' n-grams in buckets that a target lacks: worth a warning


class Dsir(TextMethod):
    """Importance resampling on hashed n-grams."""

    title: ClassVar[str] = "DSIR"
    cites: ClassVar[str] = "arXiv:2302.03169"
    needs: ClassVar[Needs] = Needs(text=True, targets=True)
    scale: ClassVar[Scale] = "nats"
    sampler: ClassVar[str] = "gumbel"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "package": {
            "separate": False, "length": "sum", "min_tokens": 100, "smoothing": 0.0, "ngrams": 2,
            "n_buckets": 10_000, "hashing": "sha256",
        },
        "paper, chunks": {
            "separate": False, "length": "chunk", "chunk_tokens": 128, "smoothing": 0.0, "ngrams": 2,
            "n_buckets": 10_000, "hashing": "sha256",
        },
    }  # fmt: skip

    targets: TargetKeys = targets_field("The sets of texts that the draw should resemble.")
    separate: bool = Field(
        False,
        description="Weigh by each target on its own and mix; otherwise all targets are one.",
    )
    proportions: tuple[float, ...] = Field(
        (),
        description="Shares of separate targets, in their order; empty: as many n-grams as each has.",
    )
    length: Literal["sum", "chunk", "mean"] = Field(
        "sum",
        description="What a document's n-grams give: their sum, as the package has it, which favours or bars long"
        " documents; the mean weight of its chunks; or the mean per n-gram.",
    )
    chunk_tokens: int = Field(
        128, ge=1, le=100_000, description="Tokens of a chunk, where length is chunk; the paper's."
    )
    min_tokens: int = Field(
        100,
        ge=0,
        le=1_000_000,
        description="Documents with fewer words and punctuation marks are never drawn.",
    )
    smoothing: float = Field(
        1.0,
        ge=0,
        le=1e6,
        description="Added to every bucket of a target's counts; 0 is as published, and harsh with small targets.",
    )
    ngrams: int = Field(2, ge=1, le=5, description="Longest n-gram; all shorter ones count too.")
    n_buckets: int = Field(
        10_000, ge=2, le=1 << 22, description="Buckets that n-grams are hashed into."
    )
    hashing: Literal["fast", "sha256"] = Field(
        "sha256",
        description="How n-grams find their buckets: sha256, as in the authors' package, or a hash of our own at about three"
        " times the speed, under which other n-grams share a bucket.",
    )

    def fit(self, corpus: Context, targets: Sequence[Target]) -> State:
        """Counts per bucket of the corpus and of each target."""
        self._shares(np.ones(len(targets)))
        features = self._features()
        raw = np.zeros(self.n_buckets, np.int64)
        for docs in corpus.stream(Needs(text=True)):
            raw += features.counts(docs.texts)
        return {
            "raw": raw,
            "target": np.stack([features.counts(target.text) for target in targets]),
            "names": np.array([target.name for target in targets]),
        }

    def weigh(self, docs: Documents, state: State) -> Weights:
        """Nats: the log density ratio of each document."""
        target, raw = self._distributions(state)
        features = self._features()
        sums, n_tokens = features.sums(docs.texts, log_ratio(target, raw).T)
        if self.length != "sum":
            n_grams = np.maximum(features.number(n_tokens), 1)
            chunk = features.number(np.array([self.chunk_tokens]))[0]
            sums = sums / n_grams[:, None] * (chunk if self.length == "chunk" else 1)
        because: dict[str, np.ndarray] = {}
        with np.errstate(divide="ignore"):
            mixed = sums + np.log(self._shares(state["target"].sum(axis=1)))
        log_weight = np.logaddexp.reduce(mixed, axis=1)
        if len(target) > 1:
            because["target"] = state["names"][mixed.argmax(axis=1)].astype(object)
        short = n_tokens < self.min_tokens
        because["rule"] = np.where(short, f"at least {self.min_tokens} words and marks", "").astype(
            object
        )
        because["nats_per_token"] = log_weight / np.maximum(n_tokens, 1)
        return Weights(np.where(short, -np.inf, log_weight), because)

    def facts(self, state: State) -> dict[str, Any]:
        """How far each target is from the corpus, and how much of the corpus falls where it has nothing."""
        raw = probabilities(state["raw"])
        told: list[dict[str, Any]] = []
        for name, counts in zip(state["names"], state["target"], strict=True):
            lacks = float(raw[counts == 0].sum())
            told.append(
                {
                    "target": str(name),
                    "n_grams": int(counts.sum()),
                    "kl_to_corpus_nats": kl_nats(probabilities(counts), raw),
                    "corpus_in_empty_buckets": lacks,
                }
            )
        sparse = [row["target"] for row in told if row["corpus_in_empty_buckets"] > _MANY_EMPTY]
        warning = (
            f"{', '.join(sparse)} fills too few buckets for the corpus' n-grams; give more text, fewer buckets or"
            " more smoothing"
        )
        return {"learnt": told, **({"warning": warning} if sparse else {})}

    def _features(self) -> NGrams:
        return NGrams(self.ngrams, self.n_buckets, self.hashing)

    def _distributions(self, state: State) -> tuple[np.ndarray, np.ndarray]:
        """(n_targets or 1, n_buckets) of the targets, (n_buckets,) of the corpus."""
        counts = state["target"] if self.separate else state["target"].sum(axis=0, keepdims=True)
        return probabilities(counts, self.smoothing), probabilities(state["raw"])

    def _shares(self, n_grams: np.ndarray) -> np.ndarray:
        """Of each target in the mixture."""
        if not self.separate:
            return np.ones(1)
        given = np.array(self.proportions) if self.proportions else n_grams.astype(np.float64)
        if len(given) != len(n_grams) or (given < 0).any() or given.sum() <= 0:
            raise BadSetting(
                f"proportions must be one share of at least 0 for each of the {len(n_grams)} targets, got"
                f" {', '.join(map(str, self.proportions))}; give as many, in their order"
            )
        return given / given.sum()
