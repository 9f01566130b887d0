"""Gumbel keys: log weight over temperature plus noise of (seed, uid); keeping the largest samples without replacement.

    key[d] = log_weight[d] / temperature + gumbel(seed, uid[d])

An ordinal weight has no unit, so it is first replaced by its normal score: the standard normal value of its rank among the
documents on offer. The rank map is part of the cut, so that a stored cut ranks the same way on any shard.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from selection.core.documents import State
from selection.core.noise import gumbel
from selection.core.weights import Scale
from selection.primitives.ranks import TokenRanks, normal_scores


def fit_order(log_weight: np.ndarray, scale: Scale) -> dict[str, np.ndarray]:
    """The rank map of an ordinal weight, from the (n_docs,) weights on offer; empty for other scales."""
    return TokenRanks.fit(log_weight).to_state("order") if scale == "ordinal" else {}


def gumbel_key(
    log_weight: np.ndarray,
    temperature: float,
    seed: int,
    uid_hash: np.ndarray,
    order: State | Mapping[str, np.ndarray],
) -> np.ndarray:
    """(n_docs,) float64; -inf stays -inf. Temperature 0 adds no noise: the weight itself."""
    if temperature == 0:
        return log_weight
    if "order_values" in order:
        ranked = normal_scores(TokenRanks.from_state(order, "order").of(log_weight))
        log_weight = np.where(np.isneginf(log_weight), -np.inf, ranked)
    return log_weight / temperature + gumbel(seed, uid_hash)
