"""Number range: what a form offers for a numeric setting, by its default and bounds alone.

A narrow range is a slider with a round step, anything else is typed. What moves settings by itself, as the search for the
smallest change that flips a document, keeps to values that a user can set.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_SLIDER_SPAN = 200  # wider integer ranges are typed


@dataclass(frozen=True)
class NumberRange:
    """Both ends inclusive, None where there is none; `slider` moves from `low` by `step`."""

    low: Any
    high: Any
    step: Any
    slider: bool


def number_range(info: FieldInfo, kind: type) -> NumberRange:
    """Of a setting of type `kind`, int or float, that is no None by default; open bounds are a step further in."""
    default, bounds = info.get_default(call_default_factory=True), _bounds(info)
    low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
    span = None if low is None or high is None else high - low
    step = _step(default, kind, span)
    tiny = kind is float and bool(default) and abs(default) < step  # a slider would show it as 0
    if tiny:
        step = float(10.0 ** math.floor(math.log10(abs(default))))
    if low is not None:
        low = kind(low + step if "gt" in bounds else low)
    if high is not None:
        high = kind(high - step if "lt" in bounds else high)
    narrow = span is not None and span <= (_SLIDER_SPAN if kind is int else 20)
    return NumberRange(low, high, step, narrow and not tiny and default is not None)


def _bounds(info: FieldInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for rule in info.metadata:
        for name in ("ge", "gt", "le", "lt"):
            if getattr(rule, name, None) is not None:
                found[name] = getattr(rule, name)
    return found


def _step(default: Any, kind: type, span: float | None) -> Any:
    """A round step: a hundredth of a narrow range, a tenth of the default otherwise."""
    if kind is int:
        return (
            1 if not isinstance(default, int) or default < 1000 else 10 ** (len(str(default)) - 2)
        )
    size = span / 100 if span and span <= 20 else abs(default or 1.0) / 10
    return float(10.0 ** round(math.log10(size or 0.01)))
