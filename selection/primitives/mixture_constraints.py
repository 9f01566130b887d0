"""Constraints on a mixture as a user writes them, read by a pattern, never evaluated as code.

    code >= 2M              at least two million tokens from code (k, M and B are thousand, million, billion)
    forums + blogs <= 15%   at most 15 % of the tokens drawn
    books == 10%            exactly so much
    books <= 3 epochs       no document of books more than three times on average
    each <= 20%             the same bound for every group by itself

A name with one of + < > = ; " in it, or the name `each` itself, stands in double quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

EACH = "each"
_SCALE = {"": 1, "k": 1e3, "m": 1e6, "b": 1e9}
_NAME = r'(?:"(?:[^"\\]|\\.)*"|[^"+<>=;]+)'
_PATTERN = re.compile(
    rf"\s*({_NAME}\s*(?:\+\s*{_NAME}\s*)*)(<=|>=|==)\s*(\d+\.?\d*|\.\d+)\s*([kmb]?)\s*(%|tokens?|epochs?|)\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+')
Unit = Literal["%", "tokens", "epochs"]


@dataclass(frozen=True)
class Constraint:
    """A bound on what is drawn of some groups together, or of each group by itself where `groups` is empty."""

    groups: tuple[str, ...]
    sign: str  # <=, >= or ==
    number: float
    unit: Unit

    def __str__(self) -> str:
        names = " + ".join(map(_quoted, self.groups)) or EACH
        gap = "" if self.unit == "%" else " "
        return f"{names} {self.sign} {self.number:.12g}{gap}{self.unit}"

    def words(self, noun: str) -> str:
        """As people say it; `noun` is what a group is, such as source."""
        side = {"<=": "at most", ">=": "at least", "==": "exactly"}[self.sign]
        whom = " and ".join(self.groups) or f"each {noun}"
        if self.unit == "%":
            return f"{side} {self.number:g} % of the tokens from {whom}"
        if self.unit == "tokens":
            return f"{side} {self.number:,.0f} tokens from {whom}"
        return f"{side} {self.number:g} epoch{'' if self.number == 1 else 's'} of {whom}"


def parse(text: str) -> Constraint:
    """Read one constraint; ValueError with the form expected."""
    found = _PATTERN.fullmatch(text)
    if found is None:
        raise ValueError(
            f"a constraint must read `group sign number unit`, such as code >= 2M or forums <= 15% or each <= 3 epochs"
            f" (signs <= >= ==; % of the tokens, tokens or epochs), got {text!r}"
        )
    names, sign, number, scale, unit = found.groups()
    kind: Unit = "%" if unit == "%" else "epochs" if unit.lower().startswith("epoch") else "tokens"
    if scale and kind != "tokens":
        raise ValueError(f"k, M and B count tokens, got {text!r}; write the number out")
    if kind == "%" and float(number) > 100:
        raise ValueError(f"a share is at most 100%, got {text!r}")
    bare = names.strip().lower() == EACH
    groups = (
        () if bare else tuple(_named(each) for each in re.findall(_NAME, names) if each.strip())
    )
    return Constraint(groups, sign, float(number) * _SCALE[scale.lower()], kind)


def parts(text: str) -> list[str]:
    """The constraints of one text, with semicolons between them, unread; a semicolon in double quotes divides nothing."""
    return [part.strip() for part in _PARTS.findall(text) if part.strip()]


def _named(text: str) -> str:
    text = text.strip()
    return str(json.loads(text)) if text.startswith('"') else text


def _quoted(name: str) -> str:
    plain = name == name.strip() and name.lower() != EACH and re.fullmatch(r'[^"+<>=;]+', name)
    return name if plain else json.dumps(name, ensure_ascii=False)


def _split(constraints: Any) -> Any:
    """Constraints as a list, or as one text with semicolons between them; both at once is fine."""
    listed = [constraints] if isinstance(constraints, str) else constraints
    if not isinstance(listed, Iterable) or not all(isinstance(each, str) for each in listed):
        return constraints
    return tuple(str(parse(part)) for each in listed for part in parts(each))


Constraints = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""The type of a setting that holds constraints, each `parse`d and written in one form."""
