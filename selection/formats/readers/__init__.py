"""Readers: outside files to batches of rows, streamed in bounded memory; a bad row never stops a file.

`expand` finds the inputs behind paths, `preview` shows what they would become, `read` yields the rows, and
`fingerprint` tells the same bytes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import orjson

from selection.formats.readers import columnar, delimited, folder, json_values, jsonl
from selection.formats.readers.fields import Fields
from selection.formats.readers.inputs import expand, fingerprint
from selection.formats.readers.mapping import Mapper, resolve
from selection.formats.readers.rows import (
    REASONS,
    Column,
    Input,
    Kind,
    Preview,
    Records,
    Rejected,
    Rows,
)
from selection.formats.readers.suggest import describe, guess, suggest

__all__ = [
    "REASONS",
    "Column",
    "Fields",
    "Input",
    "Preview",
    "Rejected",
    "Rows",
    "expand",
    "fingerprint",
    "preview",
    "read",
    "records_of",
    "settle",
    "suggest",
]

_FORMATS: dict[Kind, Callable[[Input, int], Iterator[Records]]] = {
    "parquet": columnar.parquet,
    "arrow": columnar.arrow,
    "huggingface": columnar.huggingface,
    "jsonl": jsonl.records,
    "json": json_values.records,
    "csv": delimited.records,
    "folder": folder.records,
    "text": folder.text,
}


def read(item: Input, fields: Fields, start_row: int = 0) -> Iterator[Rows]:
    """Batches of at most about 1,000 rows or 8 MB, from row `start_row` on.

    Raises `BadInput` when no text can be made, `UnknownName` when a named field is nowhere in the first batch.
    """
    settled = settle(item, fields)
    if settled is None:  # not one good record at the beginning: nothing to map, all to quarantine
        settled = fields
    mapper = Mapper(settled, item.label)
    for batch in records_of(item, start_row):
        yield mapper.rows(batch)


def settle(item: Input, fields: Fields) -> Fields | None:
    """The mapping that `read` uses: gaps filled from the column names of the file's first records; None without any."""
    records = _first_records(item)
    if not records:
        return None
    return resolve(fields, describe(records), records, repr(item.label))


def preview(item: Input, fields: Fields, n: int = 10) -> Preview:
    """Columns, the mapping that fits them, and the first `n` documents as dicts; reads only the beginning.

    The documents follow `fields`, with the suggestion in its gaps. Raises `UnknownName` for a field that is not there.
    """
    records = _first_records(item)
    columns = describe(records)
    suggested = suggest(columns)
    chosen = fields
    if records:
        if not fields.text and not fields.template:
            chosen = fields.model_copy(
                update={"text": suggested.text, "template": suggested.template}
            )
        chosen = resolve(chosen, columns, records, repr(item.label))
    documents: list[dict[str, Any]] = []
    rejected: list[Rejected] = []
    mapper = Mapper(chosen, item.label)
    for batch in islice(records_of(item), 1):
        rows = mapper.rows(batch)
        last = rows.row[n - 1] if len(rows) >= n else rows.next_row
        rejected = [one for one in rows.rejected if one.row <= last][:n]
        documents = [_document(rows, place) for place in range(min(n, len(rows)))]
    guessed = guess(columns)
    named = not records or bool(guessed.text or guessed.template)
    return Preview(columns, suggested, documents, rejected, named)


def _document(rows: Rows, place: int) -> dict[str, Any]:
    return {
        "row": rows.row[place],
        "text": rows.text[place].as_py(),
        "id": rows.id[place],
        "source": rows.source[place],
        "date": rows.date[place],
        "url": rows.url[place],
        "metadata": orjson.loads(rows.metadata[place]),
    }


def records_of(item: Input, start_row: int = 0) -> Iterator[Records]:
    """Batches of records as they stand in the file, before any field is mapped."""
    return _FORMATS[item.kind](item, start_row)


def _first_records(item: Input) -> list[dict[str, Any]]:
    """The records of the first batch that has any, looking at no more than ten batches."""
    for batch in islice(records_of(item), 10):
        if batch.record:
            return batch.record
    return []
