"""Rule filter: keep documents whose signals lie within bounds, and say which rule dropped the others.

    log_weight[d] = 0 if every rule holds, else -inf

A rule is `signal operator number` with one of >= <= > < == !=, such as `n_words>=50`; `n_tokens` is always there. Of
a signal that is a category it is `signal == label` or `!=`, such as `language==en`, with | between several labels.
Rules are read by a pattern, never evaluated as code. What a dropped document is told stands in `primitives.bounds`.

Cost: one comparison per rule; row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from selection.primitives.bounds import OPERATORS, Bound, BoundsFilter

_PATTERN = re.compile(
    r"\s*([A-Za-z_]\w*)\s*(>=|<=|==|!=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
)
_LABELS = re.compile(
    r"\s*([A-Za-z_]\w*)\s*(==|!=)\s*([A-Za-z][\w-]*(?:\s*\|\s*[A-Za-z][\w-]*)*)\s*"
)


def parse(text: str) -> Bound:
    """Read `n_words>=50` or `language==en|de`; ValueError with the form expected."""
    found = _PATTERN.fullmatch(text)
    if found is None and (named := _LABELS.fullmatch(text)):
        return Bound(named[1], named[2], float("nan"), tuple(re.split(r"\s*\|\s*", named[3])))
    if found is None:
        raise ValueError(
            f"a rule must read `signal operator number`, such as n_words>=50 (operators {' '.join(OPERATORS)})"
        )
    return Bound(found[1], found[2], float(found[3]))


def _split(rules: Any) -> Any:
    """Rules as a list, or as one text with semicolons between them; both at once is fine."""
    listed = [rules] if isinstance(rules, str) else rules
    if not isinstance(listed, Iterable) or not all(isinstance(each, str) for each in listed):
        return rules
    rules = [part.strip() for each in listed for part in each.split(";") if part.strip()]
    return tuple(str(parse(rule)) for rule in rules)


class RuleFilter(BoundsFilter):
    """Any signal, any bound."""

    title: ClassVar[str] = "Rule filter"

    rules: Annotated[tuple[str, ...], BeforeValidator(_split)] = Field(
        ("n_tokens >= 50",),
        min_length=1,
        description="Bounds that must all hold, such as n_words>=50;language==en|de (semicolons between rules).",
        json_schema_extra={"widget": "rules"},
    )

    def bounds(self) -> tuple[Bound, ...]:
        """The rules, read."""
        return tuple(parse(rule) for rule in self.rules)
