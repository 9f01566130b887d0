"""Control: random draws with as many tokens as a subset, so that a difference can be told from luck.

Several seeds give a mean and a spread; a subset that lies within the spread is not different from a random draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.store import columns, subsets
from selection.store.workspace import Workspace
from selection.workflow import compare, draw, weigh
from selection.workflow.compare import Comparison

NAME = "random"


@dataclass(frozen=True)
class Controlled:
    """A comparison whose last `n_seeds` entries are random draws."""

    comparison: Comparison
    n_seeds: int

    @property
    def n_subsets(self) -> int:
        """Without the random draws."""
        return len(self.comparison.subsets) - self.n_seeds

    def table(self) -> list[dict[str, Any]]:
        """One row per subset; the random draws as one row of means, and one of standard deviations (n - 1)."""
        rows = self.comparison.table()
        told, drawn = rows[: self.n_subsets], rows[self.n_subsets :]
        if not drawn:
            return told
        for label, fold in (("mean", np.mean), ("sd", lambda values: np.std(values, ddof=1))):
            numbers = {
                name: _folded([row[name] for row in drawn], fold)
                for name in drawn[0]
                if name not in ("subset", "method")
            }
            told.append({"subset": f"{NAME}, {label} of {self.n_seeds}", "method": NAME, **numbers})
        return told

    def overlap(self, unit: str) -> tuple[list[str], np.ndarray, np.ndarray]:
        """Names, share of the smaller subset that both hold, lift over chance; random draws as one, by their mean.

        unit: documents or tokens. Arrays (n, n).
        """
        counted = getattr(self.comparison.overlap, unit)
        names = [one.name for one in self.comparison.subsets[: self.n_subsets]]
        share, lift = counted.smaller_share, counted.lift
        if not self.n_seeds:
            return names, share, lift
        return (
            [*names, NAME],
            _merged(share, self.n_subsets, self.n_seeds),
            _merged(lift, self.n_subsets, self.n_seeds),
        )


def _folded(values: Sequence[Any], fold: Any) -> float | None:
    return None if any(value is None for value in values) else float(fold(np.array(values, float)))


def _merged(square: np.ndarray, n_subsets: int, n_seeds: int) -> np.ndarray:
    """The last rows and columns as one; its own cell is the mean over pairs of different seeds."""
    out = np.full((n_subsets + 1, n_subsets + 1), np.nan)
    out[:n_subsets, :n_subsets] = square[:n_subsets, :n_subsets]
    out[-1, :n_subsets] = out[:n_subsets, -1] = square[:n_subsets, n_subsets:].mean(axis=1)
    own = square[n_subsets:, n_subsets:]
    if n_seeds > 1:
        out[-1, -1] = own[~np.eye(n_seeds, dtype=bool)].mean()
    return out


def compare_with_control(
    space: Workspace, named: Sequence[str], like: str = "", n_seeds: int = 0
) -> Controlled:
    """Compare saved subsets, and `n_seeds` random draws with the tokens of the subset `like`."""
    if not n_seeds:
        return Controlled(compare.compare(space, named), 0)
    n_tokens = columns.identity(space)[2]
    copies = [subsets.copies(space, name, len(n_tokens)) for name in named]
    methods = [tuple(subsets.read_facts(space, name)["methods"]) for name in named]
    wanted = int((copies[list(named).index(like)] * n_tokens).sum())
    compared = compare.compare_copies(
        space,
        [*named, *names(n_seeds)],
        [*copies, *draws(space, wanted, n_seeds)],
        [*methods, *((NAME,) for _ in range(n_seeds))],
    )
    return Controlled(compared, n_seeds)


def names(n_seeds: int) -> list[str]:
    """Of so many random draws."""
    return [f"{NAME}, seed {seed}" for seed in range(1, n_seeds + 1)]


def draws(space: Workspace, budget_tokens: int, n_seeds: int) -> list[np.ndarray]:
    """Random draws of so many tokens, each as copies per document, (n_docs,) int32."""
    # a subset with copies may hold more than the corpus
    budget = min(budget_tokens, int(columns.identity(space)[2].sum()))
    chance = weigh.named(NAME)
    sampler = draw.sampler_for([chance], None)
    return [
        draw.preview(space, [chance], sampler, budget, seed).copies()
        for seed in range(1, n_seeds + 1)
    ]
