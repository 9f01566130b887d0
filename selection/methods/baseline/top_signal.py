"""Top of one signal: rank the corpus by a single score, the commonest practice and the one that loses diversity.

    log_weight[d] = sign * signal[d],   sign from the signal's polarity unless `direction` says otherwise

Documents without the signal are excluded and counted. A neutral signal counts as higher is better.

Cost: nothing to fit; row by row.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import DocumentMethod, Needs, signal_field
from selection.core.weights import Scale, Weights
from selection.primitives.exclusion import excluding
from selection.primitives.standard_scores import missing


class TopSignal(DocumentMethod):
    """Best first by one column."""

    title: ClassVar[str] = "Top of one signal"
    scale: ClassVar[Scale] = "ordinal"
    sampler: ClassVar[str] = "top"

    signal: str = signal_field("educational_value", "The signal that ranks the documents.")
    direction: Literal["polarity", "highest", "lowest"] = Field(
        "polarity", description="Which end is drawn first; polarity takes the signal's better end."
    )

    def required(self) -> Needs:
        """The signal."""
        return Needs(signals=(self.signal,))

    def weigh(self, docs: Documents, state: State) -> Weights:
        """The signal itself, signed."""
        values = docs.signals[self.signal].astype(np.float64)
        if self.direction == "lowest" or (
            self.direction == "polarity" and docs.polarity.get(self.signal, 0) < 0
        ):
            values = -values
        return excluding(values, missing(docs, (self.signal,)))
