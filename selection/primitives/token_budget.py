"""Token budget: fill it best first, to within one document and never above, by a cut that works row by row.

The rule, for every sampler: documents are put in order of a key (ties by uid noise); the longest prefix whose tokens
stay within the budget is drawn. So the budget is never exceeded, and what is left of it is less than the next
document. A document longer than the whole budget fits no prefix and is passed over. The cut is the (key, noise) of
the last document drawn: comparing each row with it re-creates the draw without sorting, shard by shard.

Cost: one sort of the documents on offer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from selection.core.errors import ImpossibleBudget
from selection.core.noise import uniform

TIE_STREAM = 1
"""The noise stream that breaks ties; stream 0 is Gumbel noise, so the two are independent."""


@dataclass(frozen=True)
class Filled:
    """rows ascending, n_tokens their sum, cut what decides membership row by row."""

    rows: np.ndarray  # (n_drawn,) int64
    n_tokens: int
    cut: Mapping[str, np.ndarray]


def tie_noise(seed: int, uid_hash: np.ndarray) -> np.ndarray:
    """(n_docs,) float64 in (0, 1): who goes first among equals; depends on seed and uid only."""
    return uniform(seed, uid_hash, stream=TIE_STREAM)


def on_offer(
    log_weight: np.ndarray, n_tokens: np.ndarray, budget_tokens: int, *, may_fall_short: bool
) -> np.ndarray:
    """Rows that may be drawn: weight above -inf, not longer than the budget; `ImpossibleBudget` if they fall short."""
    if budget_tokens < 1:
        raise ImpossibleBudget(f"a token budget must be at least 1, got {budget_tokens}")
    allowed = np.isfinite(log_weight)
    rows = np.flatnonzero(allowed & (n_tokens <= budget_tokens))
    there_is = int(n_tokens[rows].sum())
    if len(rows) == 0 or (there_is < budget_tokens and not may_fall_short):
        too_long = int(allowed.sum()) - len(rows)
        aside = f" (not counting {too_long:,} longer than the budget)" if too_long else ""
        raise ImpossibleBudget(
            f"a budget must not exceed the tokens on offer, got {budget_tokens:,} for {there_is:,} tokens "
            f"in {len(rows):,} documents{aside}; lower the budget or loosen the filters"
        )
    return rows


def best_first(key: np.ndarray, tie: np.ndarray) -> np.ndarray:
    """(n_docs,) positions in descending order of key, equal keys in ascending order of tie."""
    order = np.argsort(-key)
    sorted_key = key[order]
    tied = np.flatnonzero(sorted_key[1:] == sorted_key[:-1])
    if len(tied):  # only the rows of tied runs are sorted again
        in_run = np.zeros(len(key), bool)
        in_run[tied] = in_run[tied + 1] = True
        places = np.flatnonzero(in_run)
        members = order[places]
        order[places] = members[np.lexsort((tie[members], -key[members]))]
    return order


def longest_prefix(n_tokens_in_order: np.ndarray, budget_tokens: int) -> int:
    """How many documents, taken in order, stay within the budget."""
    return int(np.searchsorted(np.cumsum(n_tokens_in_order), budget_tokens, side="right"))


def fill(
    key: np.ndarray, tie: np.ndarray, n_tokens: np.ndarray, rows: np.ndarray, budget_tokens: int
) -> Filled:
    """The longest best-first prefix of `rows` within the budget, and its cut."""
    order = best_first(key[rows], tie[rows])
    taken = longest_prefix(n_tokens[rows[order]], budget_tokens)
    drawn = rows[order[:taken]]
    last = (key[drawn[-1]], tie[drawn[-1]]) if taken < len(rows) else (-np.inf, np.inf)
    cut = {
        "key": np.array([last[0]]),
        "tie": np.array([last[1]]),
        "longest": np.array([budget_tokens], np.int64),
    }
    return Filled(np.sort(drawn), int(n_tokens[drawn].sum()), cut)


def within(
    key: np.ndarray, tie: np.ndarray, last_key: np.ndarray, last_tie: np.ndarray
) -> np.ndarray:
    """(n_docs,) bool: is the row at or before the last one drawn? `last_*` broadcast (a cut may differ per stratum)."""
    return (key > last_key) | ((key == last_key) & (tie <= last_tie))
