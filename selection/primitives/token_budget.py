"""Token budget: fill it best first, to within one document and never above, by a cut that works row by row.

The rule, for every sampler: documents are put in order of a key (ties by uid noise); the longest prefix whose tokens
stay within the budget is drawn. So the budget is never exceeded, and what is left of it is less than the next
document. A document longer than the whole budget fits no prefix and is passed over. The cut is the (key, noise) of
the last document drawn: comparing each row with it re-creates the draw without sorting, shard by shard.

Cost: a few passes over the documents on offer; only those near the cut are sorted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from selection.core.errors import ImpossibleBudget
from selection.core.noise import uniform
from selection.primitives.tally import offered, tokens_from

_SAMPLE = 1 << 14  # documents that say where the cut will be
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
    rows, there_is, too_long = offered(log_weight, n_tokens, budget_tokens)
    if len(rows) == 0 or (there_is < budget_tokens and not may_fall_short):
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
    key: np.ndarray, seed: int, uid_hash: np.ndarray, n_tokens: np.ndarray, rows: np.ndarray,
    budget_tokens: int,
) -> Filled:  # fmt: skip
    """The longest best-first prefix of ascending `rows` within the budget, and its cut."""
    keys, tokens = key[rows], n_tokens[rows]
    inside, near, held = _settled(keys, tokens, budget_tokens)
    left = budget_tokens - held
    tie = tie_noise(seed, uid_hash[rows[near]])
    if len(near) > 4 * _SAMPLE and np.ptp(keys[near]) == 0:  # a filter: only the noise decides
        first, nearer, held = _settled(-tie, tokens[near], left)
        left -= held
        inside[near[first]] = True
        near, tie = near[nearer], tie[nearer]
    order = best_first(keys[near], tie)
    taken = longest_prefix(tokens[near[order]], left)
    left -= int(tokens[near[order[:taken]]].sum())
    inside[near[order[:taken]]] = True
    last, drawn = (-np.inf, np.inf), np.flatnonzero(inside)  # quicker than to pick by the mask
    if len(drawn) < len(rows):
        least = keys[drawn].min()
        equals = rows[np.flatnonzero(inside & (keys == least))]
        last = (least, tie_noise(seed, uid_hash[equals]).max())
    cut = {
        "key": np.array([last[0]]),
        "tie": np.array([last[1]]),
        "longest": np.array([budget_tokens], np.int64),
    }
    return Filled(rows[drawn], budget_tokens - left, cut)


def _settled(
    keys: np.ndarray, tokens: np.ndarray, budget_tokens: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """(n,) bool of what is drawn for sure, the positions of what may be, and the tokens that are sure."""
    low, high, held = _bracket(keys, tokens, budget_tokens)
    inside = keys > high
    return inside, np.flatnonzero((keys >= low) & ~inside), held


def _bracket(keys: np.ndarray, tokens: np.ndarray, budget_tokens: int) -> tuple[float, float, int]:
    """Two keys between which the budget runs out for sure, close to each other, and the tokens above the upper one.

    A sample says where to look. What lies above the upper key must fit the budget, and what lies from the lower one up
    must exceed it; where the sample erred, that end is open (infinite), and more is sorted.
    """
    if len(keys) <= _SAMPLE * 4:
        return -np.inf, np.inf, 0
    picked = slice(None, None, len(keys) // _SAMPLE)
    order = np.argsort(-keys[picked])
    reached = np.cumsum(tokens[picked][order]) * (len(keys) / len(order))
    at = int(np.searchsorted(reached, budget_tokens))
    sample = keys[picked][order]
    slack = max(32, int(4 * np.sqrt(len(order))))
    high = float(sample[at - slack]) if at >= slack else np.inf
    low = float(sample[at + slack]) if at + slack < len(sample) else -np.inf
    held = tokens_from(keys, tokens, high, above=True)
    high, held = (high, held) if held <= budget_tokens else (np.inf, 0)
    low = low if tokens_from(keys, tokens, low, above=False) > budget_tokens else -np.inf
    return low, high, held


def within(
    key: np.ndarray, tie: np.ndarray, last_key: np.ndarray, last_tie: np.ndarray
) -> np.ndarray:
    """(n_docs,) bool: is the row at or before the last one drawn? `last_*` broadcast (a cut may differ per stratum)."""
    return (key > last_key) | ((key == last_key) & (tie <= last_tie))
