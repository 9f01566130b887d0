"""N-gram classifier: how much a document reads like positive examples rather than negative ones.

A linear classifier on hashed words and word pairs, the function class of fastText's supervised mode with two labels (see
`primitives.bag_logistic` for what is the same and what is not). This is how FineWeb-Edu's and DCLM's cousins filter the
web: BETR (arXiv:2507.12466: word pairs, 5 epochs), PreSelect (arXiv:2503.00808), DCLM (arXiv:2406.11794).

Positives are target sets. Negatives are other target sets, or by default a sample of the corpus itself, of which some may
be positives in truth: then the odds are against an ordinary document of this corpus.

- the probability crowds at 0 and 1; the log odds are the same order, spread out, and better for axes and averages
- a tenth of the examples is held out; area under the curve and accuracy on them are in the run's facts, with a warning
  where the classifier cannot tell the two apart
- a document of fewer n-grams has a noisier value; without any, it gets even odds

Cost: training on at most `n_examples` a class takes seconds; scoring is one gather per n-gram, as for DSIR.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.errors import BadSetting
from selection.core.method import Needs
from selection.core.signal import Column, Columns, Context, Signal
from selection.core.targets import TargetKeys, targets_field
from selection.primitives.bag_logistic import judge, train
from selection.text.ngrams import NGrams

_SOURCE = "linear classifier on hashed n-grams, trained here"


class NgramClassifier(Signal):
    """Positives against negatives."""

    title: ClassVar[str] = "N-gram classifier"
    needs: ClassVar[Needs] = Needs(text=True, targets=True)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "ngram_classifier",
            "Like the positives",
            "probability of the positive class at even prior odds, by logistic regression on the mean of hashed n-grams",
            "share",
            1,
            _SOURCE,
        ),
        Column(
            "ngram_classifier_log_odds",
            "Like the positives, log odds",
            "log of that probability over its complement",
            "nats",
            1,
            _SOURCE,
        ),
    )

    targets: TargetKeys = targets_field("Sets of positive examples.")
    negatives: TargetKeys = targets_field(
        "Sets of negative examples; none: a sample of the corpus itself."
    )
    n_examples: int = Field(
        20_000, ge=10, le=1_000_000, description="At most so many examples of each class."
    )
    ngrams: int = Field(2, ge=1, le=5, description="Longest n-gram; all shorter ones count too.")
    n_buckets: int = Field(
        1 << 18, ge=256, le=1 << 22, description="Buckets that n-grams are hashed into."
    )
    epochs: int = Field(5, ge=1, le=100, description="How often training goes over all examples.")
    rate: float = Field(0.5, gt=0, le=10, description="Learning rate of AdaGrad.")
    held_out: float = Field(
        0.1, ge=0.01, le=0.5, description="Share of the examples kept for the test."
    )
    seed: int = Field(0, ge=0, description="Of the choice and the order of examples.")

    def prepare(self, context: Context) -> State:
        """Train, and judge on what was held out."""
        if not self.targets:
            raise BadSetting(
                f"{self.id()} needs at least one target set of positives, got none; add a file of texts (--target FILE)"
            )
        rng = np.random.default_rng(self.seed)
        ones = self._examples(context, self.targets, rng)
        zeros = self._examples(context, self.negatives, rng)
        features = NGrams(self.ngrams, self.n_buckets)
        ids, bounds = features.buckets(pa.concat_arrays([ones, zeros]))
        positive = np.arange(len(ones) + len(zeros)) < len(ones)
        order = rng.permutation(len(positive))
        cut = max(1, round(self.held_out * len(order)))
        test, learn = np.sort(order[:cut]), np.sort(order[cut:])
        rows, starts = _rows(ids, bounds, learn)
        theta, bias = train(
            rows, starts, positive[learn], self.n_buckets, self.epochs, self.rate, rng
        )
        rows, starts = _rows(ids, bounds, test)
        sums = np.add.reduceat(np.append(theta[rows], 0.0), starts[:-1]) * (np.diff(starts) > 0)
        judged = judge(bias + sums / np.maximum(np.diff(starts), 1), positive[test])
        figures = [judged.auc, judged.auc_se, judged.accuracy, judged.n_positive, judged.n_negative]
        return {
            "theta": theta.astype(np.float32),
            "bias": np.array([bias]),
            "judged": np.array(figures, np.float64),
            "tells_apart": np.array([judged.tells_apart]),
            "learnt_from": np.array([positive[learn].sum(), (~positive[learn]).sum()]),
        }

    def score(self, docs: Documents, state: State) -> Columns:
        """Probability and log odds."""
        features = NGrams(self.ngrams, len(state["theta"]))
        sums, n_tokens = features.sums(docs.texts, state["theta"][:, None])
        n_grams = features.number(n_tokens)
        logit = np.where(n_grams > 0, state["bias"][0] + sums[:, 0] / np.maximum(n_grams, 1), 0.0)
        probability = 1 / (1 + np.exp(-logit))
        return {
            "ngram_classifier": probability.astype(np.float32),
            "ngram_classifier_log_odds": logit.astype(np.float32),
        }

    def facts(self, state: State) -> dict[str, Any]:
        """Examples, and the figures on those held out."""
        auc, error, accuracy, n1, n0 = state["judged"].tolist()
        row = {
            "positives": int(state["learnt_from"][0]),
            "negatives": int(state["learnt_from"][1]),
            "held_out": int(n1 + n0),
            "auc": auc,
            "auc_se": error,
            "accuracy": accuracy,
        }
        warning = (
            f"positives and negatives cannot be told apart (area under the curve {auc:.2f} ± {error:.2f} on"
            f" {int(n1 + n0):,} held-out examples); the values mean nothing"
        )
        return {"learnt": [row], **({} if state["tells_apart"][0] else {"warning": warning})}

    def _examples(
        self, context: Context, keys: TargetKeys, rng: np.random.Generator
    ) -> pa.LargeStringArray:
        """At most `n_examples` texts of the target sets, or of the corpus where none is named."""
        if not keys:
            return context.sample(self.n_examples, Needs(text=True)).texts
        texts = pa.concat_arrays([target.text for target in context.targets(keys)])
        if len(texts) <= self.n_examples:
            return texts
        return texts.take(pa.array(np.sort(rng.permutation(len(texts))[: self.n_examples])))


def _rows(ids: np.ndarray, bounds: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The buckets of some documents, ascending, and where each document's begin."""
    lengths = np.diff(bounds)[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    places = np.repeat(bounds[rows] - starts[:-1], lengths) + np.arange(starts[-1])
    return ids[places], starts
