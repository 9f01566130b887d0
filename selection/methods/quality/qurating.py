"""QuRating: draw documents at random, the chance growing with the exponential of a quality rating.

Wettig et al., 2024, "QuRating: Selecting High-Quality Data for Training Language Models", arXiv:2402.09739; settings
as in the authors' repository.

    rating[d]     = sum of the chosen signals
    log_weight[d] = (rating[d] - mean) / sd / tau

Drawn with Gumbel noise this is sampling without replacement with p proportional to exp(z / tau). Small tau is close
to the top of the rating, large tau close to a random draw; the released models use tau 1 and 2.

Differs from the paper:
- any signal can be the rating; signals are turned so that higher is better, and summed as they are, so give them one
  scale
- the per-domain quota is the quota sampler, top without noise is the top sampler

Cost: fit reads each signal once; weigh is row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import DocumentMethod, Needs, SignalNames, signals_field
from selection.core.weights import Scale, Weights
from selection.primitives.exclusion import excluding
from selection.primitives.standard_scores import missing


class QuRating(DocumentMethod):
    """Temperature draw by rating."""

    title: ClassVar[str] = "QuRating"
    cites: ClassVar[str] = "arXiv:2402.09739"
    scale: ClassVar[Scale] = "nats"
    sampler: ClassVar[str] = "gumbel"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "released, tau 1": {"normalise": True, "tau": 1.0},
        "released, tau 2": {"normalise": True, "tau": 2.0},
    }

    signals: SignalNames = signals_field(
        ("educational_value",),
        "The ratings that are summed; the paper's best is educational value.",
    )
    normalise: bool = Field(
        True,
        description="Standardise the sum over the corpus, so that tau means the same everywhere.",
    )
    tau: float = Field(
        2.0,
        gt=0,
        le=100,
        description="Temperature of the paper: ratings are divided by it; larger is closer to a random draw.",
    )

    def required(self) -> Needs:
        """The signals."""
        return Needs(signals=self.signals)

    def fit(self, docs: Documents) -> State:
        """Signs, mean and deviation of the summed rating."""
        sign = [-1.0 if docs.polarity.get(name, 0) < 0 else 1.0 for name in self.signals]
        rating = self._rating(docs, np.array(sign))
        rated = rating[~np.isnan(rating)]
        mean, sd = (rated.mean(), rated.std()) if len(rated) else (0.0, 0.0)
        if not self.normalise:
            mean, sd = 0.0, 1.0
        elif sd <= 1e-12 * max(1.0, abs(mean)):
            sd = np.inf  # a constant rating prefers nobody
        return {"sign": np.array(sign), "mean": np.array([mean]), "sd": np.array([sd])}

    def weigh(self, docs: Documents, state: State) -> Weights:
        """Nats: differences of the rating over tau."""
        z = (self._rating(docs, state["sign"]) - state["mean"]) / state["sd"]
        return excluding(z / self.tau, missing(docs, self.signals))

    def _rating(self, docs: Documents, sign: np.ndarray) -> np.ndarray:
        total = np.zeros(len(docs))
        for name, each in zip(self.signals, sign, strict=True):
            total += each * docs.signals[name]
        return total
