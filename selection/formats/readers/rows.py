"""Rows: one batch of documents read from an outside file, and the rows that were set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from selection.formats.readers.fields import Fields

Kind = Literal["parquet", "jsonl", "json", "csv", "arrow", "huggingface", "folder", "text"]

REASONS = (
    "broken JSON",
    "not a record",
    "not UTF-8",
    "wrong number of cells",
    "broken cells",
    "line is over-long",
    "text is missing",
    "text is empty",
    "text is over-long",
    "file ends early",
    "file is damaged",
)
"""Every reason a reader gives; what is special to the row is in `Rejected.detail`."""


@dataclass(frozen=True)
class Input:
    """One file or folder to read. `kind` is found from the content; `label` names it on screen and as the source."""

    path: Path | str  # str for addresses such as hf://datasets/owner/name/file.parquet
    kind: Kind
    size_bytes: int
    label: str


@dataclass(frozen=True)
class Rejected:
    """A row that cannot become a document: its number in the file, why, and its bytes."""

    row: int
    reason: str  # one of REASONS
    raw: bytes
    detail: str = ""


@dataclass(frozen=True)
class Records:
    """What a format yields before any field is mapped: records of equal standing, and rows set aside."""

    row: list[int]
    record: list[dict[str, Any]]
    raw: list[bytes] | None  # the bytes of each record where the format has them
    rejected: list[Rejected]
    next_row: int
    bytes_done: int


@dataclass(frozen=True)
class Rows:
    """One batch of documents; lists and arrays of equal length, one entry a document."""

    text: pa.LargeStringArray
    id: list[str | None]  # "/0001" and so on is added for chunks
    source: list[str]
    date: list[str | None]
    url: list[str | None]
    metadata: list[str]  # every other column as one compact JSON object, "{}" where there is none
    row: list[int]  # 0-based line, array element or file number; chunks of one row share it
    rejected: list[Rejected]
    next_row: int  # reading again with start_row=next_row goes on exactly after this batch
    bytes_done: int  # of the file as stored on disk

    def __len__(self) -> int:
        return len(self.row)


class Column(NamedTuple):
    """A column as a person sees it: name (dotted where nested), type in plain words, first value cut short."""

    name: str
    type: str
    example: str


@dataclass(frozen=True)
class Preview:
    """The beginning of a file: its columns, the mapping that fits them, and what the first rows would become."""

    columns: list[Column]
    suggested: Fields
    documents: list[dict[str, Any]]
    rejected: list[Rejected] = field(default_factory=list)
    named: bool = True  # whether `read` finds the text by the columns' names; else it must be told what is suggested
