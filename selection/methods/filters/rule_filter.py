"""Rule filter: keep documents whose signals lie within bounds, and say which rule dropped the others.

    log_weight[d] = 0 if every rule holds, else -inf

A rule is `signal operator number` with one of >= <= > < == !=, such as `n_words>=50`; `n_tokens` is always there. Of
a signal that is a category it is `signal == label` or `!=`, such as `language==en`, with | between several labels.
Rules are read by a pattern, never evaluated as code. For a dropped document, `because` holds the first rule that failed,
the value it had and the bound, or the label it had. A document that passes every rule it can be checked on, but lacks a
signal, is excluded and counted.

Cost: one comparison per rule; row by row.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import BeforeValidator, Field

from selection.core.documents import Categories, Documents, State
from selection.core.method import DocumentMethod, Needs
from selection.core.weights import Scale, Weights
from selection.primitives.exclusion import excluding

_OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
_PATTERN = re.compile(
    r"\s*([A-Za-z_]\w*)\s*(>=|<=|==|!=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
)
_LABELS = re.compile(
    r"\s*([A-Za-z_]\w*)\s*(==|!=)\s*([A-Za-z][\w-]*(?:\s*\|\s*[A-Za-z][\w-]*)*)\s*"
)


class Rule(NamedTuple):
    """One bound on one signal; `labels` instead of a bound where the signal is a category."""

    signal: str
    sign: str
    bound: float
    labels: tuple[str, ...] = ()

    def __str__(self) -> str:
        wanted = "|".join(self.labels) or f"{self.bound:.12g}"
        return f"{self.signal} {self.sign} {wanted}"

    def holds(self, values: np.ndarray) -> np.ndarray:
        """(n_docs,) bool; a missing value breaks no rule."""
        return np.isnan(values) | _OPERATORS[self.sign](values, self.bound)

    def holds_label(self, given: Categories) -> np.ndarray:
        """(n_docs,) bool; a missing label breaks no rule."""
        listed = np.array([*(name in self.labels for name in given.names), self.sign == "=="])
        return listed[given.codes] == (self.sign == "==")


def parse(text: str) -> Rule:
    """Read `n_words>=50` or `language==en|de`; ValueError with the form expected."""
    found = _PATTERN.fullmatch(text)
    if found is None and (named := _LABELS.fullmatch(text)):
        return Rule(named[1], named[2], np.nan, tuple(re.split(r"\s*\|\s*", named[3])))
    if found is None:
        raise ValueError(
            f"a rule must read `signal operator number`, such as n_words>=50 (operators {' '.join(_OPERATORS)})"
        )
    return Rule(found[1], found[2], float(found[3]))


def _split(rules: Any) -> Any:
    """Rules as a list, or as one text with semicolons between them; both at once is fine."""
    listed = [rules] if isinstance(rules, str) else rules
    if not isinstance(listed, Iterable) or not all(isinstance(each, str) for each in listed):
        return rules
    rules = [part.strip() for each in listed for part in each.split(";") if part.strip()]
    return tuple(str(parse(rule)) for rule in rules)


class RuleFilter(DocumentMethod):
    """Any signal, any bound."""

    title: ClassVar[str] = "Rule filter"
    scale: ClassVar[Scale] = "none"
    sampler: ClassVar[str] = "top"

    rules: Annotated[tuple[str, ...], BeforeValidator(_split)] = Field(
        ("n_tokens >= 50",),
        min_length=1,
        description="Bounds that must all hold, such as n_words>=50;language==en|de (semicolons between rules).",
        json_schema_extra={"widget": "rules"},
    )

    def required(self) -> Needs:
        """The signals that the rules name."""
        rules = [parse(rule) for rule in self.rules]
        numbers = dict.fromkeys(rule.signal for rule in rules if not rule.labels)
        labels = dict.fromkeys(rule.signal for rule in rules if rule.labels)
        return Needs(tuple(name for name in numbers if name != "n_tokens"), tuple(labels))

    def weigh(self, docs: Documents, state: State) -> Weights:
        """0 or -inf, with rule, value and bound (or label) for the dropped."""
        failed = np.zeros(len(docs), np.int16)  # number of the first rule that failed, from 1
        value, bound = np.full(len(docs), np.nan), np.full(len(docs), np.nan)
        label = np.full(len(docs), "", object)
        missing: dict[str, np.ndarray] = {}
        rules = [parse(rule) for rule in self.rules]
        for number, rule in enumerate(rules, start=1):
            if rule.labels:
                given = docs.labels[rule.signal]
                fresh = (failed == 0) & ~rule.holds_label(given)
                label[fresh] = np.array([*given.names, ""], object)[given.codes[fresh]]
                absent = given.codes < 0
            else:
                column = docs.n_tokens if rule.signal == "n_tokens" else docs.signals[rule.signal]
                column = column.astype(np.float64)
                fresh = (failed == 0) & ~rule.holds(column)
                value[fresh], bound[fresh] = column[fresh], rule.bound
                absent = np.isnan(column)
            failed[fresh] = number
            missing[f"{rule.signal} is not rated"] = absent
        text = np.array(["", *map(str, rules)], object)[failed]
        missing = {reason: absent & (failed == 0) for reason, absent in missing.items()}
        because = {"rule": text, "rule_value": value, "rule_bound": bound}
        if any(rule.labels for rule in rules):
            because["rule_label"] = label
        return excluding(np.where(failed > 0, -np.inf, 0.0), missing, because)
