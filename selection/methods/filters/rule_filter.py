"""Rule filter: keep documents whose signals lie within bounds, and say which rule dropped the others.

    log_weight[d] = 0 if every rule holds, else -inf

A rule is `signal operator number` with one of >= <= > < == !=, such as `n_words>=50`; `n_tokens` is always there.
Rules are read by a pattern, never evaluated as code. For a dropped document, `because` holds the first rule that
failed, the value it had and the bound. A document that passes every rule it can be checked on, but lacks a signal,
is excluded and counted.

Cost: one comparison per rule; row by row.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import BeforeValidator, Field

from selection.core.documents import Documents, State
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


class Rule(NamedTuple):
    """One bound on one signal."""

    signal: str
    sign: str
    bound: float

    def __str__(self) -> str:
        return f"{self.signal} {self.sign} {self.bound:.12g}"

    def holds(self, values: np.ndarray) -> np.ndarray:
        """(n_docs,) bool; a missing value breaks no rule."""
        return np.isnan(values) | _OPERATORS[self.sign](values, self.bound)


def parse(text: str) -> Rule:
    """Read `n_words>=50`; ValueError with the form expected."""
    found = _PATTERN.fullmatch(text)
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
        description="Bounds that must all hold, such as n_words>=50;symbol_share<0.1 (semicolons between rules).",
        json_schema_extra={"widget": "rules"},
    )

    def required(self) -> Needs:
        """The signals that the rules name."""
        names = dict.fromkeys(parse(rule).signal for rule in self.rules)
        return Needs(signals=tuple(name for name in names if name != "n_tokens"))

    def weigh(self, docs: Documents, state: State) -> Weights:
        """0 or -inf, with rule, value and bound for the dropped."""
        failed = np.zeros(len(docs), np.int16)  # number of the first rule that failed, from 1
        value, bound = np.full(len(docs), np.nan), np.full(len(docs), np.nan)
        missing: dict[str, np.ndarray] = {}
        rules = [parse(rule) for rule in self.rules]
        for number, rule in enumerate(rules, start=1):
            column = docs.n_tokens if rule.signal == "n_tokens" else docs.signals[rule.signal]
            column = column.astype(np.float64)
            fresh = (failed == 0) & ~rule.holds(column)
            failed[fresh], value[fresh], bound[fresh] = number, column[fresh], rule.bound
            missing[f"{rule.signal} is not rated"] = np.isnan(column)
        text = np.array(["", *map(str, rules)], object)[failed]
        missing = {reason: absent & (failed == 0) for reason, absent in missing.items()}
        because = {"rule": text, "rule_value": value, "rule_bound": bound}
        return excluding(np.where(failed > 0, -np.inf, 0.0), missing, because)
