"""Funnel: how many documents and tokens each rule of some filters removes alone, in sequence, and only it.

A filter made of bounds counts one rule a bound, in its order; any other filter is one rule. A document that lacks the signal
of a rule fails it, as it would be excluded.

Cost: one comparison a rule and document; memory of one bit a rule and document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from selection.core.errors import BadSetting
from selection.core.method import Method
from selection.core.progress import Progress, silent
from selection.primitives.bounds import BoundsFilter, FittedBounds
from selection.store import columns
from selection.store.workspace import Workspace
from selection.workflow import text_weights, weigh
from selection.workflow.weigh import Weighed


@dataclass(frozen=True)
class Removed:
    """Documents and tokens."""

    n_docs: int
    n_tokens: int


@dataclass(frozen=True)
class Rule:
    """What one rule takes out."""

    method: str
    title: str
    rule: str
    alone: Removed  # if it were the only rule
    in_sequence: Removed  # of what the rules before it left
    only_it: Removed  # that every other rule would keep
    left: Removed  # after it and all before it


@dataclass(frozen=True)
class Funnel:
    """Rules in the order in which they are applied."""

    rules: tuple[Rule, ...]
    corpus: Removed
    kept: Removed
    thresholds: dict[
        str, list[dict[str, Any]]
    ]  # of a filter whose bounds are fitted: a row a language

    def table(self) -> list[dict[str, Any]]:
        """One row a rule, documents and tokens side by side."""
        rows = []
        for rule in self.rules:
            row: dict[str, Any] = {"method": rule.method, "rule": rule.rule}
            for name in ("alone", "in_sequence", "only_it", "left"):
                told: Removed = getattr(rule, name)
                row |= {f"{name}_docs": told.n_docs, f"{name}_tokens": told.n_tokens}
            rows.append(row)
        return rows

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return asdict(self)


def funnel(space: Workspace, methods: Sequence[Method], progress: Progress = silent) -> Funnel:
    """Count what each rule of these filters removes from the whole corpus."""
    ranking = [method.id() for method in methods if method.scale != "none"]
    if ranking or not methods:
        raise BadSetting(
            f"a funnel is made of filters, got {', '.join(ranking) or 'none'}; name filters such as gopher_quality"
        )
    text_weights.ensure(space, methods, progress)
    n_tokens = columns.identity(space)[2]
    named, packed = [], []
    failures = np.zeros(len(n_tokens), np.int32)  # rules that each document fails
    thresholds = {}
    for method in methods:
        weighed = weigh.compute(space, [method])
        if isinstance(method, FittedBounds):
            thresholds[method.id()] = method.thresholds(weighed.states[0])
        for rule, failed in _rules(weighed):
            named.append((method, rule))
            packed.append(np.packbits(failed))
            failures += failed
    rules, open_ = [], np.ones(len(n_tokens), bool)
    for (method, rule), bits in zip(named, packed, strict=True):
        failed = np.unpackbits(bits, count=len(n_tokens)).astype(bool)
        here = failed & open_
        open_ &= ~failed
        counted = [
            _removed(rows, n_tokens) for rows in (failed, here, failed & (failures == 1), open_)
        ]
        rules.append(Rule(method.id(), method.title, rule, *counted))
    everything = np.ones(len(n_tokens), bool)
    kept = _removed(open_, n_tokens)
    return Funnel(tuple(rules), _removed(everything, n_tokens), kept, thresholds)


def _rules(weighed: Weighed) -> Iterator[tuple[str, np.ndarray]]:
    """Each rule of a filter with the documents that fail it. (n_docs,) bool"""
    method, docs = weighed.methods[0], weighed.docs
    if not isinstance(method, BoundsFilter):
        yield method.title.lower(), np.isneginf(weighed.weights.log_weight)
        return
    for bound in method.bounds_for(docs, weighed.states[0]):
        yield str(bound), ~bound.holds(docs) | bound.absent(docs)


def _removed(rows: np.ndarray, n_tokens: np.ndarray) -> Removed:
    return Removed(int(rows.sum()), int(n_tokens[rows].sum()))
