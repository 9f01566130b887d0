"""Mean of signals: average all quality dimensions and take the top; the plain way to combine correlated scores.

    log_weight[d] = mean over signals of z[d, j]             combine = z
    log_weight[d] = mean over signals of 1 - rank[d, j]      combine = rank

rank is the share of documents that are better, so 0 is best.

A signal whose polarity says lower is better is turned round; a neutral one counts as higher is better, so the two
neutral dimensions are not among the defaults. A constant signal adds nothing. Documents that lack any of the signals
are excluded and counted. Correlated signals vote for the same documents several times, which is what ODiS is
compared with.

Cost: fit reads each signal once (rank: sorts it); weigh is row by row.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.dimensions import BETTER_WHEN_HIGHER
from selection.core.documents import Documents, State
from selection.core.method import DocumentMethod, Needs, SignalNames, signals_field
from selection.core.weights import Scale, Weights
from selection.primitives.exclusion import excluding
from selection.primitives.ranks import TokenRanks
from selection.primitives.standard_scores import StandardScores, missing, signal_ranks


class MeanOfSignals(DocumentMethod):
    """Equal votes."""

    title: ClassVar[str] = "Mean of signals"
    scale: ClassVar[Scale] = "ordinal"
    sampler: ClassVar[str] = "top"

    signals: SignalNames = signals_field(
        BETTER_WHEN_HIGHER, "The signals that are averaged, each with the same weight."
    )
    combine: Literal["z", "rank"] = Field(
        "z",
        description="z averages standardised values; rank averages ranks, which outliers cannot sway.",
    )

    def required(self) -> Needs:
        """The signals."""
        return Needs(signals=self.signals)

    def fit(self, docs: Documents) -> State:
        """Means and deviations, or rank maps."""
        if self.combine == "z":
            return StandardScores.fit(docs, self.signals).to_state()
        state: dict[str, np.ndarray] = {}
        for name in self.signals:
            sign = np.array([-1.0 if docs.polarity.get(name, 0) < 0 else 1.0])
            state |= {**signal_ranks(docs, name).to_state(name), f"{name}_sign": sign}
        return state

    def weigh(self, docs: Documents, state: State) -> Weights:
        """The mean, higher is better."""
        if self.combine == "z":
            mean = StandardScores.from_state(state, self.signals).mean_z(docs)
        else:
            mean = np.zeros(len(docs))
            for name in self.signals:
                ranks = TokenRanks.from_state(state, name)
                mean += 1 - ranks.of(docs.signals[name] * state[f"{name}_sign"])
            mean /= len(self.signals)
        return excluding(mean, missing(docs, self.signals))
