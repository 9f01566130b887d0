"""Rubrics: what a judge is asked, as text files that anyone can edit (`rubrics/*.toml`, or a file of your own).

A rubric names its kind:

    pointwise   each dimension gets a number within `scale`; `levels` say what the numbers mean
    additive    each dimension lists `points`, each met or not; the number is how many are met. The papers let the model
                add them up; here it answers per point and the sum is ours, so that a sum is never wrong
    pairwise    of two documents, which has more of the dimension; any rubric can be asked this way

A dimension may say `rates`: the quality dimension of Winnow it speaks of (then its column is on 0-5 and is one more rater
of that dimension), or name itself. `labels` ask for a category. Order of keys and comments do not change what a rubric is.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from selection.core.dimensions import DIMENSIONS
from selection.core.errors import BadInput, BadSetting, UnknownName, close_matches
from selection.core.provenance import canonical
from selection.core.settings import Settings

FOLDER = Path(__file__).parent / "rubrics"
Kind = Literal["pointwise", "additive", "pairwise"]
_NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
_LARGEST = 200_000  # bytes of a rubric file


class Dimension(Settings):
    """One thing to rate."""

    id: str = Field(
        pattern=_NAME, max_length=40, description="Name of the column and of the answer's key."
    )
    title: str = Field(description="Name on screen.")
    question: str = Field(description="What is asked, in one or a few sentences.")
    levels: tuple[str, ...] = Field((), description="What each number means, lowest first.")
    points: tuple[str, ...] = Field((), description="Of an additive rubric: each is met or not.")
    rates: str = Field("", description="The quality dimension of Winnow that this one speaks of.")
    polarity: Literal[-1, 0, 1] = Field(1, description="1: higher is better; 0: neither end is.")


class Label(Settings):
    """One category to name."""

    id: str = Field(pattern=_NAME, max_length=40, description="Name of the answer's key.")
    title: str = Field(description="Name on screen.")
    question: str = Field(description="What is asked.")
    options: tuple[str, ...] = Field(min_length=2, description="The labels to choose from.")


class Rubric(Settings):
    """A rubric as its file says it."""

    title: str = Field(description="Name on screen.")
    kind: Kind = Field(description="pointwise, additive or pairwise.")
    source: str = Field("", description="Where the questions come from.")
    scale: tuple[float, float] = Field((0.0, 5.0), description="Lowest and highest number.")
    instructions: str = Field(description="Who the judge is and what to look past.")
    dimensions: tuple[Dimension, ...] = Field(min_length=1, description="What is rated.")
    labels: tuple[Label, ...] = Field((), description="What is named.")

    @model_validator(mode="after")
    def _consistent(self) -> Rubric:
        names = [part.id for part in (*self.dimensions, *self.labels)]
        if len(set(names)) < len(names):
            raise ValueError("a rubric must name each dimension and label once")
        if self.scale[0] >= self.scale[1]:
            raise ValueError("the scale of a rubric must go from low to high")
        for dimension in self.dimensions:
            if self.kind == "additive" and len(dimension.points) < 2:
                raise ValueError(f"dimension {dimension.id} of an additive rubric must list points")
            if dimension.rates and dimension.rates not in DIMENSIONS:
                raise ValueError(
                    f"dimension {dimension.id} must rate one of {', '.join(DIMENSIONS)}, or nothing"
                )
        return self

    def sha256(self) -> str:
        """What the rubric asks, as a hash: equal questions, equal hash."""
        return hashlib.sha256(canonical(self.model_dump(mode="json")).encode()).hexdigest()

    def range_of(self, dimension: Dimension) -> tuple[float, float]:
        """Lowest and highest number a document can get."""
        return (0.0, float(len(dimension.points))) if self.kind == "additive" else self.scale

    def only(self, names: list[str]) -> Rubric:
        """The same rubric asking for these dimensions alone."""
        known = {dimension.id: dimension for dimension in self.dimensions}
        for name in names:
            if name not in known:
                raise UnknownName(
                    f"the rubric has no dimension {name!r}; {close_matches(name, list(known))}"
                )
        kept = tuple(d for d in self.dimensions if d.id in names)
        return self.model_copy(update={"dimensions": kept, "labels": ()})


def ids() -> list[str]:
    """The rubrics that come with Winnow."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> tuple[str, Rubric]:
    """Id and rubric of a name of `ids()` or of a .toml file."""
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not name.endswith(".toml") and name not in ids():
        raise UnknownName(
            f"there is no rubric {name!r}; {close_matches(name, ids())} (or name a .toml file of your own)"
        )
    return _id_of(path), Rubric.build(_parsed(path))


def _id_of(path: Path) -> str:
    import re

    if not re.fullmatch(_NAME, path.stem) or len(path.stem) > 40:
        raise BadSetting(
            f"a rubric's file name is lower-case letters, digits and single underscores, got {path.name[:80]!r}; rename it"
        )
    return path.stem


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(
                f"a rubric holds at most {_LARGEST:,} bytes, and {path.name} has more; name another"
            )
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(
            f"a rubric must be a readable .toml file, got {str(path)!r} ({error.strerror})"
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"a rubric must be TOML, and {path.name} is not: {error}") from None
