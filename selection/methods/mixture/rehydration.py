"""Rehydration: give back to the documents that stay after deduplication a number of copies by the size of their cluster.

Penedo et al., 2025, "FineWeb2: One Pipeline to Scale Them All", arXiv:2506.20920.

    log_weight[d] = log(copies[size of d's near-duplicate cluster])  if d is the first of its cluster, else -inf

- `adaptive` is the paper's rule: sizes whose documents a filter removes less often than others get more copies (see
  `primitives.size_copies`). The filter is a list of rules; what fails them is not drawn, as in the paper.
- `fixed` is a published table: of the first README of FineWeb2, or any other, such as a language's own.

Differs from the paper:
- of a cluster the first document stays, there any one
- documents a step, `min_docs`, are not stated in the paper; it had corpora in which every small size is common

Cost: one sort of the cluster sizes to fit; row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, Field

from selection.core.documents import Documents, State
from selection.core.errors import BadSetting
from selection.core.method import DocumentMethod, Needs
from selection.core.weights import Scale, Weights
from selection.primitives.bounds import Bound
from selection.primitives.exclusion import excluding
from selection.primitives.rules import Rules, parse
from selection.primitives.size_copies import SizeCopies
from selection.primitives.standard_scores import missing

_SIZE, _RANK = "near_duplicate_size", "near_duplicate_rank"


def _checked(table: str) -> str:
    SizeCopies.parse(table)
    return table


class Rehydration(DocumentMethod):
    """Expected copies for the copies sampler."""

    title: ClassVar[str] = "Rehydration"
    cites: ClassVar[str] = "arXiv:2506.20920"
    scale: ClassVar[Scale] = "nats"
    sampler: ClassVar[str] = "copies"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "first table": {"rule": "fixed", "table": "1:1 2:2 3:3 5:5 100:8 1000:1"},
        "paper, by removal": {"rule": "adaptive", "most": 10},
    }

    rule: Literal["fixed", "adaptive"] = Field(
        "fixed",
        description="Where the copies come from: a fixed table, or the rate at which rules remove documents of each size.",
    )
    table: Annotated[str, AfterValidator(_checked)] = Field(
        "1:1 2:2 3:3 5:5 100:8 1000:1",
        description="With rule=fixed, size:copies pairs; a size that is not listed has the copies of the one before.",
    )
    passes: Rules = Field(
        (),
        description="With rule=adaptive, the filter: bounds that must all hold, such as n_words>=50 (semicolons between).",
        json_schema_extra={"widget": "rules"},
    )
    most: int = Field(
        10, ge=2, le=100, description="With rule=adaptive, copies at the lowest removal rate."
    )
    min_docs: int = Field(
        200,
        ge=1,
        description="With rule=adaptive, neighbouring sizes are pooled until this many documents have them.",
    )

    def required(self) -> Needs:
        """The clusters' sizes, the place in them, and the signals of the filter."""
        numbers = [bound.signal for bound in self._bounds() if not bound.labels]
        labels = [bound.signal for bound in self._bounds() if bound.labels]
        names = dict.fromkeys([_SIZE, _RANK, *(name for name in numbers if name != "n_tokens")])
        return Needs(signals=tuple(names), labels=tuple(dict.fromkeys(labels)))

    def fit(self, docs: Documents) -> State:
        """The steps from size to copies."""
        if self.rule == "fixed":
            steps = SizeCopies.parse(self.table)
            return {"sizes": steps.sizes, "copies": steps.copies}
        rated = ~np.any([np.zeros(len(docs), bool), *self._missing(docs).values()], axis=0)
        kept = np.flatnonzero(rated & (docs.signals[_RANK] == 1))
        removed = ~self._passed(docs)[kept]
        steps = SizeCopies.fit(docs.signals[_SIZE][kept], removed, self.most, self.min_docs)
        return {"sizes": steps.sizes, "copies": steps.copies}

    def weigh(self, docs: Documents, state: State) -> Weights:
        """Log of the copies; `because` has them and the size of the cluster."""
        size = docs.signals[_SIZE].astype(np.float64)
        copies = SizeCopies(state["sizes"], state["copies"]).of(size)
        refused = {
            "another document of its cluster stays": docs.signals[_RANK] != 1,
            "fails a rule": ~self._passed(docs),
        }
        with np.errstate(divide="ignore"):
            log_weight = np.log(copies)
        because = {"cluster_size": size, "expected_copies": copies}
        return excluding(log_weight, self._missing(docs), because, refused)

    def _bounds(self) -> tuple[Bound, ...]:
        return tuple(parse(rule) for rule in self.passes) if self.rule == "adaptive" else ()

    def _passed(self, docs: Documents) -> np.ndarray:
        """(n_docs,) bool."""
        if self.rule == "adaptive" and not self.passes:
            raise BadSetting(
                "rehydration with rule=adaptive needs the rules of a filter, got none; name some in passes, or use rule=fixed"
            )
        held = np.ones(len(docs), bool)
        for bound in self._bounds():
            held &= bound.holds(docs)
        return held

    def _missing(self, docs: Documents) -> dict[str, np.ndarray]:
        absent = {f"{each.signal} is not rated": each.absent(docs) for each in self._bounds()}
        return {**missing(docs, (_SIZE, _RANK)), **absent}
