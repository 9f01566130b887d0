"""Answers: the JSON a judge must give, as a pydantic model built from the rubric, and as a JSON schema for the server.

A number outside the scale, a missing dimension, a list of points of another length, `true` for a number: each makes the
answer malformed, with the reason. Nothing is filled in or pulled into range. Extra keys are ignored. Words around the
object are tolerated (reasoning in `<think>`, a code fence), since servers without structured output add them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    ValidationError,
    create_model,
)

from selection.signals.judges.rubric import Rubric

REASON_CHARS = 2_000


@dataclass(frozen=True)
class Rating:
    """One value of one answer. Of a pair the value is 1 where the second document shown has more, else 0."""

    dimension: str
    value: float | None
    label: str | None
    reason: str


class Malformed(ValueError):
    """The answer is not what was asked for; the message says why."""


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


def _model_of(rubric: Rubric, pairs: bool) -> type[BaseModel]:
    """The pydantic model of a valid answer."""
    reason = (str, "")
    fields: dict[str, Any] = {}
    for dimension in rubric.dimensions:
        low, high = rubric.range_of(dimension)
        if pairs:
            value = {"choice": (Literal["A", "B"], ...)}
        elif rubric.kind == "additive":
            n_points = len(dimension.points)
            points = Annotated[list[StrictBool], Field(min_length=n_points, max_length=n_points)]
            value = {"points": (points, ...)}
        else:
            number = Annotated[StrictInt | StrictFloat, Field(ge=low, le=high)]
            value = {"score": (number, ...)}
        part = create_model(f"{dimension.id}_answer", __base__=_Lenient, reason=reason, **value)  # type: ignore[call-overload]
        fields[dimension.id] = (part, ...)
    for label in () if pairs else rubric.labels:
        fields[label.id] = (Literal[tuple(label.options)], ...)
    return create_model("Answer", __base__=_Lenient, **fields)


def schema(rubric: Rubric, pairs: bool) -> dict[str, Any]:
    """The same as a closed JSON schema, every key required, for servers with structured output."""
    properties: dict[str, Any] = {}
    for dimension in rubric.dimensions:
        low, high = rubric.range_of(dimension)
        if pairs:
            value: dict[str, Any] = {"choice": {"type": "string", "enum": ["A", "B"]}}
        elif rubric.kind == "additive":
            n_points = len(dimension.points)
            counted = {"minItems": n_points, "maxItems": n_points}
            value = {"points": {"type": "array", "items": {"type": "boolean"}, **counted}}
        else:
            value = {"score": {"type": "number", "minimum": low, "maximum": high}}
        properties[dimension.id] = _closed({"reason": {"type": "string"}, **value})
    for label in () if pairs else rubric.labels:
        properties[label.id] = {"type": "string", "enum": list(label.options)}
    return _closed(properties)


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    required = list(properties)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def parse(raw: str, rubric: Rubric, pairs: bool) -> list[Rating]:
    """The ratings of an answer, or `Malformed`."""
    try:
        answer = _model_of(rubric, pairs).model_validate(_object(raw))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the answer"
        raise Malformed(f"{place}: {first['msg']}"[:300]) from None
    found = []
    for dimension in rubric.dimensions:
        part = getattr(answer, dimension.id)
        if pairs:
            value = float(part.choice == "B")
        elif rubric.kind == "additive":
            value = float(sum(part.points))
        else:
            value = float(part.score)
        found.append(Rating(dimension.id, value, None, part.reason[:REASON_CHARS]))
    for label in () if pairs else rubric.labels:
        found.append(Rating(label.id, None, getattr(answer, label.id), ""))
    return found


def _object(raw: str) -> dict[str, Any]:
    """The JSON object of a text: the whole of it, or the first that begins in it after any reasoning."""
    text = re.sub(r"\A\s*<think>.*?</think>", "", raw, flags=re.DOTALL).strip()
    if not text:
        raise Malformed("the answer is empty")
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            value, _ = decoder.raw_decode(text, match.start())
        except (json.JSONDecodeError, RecursionError):
            continue
        return value
    raise Malformed("the answer holds no JSON object")
