"""Settings: frozen pydantic models whose field descriptions are the form, the help, the README and the error.

A *leaf* (method, signal, sampler, embedder, clusterer, projection) is its own bag of settings: equal settings are
equal, hash, and survive JSON. The file it stands in is its id, the folder its family.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from selection.core.errors import BadSetting, close_matches


class Settings(BaseModel):
    """Frozen, closed (an unknown key is an error) and hashable."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def build(cls, values: dict[str, Any]) -> Self:
        """Validate a mapping; a `BadSetting` names rule, value and meaning of the first field that is off.

        A list may also come as one text with commas, as the shell gives it.
        """
        values = {name: _listed(cls, name, value) for name, value in values.items()}
        try:
            return cls(**values)
        except ValidationError as error:
            raise BadSetting(_sentence(cls, error)) from None

    @classmethod
    def parse(cls, pairs: list[str]) -> Self:
        """Build from shell pairs `key=value`; a value that looks like a JSON list or object is read as JSON."""
        return cls.build(read_pairs(pairs))

    def changed(self) -> dict[str, Any]:
        """The settings that differ from their default, as JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)


def read_pairs(pairs: list[str]) -> dict[str, Any]:
    """`key=value` pairs as a mapping of text, or of what its JSON says."""
    values: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise BadSetting(f"a setting is written key=value, got {pair!r}")
        values[name.strip()] = _read(value.strip())
    return values


def _listed(cls: type[Settings], name: str, value: Any) -> Any:
    field = cls.model_fields.get(name)
    if not isinstance(value, str) or field is None or get_origin(field.annotation) is not tuple:
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _read(value: str) -> Any:
    if value.startswith(("[", "{")):
        try:
            return json.loads(value)
        except json.JSONDecodeError as error:
            raise BadSetting(
                f"a value that starts with {value[0]!r} must be JSON, got {value!r} ({error.msg})"
            ) from None
    return value


def _sentence(cls: type[Settings], error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        owner = cls.id() if issubclass(cls, Leaf) else cls.__name__
        return f"{owner} has no setting {name!r}; {close_matches(name, list(cls.model_fields))}"
    top = str(first["loc"][0]) if first["loc"] else ""
    field = cls.model_fields.get(top)
    meaning = f" ({field.description})" if field is not None and field.description else ""
    rule = first["msg"].removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    rule = rule[0].lower() + rule[1:]
    if first["type"] == "missing":
        return f"{name} must be given{meaning}"
    if not name:
        return rule
    return f"{name} {rule}, got {first['input']!r}{meaning}"


class Leaf(Settings):
    """One file of a catalogue folder. Class facts: `title`, and `version`, raised whenever its numbers change."""

    title: ClassVar[str]
    version: ClassVar[int] = 1

    @classmethod
    def id(cls) -> str:
        """The file name."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def family(cls) -> str:
        """The folder name."""
        return cls.__module__.split(".")[-2]

    @classmethod
    def summary(cls) -> str:
        """First line of the module's header: the idea in one sentence."""
        import sys

        return (sys.modules[cls.__module__].__doc__ or cls.title).strip().splitlines()[0]
