"""The contract of samplers: log weights and token counts in, documents and copies out, exact to within one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from selection.core.settings import Leaf
from selection.core.weights import Scale


@dataclass(frozen=True)
class Pool:
    """What a sampler sees of the corpus; all arrays (n_docs,)."""

    log_weight: np.ndarray  # float64, -inf is never drawn
    n_tokens: np.ndarray  # int64
    uid_hash: np.ndarray  # uint64, the source of noise and of tie-breaks
    stratum: np.ndarray | None = (
        None  # int32, for samplers that keep shares per stratum; -1 has none
    )
    scale: Scale = "ordinal"


@dataclass(frozen=True)
class Draw:
    """rows (n_drawn,) int64 positions in the pool, ascending; copies (n_drawn,) int32 >= 1; n_tokens counts copies.

    `cut` is the fitted state that decides, row by row, who is in (thresholds on log weight plus noise): a recipe stores
    it, so that the same draw can be applied to a shard, or to another corpus.
    """

    rows: np.ndarray
    copies: np.ndarray
    n_tokens: int
    cut: Mapping[str, np.ndarray] = field(default_factory=dict)


class Sampler(Leaf):
    """Class facts: `scales`, the scales of log weight it gives a meaning to."""

    scales: ClassVar[tuple[Scale, ...]] = ("none", "ordinal", "nats")

    def draw(self, pool: Pool, budget_tokens: int, seed: int) -> Draw:
        """Fill the budget to within one document; `ImpossibleBudget` when the pool is smaller."""
        raise NotImplementedError

    def keep(self, pool: Pool, cut: Mapping[str, np.ndarray], seed: int) -> Draw:
        """The rows that a stored cut keeps, row by row: equal to `draw` on the pool the cut came from."""
        raise NotImplementedError
