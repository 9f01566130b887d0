"""Rule filter: keep documents whose signals lie within bounds, and say which rule dropped the others.

    log_weight[d] = 0 if every rule holds, else -inf

A rule is `signal operator number` with one of >= <= > < == !=, such as `n_words>=50`; `n_tokens` is always there. Of
a signal that is a category it is `signal == label` or `!=`, such as `language==en`, with | between several labels.
Rules are read by a pattern, never evaluated as code. What a dropped document is told stands in `primitives.bounds`.

Cost: one comparison per rule; row by row.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from selection.primitives.bounds import Bound, BoundsFilter
from selection.primitives.rules import Rules, parse


class RuleFilter(BoundsFilter):
    """Any signal, any bound."""

    title: ClassVar[str] = "Rule filter"

    rules: Rules = Field(
        ("n_tokens >= 50",),
        min_length=1,
        description="Bounds that must all hold, such as n_words>=50;language==en|de (semicolons between rules).",
        json_schema_extra={"widget": "rules"},
    )

    def bounds(self) -> tuple[Bound, ...]:
        """The rules, read."""
        return tuple(parse(rule) for rule in self.rules)
