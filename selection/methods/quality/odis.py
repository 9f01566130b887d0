"""ODiS: keep the best documents along every orthogonal quality axis.

He et al., 2025, "Learning from the Best, Differently", arXiv:2510.18909.

Correlated quality scores vote for the same documents twice. On orthogonal axes, give every axis a share of the token
budget and let it take its best:

    log_weight[d] = -min over axes k of depth[d, k],     -inf below the gate
    union: depth[d, k] = rank[d, k] / share[k]
    draft: depth[d, k] = tokens drafted when axis k has gone through its documents down to d, over all tokens

rank is the token-weighted share of the gated corpus that is better on axis k.

Cutting a union at any depth gives the join of the axes' tops, their tokens before joining in proportion to the
shares. In a draft the axes take turns, each picking its best document that is not yet taken, so what each axis adds
is in proportion to the shares. Both are nested: a larger budget contains the smaller one.

The gate keeps an axis that contrasts two signals from importing junk: documents whose joint score (mean of the signed
z-scores of `signals`) lies below the `gate` quantile are never drawn.

Differs from the paper:
- quotas, what happens to a document that two axes want, and the rule behind its joint threshold are not stated in the
  paper; ours are the settings below, and a draft is our addition
- axes come from an axes run, projected exactly; the paper predicts them with one regressor per axis

Cost: fit sorts one column per axis (a draft then walks them once); weigh is row by row, so it runs in batches and
shards. Beyond 10,000 distinct values an axis' curve is kept as 10,000 knots, between which depth is interpolated.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.dimensions import BETTER_WHEN_HIGHER
from selection.core.documents import Documents, State
from selection.core.errors import BadSetting, MissingAxes
from selection.core.memo import once_per_columns
from selection.core.method import DocumentMethod, Needs, SignalNames, signals_field
from selection.core.weights import Scale, Weights
from selection.core.words import Words
from selection.primitives.axis_depth import draft_curves, shallowest, union_curves
from selection.primitives.exclusion import excluding
from selection.primitives.ranks import pack, unpack
from selection.primitives.sorted_ranks import sorted_quantile
from selection.primitives.standard_scores import StandardScores, missing
from selection.primitives.token_budget import tie_noise


class ODiS(DocumentMethod):
    """Tops of every axis, under one gate."""

    title: ClassVar[str] = "ODiS"
    cites: ClassVar[str] = "arXiv:2510.18909"
    needs: ClassVar[Needs] = Needs(axes=True)
    scale: ClassVar[Scale] = "ordinal"
    sampler: ClassVar[str] = "top"

    mode: Literal["union", "draft"] = Field(
        "union",
        description="union joins the axes' tops; draft lets them take turns, so no axis spends its share on documents "
        "that another brought in.",
    )
    shares: tuple[float, ...] = Field(
        (),
        description="Share of each axis, in their order; empty is equal, any sum is scaled to 1.",
    )
    gate: float = Field(
        0.30,
        ge=0,
        lt=1,
        description="Documents whose joint score lies below this quantile of the corpus are never drawn; 0 is off.",
    )
    signals: SignalNames = signals_field(
        BETTER_WHEN_HIGHER,
        "The dimensions whose mean signed z-score is the joint score of the gate.",
    )
    two_sided: bool = Field(
        False, description="Let every axis take its low end too, each end with half the share."
    )
    wanted_depth: float = Field(
        0.10,
        gt=0,
        le=1,
        description="The reason column wanted_by lists all axes that reach the document within this depth of the corpus.",
    )

    def required(self) -> Needs:
        """Axes, and the dimensions unless the gate is off."""
        return self.needs | Needs(signals=self.signals if self.gate > 0 else ())

    def fit(self, docs: Documents) -> State:
        """The gate's threshold, and a depth curve per axis over the documents that pass it."""
        ends = self._ends(docs)
        joint, scores = _zeros(len(docs)), StandardScores.fit(docs, ())
        if self.gate > 0:
            scores = StandardScores.fit(docs, self.signals)
            joint = scores.mean_z(docs)
        rated, ascending = _rated(joint, ends)
        threshold = sorted_quantile(ascending, self.gate) if len(ascending) else -np.inf
        passed = rated & (joint >= threshold)
        shares = self._shares(ends.shape[1])
        if self.mode == "union":
            curves = union_curves(ends, docs.n_tokens, shares, passed)
        else:
            rows = np.flatnonzero(passed)
            tie = tie_noise(0, docs.uid_hash[rows])
            curves = draft_curves(ends[rows], docs.n_tokens[rows], shares, tie)
        return {"threshold": np.array([threshold]), **scores.to_state(), **pack(curves, "depth")}

    def weigh(self, docs: Documents, state: State) -> Weights:
        """Minus the depth; `because`: the axis that chose the document (from 1), its end, and all axes that wanted it."""
        ends, curves = self._ends(docs), unpack(state, "depth")
        if len(curves) != ends.shape[1]:
            raise MissingAxes(
                f"odis was fitted on {len(curves)} axes (or ends of axes), got {ends.shape[1]}; fit it again"
            )
        n_axes = ends.shape[1] // (2 if self.two_sided else 1)
        depth, first, wanted = shallowest(curves, ends, n_axes, self.wanted_depth)
        absent = {"an axis has no score": np.isnan(depth)}
        refused = {}
        if self.gate > 0:
            joint = StandardScores.from_state(state, self.signals).mean_z(docs)
            absent = missing(docs, self.signals) | absent
            refused["joint score below the gate"] = joint < state["threshold"]
        out = np.logical_or.reduce([*absent.values(), *refused.values()])
        chosen_by = np.array([0, *(k % n_axes + 1 for k in range(len(curves)))], np.int8)
        first *= ~out
        wanted *= ~out
        because = {"axis": chosen_by[first], "wanted_by": _axes_text(wanted, n_axes)}
        if self.two_sided:
            low = (first > n_axes).astype(np.uint8)
            because["end"] = Words((1 + low) * ~out, ("", "high", "low"))
        return excluding(-depth, absent, because, refused)

    def _ends(self, docs: Documents) -> np.ndarray:
        """(n_docs, n_ends): the axes, and their low ends as columns of their own where these count too."""
        if docs.axes is None:
            raise MissingAxes("odis needs axes of every document, got none; run `axes` first")
        axes = docs.axes.astype(np.float64, copy=False)
        return _both_ends(axes) if self.two_sided else axes

    def _shares(self, n_ends: int) -> np.ndarray:
        n_axes = n_ends // (2 if self.two_sided else 1)
        shares = np.array(self.shares or np.ones(n_axes), np.float64)
        if len(shares) != n_axes or (shares < 0).any() or not shares.sum() > 0:
            raise BadSetting(
                f"shares must hold a share of at least 0 for each of the {n_axes} axes, got {self.shares}"
            )
        shares = np.tile(shares, n_ends // n_axes)
        return shares / shares.sum()


@once_per_columns(2)
def _both_ends(axes: np.ndarray) -> np.ndarray:
    both = np.asfortranarray(np.hstack([axes, -axes]))
    both.flags.writeable = False
    return both


@once_per_columns(2)
def _rated(joint: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n_docs,) bool of the documents with every score, and their joint scores in ascending order."""
    rated = ~np.isnan(joint)
    for column in ends.T:
        rated &= ~np.isnan(column)
    return rated, np.sort(joint[rated])


@lru_cache(maxsize=1)
def _zeros(n_docs: int) -> np.ndarray:
    zeros = np.zeros(n_docs)
    zeros.flags.writeable = False
    return zeros


def _axes_text(bits: np.ndarray, n_axes: int) -> Words:
    """(n_docs,) text such as `1+3` for bits 0 and 2; "" for none."""
    if n_axes <= 12:
        distinct, place = np.arange(1 << n_axes), bits
    else:
        distinct, place = np.unique(bits, return_inverse=True)
    names = ["+".join(str(k + 1) for k in range(63) if mask >> k & 1) for mask in distinct.tolist()]
    return Words(place, tuple(names)) if names[0] == "" else Words(place + 1, ("", *names))
