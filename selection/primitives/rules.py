"""Rules: bounds on signals as a user writes them, read by a pattern, never evaluated as code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator

from selection.primitives.bounds import OPERATORS, Bound

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


Rules = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""The type of a setting that holds rules, each `parse`d and written in one form."""
