"""Copies: every document as often as its weight says on average, more than once where the weight asks for it.

    expected[d] = min(factor * exp(log_weight[d]), max_copies)
    copies[d]   = floor(expected[d]) + 1 with probability frac(expected[d]),  decided by noise of (seed, uid)

QuaDMix (arXiv:2504.16511) and rehydration (FineWeb2, arXiv:2506.20920) draw so. The noise is one uniform number per
document, so copies[d] = floor(expected[d] + uniform[d]) grows with the factor one copy at a time; bisecting the
factor fills the budget to within one document, never above it.

A method that solves for groups (a constrained mixture) names the group of each document. Then every group has its own
factor: it is filled with the tokens that its weights ask for, in proportion where the budget differs from their sum, and
groups next in need take one document more while it fits. No group is more than one document off, and the budget neither.

Differs from the papers:
- they have no token budget; `fit_budget` = trim keeps factor 1 or below (a budget above the expected tokens is then
  an error), scale also lets the factor rise above 1

Cost: about 60 passes over ever fewer documents, and a sort by group where there are any; `keep` is row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.errors import ImpossibleBudget
from selection.core.noise import uniform
from selection.core.sampler import Draw, Pool, Sampler
from selection.core.weights import Scale
from selection.primitives.parallel import each_block
from selection.primitives.token_budget import on_offer

_SAMPLE = 1 << 15  # documents that say where the factor will be
_NEAR = (0.97, 1.03)  # of the budget, for them
_ENDLESS = 1e300  # a factor that brings every document to max_copies
_STREAM = 2  # of the noise, apart from Gumbel noise (0) and tie-breaks (1)


class Copies(Sampler):
    """The only sampler that draws a document more than once."""

    title: ClassVar[str] = "Copies"
    scales: ClassVar[tuple[Scale, ...]] = ("none", "nats")

    fit_budget: Literal["scale", "trim"] = Field(
        "scale",
        description="How the budget is met: scale multiplies all expected copies by one factor, up or "
        "down; trim only lowers them, and refuses a budget above what they give.",
    )
    max_copies: int = Field(
        16,
        ge=1,
        le=1000,
        description="No document is drawn more often than this; 1 switches copies off.",
    )
    stratum: Literal["group", "none"] = Field(
        "group",
        description="Whether the budget is met in every group of a method that solves for groups, or only over all.",
    )

    def draw(self, pool: Pool, budget_tokens: int, seed: int) -> Draw:
        """Copies whose tokens stay within the budget, short of it by less than one document."""
        rows = on_offer(pool.log_weight, pool.n_tokens, budget_tokens, may_fall_short=True)
        if pool.stratum is not None and self.stratum == "group" and pool.scale == "nats":
            return self.keep(pool, self._by_group(pool, rows, budget_tokens, seed), seed)
        every = _exp(pool.log_weight)
        everyone = len(rows) == len(every)
        columns = (every, uniform(seed, pool.uid_hash, _STREAM), pool.n_tokens)
        expected, noise, tokens = columns if everyone else (column[rows] for column in columns)
        most = 1.0 if self.fit_budget == "trim" or pool.scale == "none" else None
        factor = self._factor(expected, noise, tokens, budget_tokens, most)
        if factor is None:
            there_is = int((self._count(expected, noise, most or _ENDLESS) * tokens).sum())
            if pool.scale != "none":
                raise ImpossibleBudget(
                    f"a budget must not exceed the tokens that the copies give, got {budget_tokens:,} for {there_is:,} "
                    f"tokens of {len(rows):,} documents; lower the budget, raise max_copies or set fit_budget=scale"
                )
            factor = 1.0
        cut = {"factor": np.array([factor]), "longest": np.array([budget_tokens], np.int64)}
        return self._kept(pool, every, cut, seed)

    def keep(self, pool: Pool, cut: Mapping[str, np.ndarray], seed: int) -> Draw:
        """Copies by the stored factor."""
        return self._kept(pool, _exp(pool.log_weight), cut, seed)

    def _kept(
        self, pool: Pool, expected: np.ndarray, cut: Mapping[str, np.ndarray], seed: int
    ) -> Draw:
        noise, factor = uniform(seed, pool.uid_hash, _STREAM), factor_of(pool, cut)
        copies = np.empty(len(expected), np.int32)

        def count(rows: slice) -> None:
            own = factor[rows] if isinstance(factor, np.ndarray) else factor
            copies[rows] = self._count(expected[rows], noise[rows], own)
            copies[rows] *= pool.n_tokens[rows] <= cut["longest"]

        each_block(count, len(copies))
        rows = np.flatnonzero(copies != 0)
        drawn = copies[rows]
        return Draw(rows, drawn, int((drawn * pool.n_tokens[rows]).sum()), cut)

    def _by_group(
        self, pool: Pool, rows: np.ndarray, budget_tokens: int, seed: int
    ) -> dict[str, np.ndarray]:
        """The cut of every group, each filled with the tokens it is to have."""
        code = _code(pool)[rows]
        n_groups = max(2, int(code.max(initial=0)) + 1)  # more than one, which is over all
        small = code.astype(np.min_scalar_type(n_groups))  # few bits are sorted by counting
        rows = rows[np.argsort(small, kind="stable")]
        members = np.split(rows, np.cumsum(np.bincount(code, minlength=n_groups))[:-1])
        most = float(pool.log_weight[rows].max())  # so that no exponential is nothing
        relative = np.exp(pool.log_weight - most) * pool.n_tokens
        asked = np.array([relative[mine].sum() for mine in members])
        limit = asked.sum() * np.exp(most) if self.fit_budget == "trim" else np.inf
        goals = np.rint(asked * (budget_tokens / max(asked.sum(), 1e-300)))
        noise = uniform(seed, pool.uid_hash, _STREAM)
        pairs = zip(members, goals, strict=True)
        groups = [_Group(self, pool, noise, mine, int(goal)) for mine, goal in pairs]
        left = budget_tokens - sum(group.tokens for group in groups)
        for group in sorted(groups, key=lambda each: each.tokens - each.goal):
            left -= group.one_more(left)
        if left >= max(1, int(pool.n_tokens[rows].max())) or budget_tokens > np.rint(limit):
            there_is = min(limit, sum(group.tokens for group in groups))
            raise ImpossibleBudget(
                f"a budget must not exceed the tokens that the groups give, got {budget_tokens:,} for {there_is:,.0f};"
                " lower the budget, raise max_copies or set fit_budget=scale"
            )
        longest = np.array([budget_tokens], np.int64)
        return {"factor": np.array([group.factor for group in groups]), "longest": longest}

    def _count(
        self, expected: np.ndarray, noise: np.ndarray, factor: float | np.ndarray
    ) -> np.ndarray:
        """(n_docs,) float64 whole numbers, never falling as the factor grows."""
        counted = expected * factor
        np.minimum(counted, self.max_copies, out=counted)
        counted += noise
        np.minimum(counted, self.max_copies, out=counted)
        return np.floor(counted, out=counted)

    def _factor(
        self,
        expected: np.ndarray,
        noise: np.ndarray,
        tokens: np.ndarray,
        budget_tokens: int,
        most: float | None,
    ) -> float | None:
        """The largest factor (to the last bit) whose copies stay within the budget; None when `most` leaves room."""

        def total(factor: float) -> int:
            return self._tokens(expected, noise, tokens, factor)

        low, high = 0.0, most or 1.0
        if len(expected) > 4 * _SAMPLE:  # a sample says where to look
            some = slice(None, None, len(expected) // _SAMPLE)
            part = (expected[some], noise[some], tokens[some])
            goal = budget_tokens * len(part[0]) / len(expected)
            below, above = (self._factor(*part, int(goal * near), most) for near in _NEAR)
            low = below if below and total(below) <= budget_tokens else low
            high = max(above or high, low)
        if total(high) <= budget_tokens:
            top = most or _ENDLESS
            if (there_is := total(top)) <= budget_tokens:
                return top if there_is == budget_tokens else None
            while total(high) <= budget_tokens:
                low, high = high, high * 2
        return _bisect(self, expected, noise, tokens, budget_tokens, low, high)

    def _tokens(
        self, expected: np.ndarray, noise: np.ndarray, tokens: np.ndarray, factor: float
    ) -> int:
        """What the copies come to."""

        def among(rows: slice) -> int:
            counted = self._count(expected[rows], noise[rows], factor)
            return int(np.einsum("i,i->", counted, tokens[rows].astype(np.float64)))

        return sum(each_block(among, len(expected)))


class _Group:
    """One group while its copies are fitted: `factor` and the `tokens` it gives, at most `goal`."""

    def __init__(
        self, sampler: Copies, pool: Pool, noise: np.ndarray, members: np.ndarray, goal: int
    ) -> None:
        self._sampler, self.goal = sampler, goal
        self._expected = np.exp(pool.log_weight[members])
        self._noise = noise[members]
        self._n_tokens = pool.n_tokens[members]
        found = sampler._factor(self._expected, self._noise, self._n_tokens, goal, None)
        self.factor = (_ENDLESS if found is None else found) if len(members) else 0.0
        self.tokens = self._total(self.factor)

    def _total(self, factor: float) -> int:
        return int(
            (self._sampler._count(self._expected, self._noise, factor) * self._n_tokens).sum()
        )

    def one_more(self, left: int) -> int:
        """Take the next document where tokens are lacking and it fits into `left`; its tokens, else 0."""
        more = float(np.nextafter(self.factor, np.inf))
        gain = self._total(more) - self.tokens
        if not (0 < gain <= left and self.tokens < self.goal):
            return 0
        self.factor, self.tokens = more, self.tokens + gain
        return gain


def _exp(log_weight: np.ndarray) -> np.ndarray:
    out = np.empty(len(log_weight))
    each_block(lambda rows: np.exp(log_weight[rows], out=out[rows]), len(out))
    return out


def factor_of(pool: Pool, cut: Mapping[str, np.ndarray]) -> float | np.ndarray:
    """What expected copies are multiplied by: one number, or (n_docs,) by group, unknown ones as the group of none."""
    factor = cut["factor"]
    return float(factor[0]) if len(factor) == 1 else factor[_code(pool, cut)]


def _code(pool: Pool, cut: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
    """(n_docs,) group from 0, which is none."""
    assert pool.stratum is not None
    code = pool.stratum.astype(np.int64) + 1
    return code if cut is None else np.where(code < len(cut["factor"]), code, 0)


def _bisect(
    sampler: Copies,
    expected: np.ndarray,
    noise: np.ndarray,
    tokens: np.ndarray,
    budget_tokens: int,
    low: float,
    high: float,
) -> float:
    """Halve [low, high) until its ends are neighbouring floats, dropping documents whose copies no longer change."""
    settled, (expected, noise, tokens) = _moving(sampler, (expected, noise, tokens), low, high)
    at_low, at_high = (sampler._count(expected, noise, end) for end in (low, high))
    while low < (middle := (low + high) / 2) < high:
        moving = at_low != at_high
        settled += float((at_low[~moving] * tokens[~moving]).sum())
        expected, noise, tokens = expected[moving], noise[moving], tokens[moving]
        at_low, at_high = at_low[moving], at_high[moving]
        at_middle = sampler._count(expected, noise, middle)
        if settled + float((at_middle * tokens).sum()) <= budget_tokens:
            low, at_low = middle, at_middle
        else:
            high, at_high = middle, at_middle
        if len(expected) == 0:
            break
    return low


def _moving(
    sampler: Copies, columns: tuple[np.ndarray, np.ndarray, np.ndarray], low: float, high: float
) -> tuple[float, list[np.ndarray]]:
    """Tokens of the copies that are the same at `low` and `high`, and the columns of the documents whose are not."""

    def among(rows: slice) -> tuple[float, list[np.ndarray]]:
        expected, noise, tokens = (column[rows] for column in columns)
        at_low = sampler._count(expected, noise, low)
        moves = np.flatnonzero(at_low != sampler._count(expected, noise, high))
        at_low[moves] = 0
        settled = float(np.einsum("i,i->", at_low, tokens.astype(np.float64)))
        return settled, [column[moves] for column in (expected, noise, tokens)]

    settled, pieces = zip(*each_block(among, len(columns[0])), strict=True)
    return sum(settled), [np.concatenate(piece) for piece in zip(*pieces, strict=True)]
