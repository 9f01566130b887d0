"""Quota: every stratum gets its share of the token budget, and fills it with its own best (or with a random draw).

    position[d] = tokens of d's stratum drawn up to and with d / share of the stratum;  smallest position first

Inside a stratum documents stand in order of log weight (or of Gumbel keys); strata are then merged by position, which is
drawing from all of them side by side in proportion to their shares. A stratum that runs out simply stops, and the others
share what is left in the same proportion. A larger budget contains the smaller one, and no stratum is more than one
document off its share while it lasts. Shares are `corpus` (as the pool's tokens, so that only the order inside changes),
`equal`, or given.

DataMan (arXiv:2502.19363) and QuRating's domain option (arXiv:2402.09739) draw with corpus shares.

Differs from the papers:
- DataMan refills a short stratum by repeating its documents; here nothing is repeated

Cost: two sorts; `keep` compares each row with its stratum's threshold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.errors import BadSetting
from selection.core.sampler import Draw, Pool, Sampler
from selection.primitives.gumbel_key import fit_order, gumbel_key
from selection.primitives.token_budget import (
    best_first,
    longest_prefix,
    on_offer,
    tie_noise,
    within,
)


class Quota(Sampler):
    """Strata come with the pool (source or cluster); documents of no stratum form one of their own."""

    title: ClassVar[str] = "Quota per stratum"

    stratum: Literal["source", "cluster", "axis"] = Field(
        "source",
        description="What the budget is split over; axis is the axis that chose the document (ODiS).",
    )
    shares: Literal["corpus", "equal", "given"] = Field(
        "corpus",
        description="How the budget is split: as the tokens on offer, equally, or by the shares given.",
    )
    given: tuple[float, ...] = Field(
        (),
        description="With shares=given: one share per stratum, in order of its number; they need not add up to 1.",
    )
    inside: Literal["top", "gumbel"] = Field(
        "top", description="Inside a stratum: the largest weights, or a random draw by weight."
    )
    temperature: float = Field(
        1.0, gt=0, le=100, description="Of the random draw inside a stratum; as in the Gumbel draw."
    )

    def draw(self, pool: Pool, budget_tokens: int, seed: int) -> Draw:
        """Strata side by side until the budget is full; filters may fall short of it."""
        code, n_strata = _strata(pool)
        share = self._shares(code, pool, n_strata)
        weight = np.where(share[code] > 0, pool.log_weight, -np.inf)
        rows = on_offer(weight, pool.n_tokens, budget_tokens, may_fall_short=pool.scale == "none")
        order = {} if self.inside == "top" else fit_order(weight[rows], pool.scale)
        key, tie = self._key(pool, order, seed), tie_noise(seed, pool.uid_hash)
        best = rows[best_first(key[rows], tie[rows])]
        best = best[np.argsort(code[best], kind="stable")]  # by stratum, best first inside
        position = _tokens_up_to(code[best], pool.n_tokens[best]) / share[code[best]]
        merged = best[np.argsort(position, kind="stable")]
        drawn = merged[: longest_prefix(pool.n_tokens[merged], budget_tokens)]
        last_key, last_tie = np.full(n_strata, np.inf), np.full(n_strata, -np.inf)
        last_key[code[drawn]] = key[drawn]  # the last assignment wins: each stratum's lowest key
        last_tie[code[drawn]] = tie[drawn]
        longest = np.array([budget_tokens], np.int64)
        return _drawn(
            np.sort(drawn), pool, {"key": last_key, "tie": last_tie, "longest": longest, **order}
        )

    def keep(self, pool: Pool, cut: Mapping[str, np.ndarray], seed: int) -> Draw:
        """Rows at or above the threshold of their stratum; a stratum that the cut does not know is left out."""
        code, _ = _strata(pool)
        known = code < len(cut["key"])
        safe = np.where(known, code, 0)
        key, tie = self._key(pool, cut, seed), tie_noise(seed, pool.uid_hash)
        inside = within(key, tie, cut["key"][safe], cut["tie"][safe])
        allowed = known & np.isfinite(pool.log_weight) & (pool.n_tokens <= cut["longest"])
        return _drawn(np.flatnonzero(inside & allowed), pool, cut)

    def _key(self, pool: Pool, order: Mapping[str, np.ndarray], seed: int) -> np.ndarray:
        temperature = 0.0 if self.inside == "top" else self.temperature
        return gumbel_key(pool.log_weight, temperature, seed, pool.uid_hash, order)

    def _shares(self, code: np.ndarray, pool: Pool, n_strata: int) -> np.ndarray:
        """(n_strata,) shares in any unit; a stratum of share 0 is not drawn from."""
        if self.shares == "equal":
            return np.ones(n_strata)
        if self.shares == "corpus":
            allowed = np.isfinite(pool.log_weight)
            return np.maximum(np.bincount(code[allowed], pool.n_tokens[allowed], n_strata), 1)
        given = np.array([0.0, *self.given])  # documents of no stratum are given nothing
        if len(given) != n_strata or (given < 0).any() or not given.sum() > 0:
            raise BadSetting(
                f"given must hold a share of at least 0 for each of the {n_strata - 1} strata, got {self.given}"
            )
        return given


def _strata(pool: Pool) -> tuple[np.ndarray, int]:
    """(n_docs,) stratum number from 0, where 0 is "none", and how many there are."""
    if pool.stratum is None:
        raise BadSetting(
            "quota needs a stratum for every document, got none; cluster first, or choose the source as stratum"
        )
    code = pool.stratum.astype(np.int64) + 1
    return code, int(code.max(initial=0)) + 1


def _tokens_up_to(code: np.ndarray, n_tokens: np.ndarray) -> np.ndarray:
    """Running sum of tokens inside each run of equal codes."""
    total = np.cumsum(n_tokens)
    starts = np.flatnonzero(np.r_[True, code[1:] != code[:-1]])
    before = total[starts] - n_tokens[starts]
    return total - np.repeat(before, np.diff(np.r_[starts, len(code)]))


def _drawn(rows: np.ndarray, pool: Pool, cut: Mapping[str, np.ndarray]) -> Draw:
    return Draw(rows, np.ones(len(rows), np.int32), int(pool.n_tokens[rows].sum()), cut)
