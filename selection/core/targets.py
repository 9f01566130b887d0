"""Targets: sets of texts that a selection should resemble, or must not contain (benchmarks)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Target:
    """One set. `key` is the hash of its texts, so equal texts are one target whatever file they came in."""

    key: str  # 16 hex digits
    name: str
    text: pa.LargeStringArray  # (n_items,)

    def __len__(self) -> int:
        return len(self.text)


TargetKeys = Annotated[tuple[str, ...], Field(max_length=64)]
"""The type of a setting that names targets."""


PassageWords = Annotated[
    int, Field(ge=5, le=50, description="Words in a row that make a passage; 8 to 13 are usual.")
]
ShortestItem = Annotated[
    int,
    Field(
        ge=3,
        le=50,
        description="Items of fewer words than a passage are looked for as a whole, down to this many.",
    ),
]
"""The types of two settings by which benchmark items are found in text."""


def targets_field(description: str) -> Any:
    """A setting whose value is a tuple of target keys: the form offers the workspace's targets and new files.

    A leaf whose `needs` has `targets` calls this setting `targets`; `--target FILE` of the shell fills it.
    """
    return Field((), description=description, json_schema_extra={"widget": "targets"})
