"""Domain groups: labels of documents as numbers 1.., with domains too small to rank by themselves pooled under 0.

Fitted by name, so a shard or another corpus whose labels are numbered differently lands in the same groups; a label
that the fit has not seen, or none, is pooled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from selection.core.documents import Categories


@dataclass(frozen=True)
class DomainGroups:
    """names[g - 1] is the domain of group g."""

    names: tuple[str, ...]

    @classmethod
    def fit(cls, labels: Categories | None, n_docs: int, min_docs: int) -> DomainGroups:
        """Every domain of at least `min_docs` documents; without labels the corpus is one domain named ""."""
        if labels is None:
            return cls(("",))
        counts = np.bincount(labels.codes[labels.codes >= 0], minlength=len(labels.names))
        return cls(tuple(np.array(labels.names, object)[counts[: len(labels.names)] >= min_docs]))

    def of(self, labels: Categories | None, n_docs: int) -> np.ndarray:
        """(n_docs,) group numbers."""
        if labels is None:
            return np.full(n_docs, 1 if self.names == ("",) else 0, np.int32)
        number = {name: group for group, name in enumerate(self.names, start=1)}
        table = np.array(
            [number.get(name, 0) for name in labels.names] + [0], np.int32
        )  # -1 is pooled
        return table[labels.codes]

    def to_state(self) -> dict[str, np.ndarray]:
        """Names as text, for a method's fitted state."""
        return {"domain_names": np.array(self.names, str)}

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray]) -> DomainGroups:
        """The inverse of `to_state`."""
        return cls(tuple(str(name) for name in state["domain_names"]))


def by_number(labels: Categories) -> Categories:
    """The same labels named by their number, for clusters, whose titles need not differ."""
    return Categories(labels.codes, tuple(str(number) for number in range(len(labels.names))))
