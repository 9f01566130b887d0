"""Records to rows: the text, id, source, date and address are taken out, every other column becomes metadata."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
import pyarrow as pa

from selection.core.errors import BadInput, UnknownName, close_matches
from selection.formats.readers import paths
from selection.formats.readers.chunks import chunks
from selection.formats.readers.fields import ROLES, Fields
from selection.formats.readers.rows import Column, Records, Rejected, Rows
from selection.formats.readers.suggest import guess
from selection.formats.readers.template import Template, text_of


def resolve(
    fields: Fields, columns: list[Column], records: list[dict[str, Any]], where: str
) -> Fields:
    """The mapping with its gaps filled from the column names, checked against the first records of a file.

    Raises `UnknownName` for a field that no record has, `BadInput` when no text can be made.
    """
    names = [column.name for column in columns]
    wanted = [getattr(fields, role) for role in ("text", *ROLES)]
    if fields.template:
        wanted += Template(fields.template).columns
    for name in filter(None, wanted):
        if not any(paths.has(record, name) for record in records):
            raise UnknownName(f"{where} has no field {name!r}; {close_matches(name, names)}")
    known = guess(columns)
    filled = {role: getattr(known, role) for role in ROLES if getattr(fields, role) is None}
    if not fields.text and not fields.template:
        if not known.text and not known.template:
            raise BadInput(
                f"a file must have a text column, and {where} has {', '.join(names[:30]) or 'no columns'};"
                ' name the column with --text FIELD, or make text from columns with --template "rows"'
            )
        filled |= {"text": known.text, "template": known.template}
    settled = fields.model_copy(update=filled)
    if settled.text and settled.source == settled.text and fields.source is None:
        settled = settled.model_copy(update={"source": None})
    return settled


@dataclass
class _Columns:
    """The lists of one batch while it grows."""

    text: list[str] = field(default_factory=list)
    id: list[str | None] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    date: list[str | None] = field(default_factory=list)
    url: list[str | None] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    row: list[int] = field(default_factory=list)


class Mapper:
    """Applies one settled field mapping to batches of records."""

    def __init__(self, fields: Fields, label: str) -> None:
        self._fields = fields
        self._label = label
        self._template = Template(fields.template) if fields.template and not fields.text else None
        used = [fields.text] if fields.text else []
        if self._template is not None:
            used += self._template.columns
        self._used = [name for name in (*used, *(getattr(fields, role) for role in ROLES)) if name]
        self._roles = [getattr(fields, role) for role in ROLES]
        self._apart = {name for name in self._roles if name}  # "rows" must not repeat them

    def rows(self, batch: Records) -> Rows:
        """The documents of a batch, and its rejects: those of the format, then those without a usable text."""
        out = _Columns()
        rejected = list(batch.rejected)
        for place, record in enumerate(batch.record):
            row = batch.row[place]
            raw = batch.raw[place] if batch.raw is not None else None
            try:
                why = self._add(out, row, record)
            except RecursionError:
                why = "not a record", "nested too deeply"
            if why is not None:
                reason, detail = why
                kept = raw if raw is not None else to_json(record).encode()
                rejected.append(Rejected(row, reason, kept, detail))
        rejected.sort(key=lambda one: one.row)
        return Rows(
            text=pa.array(out.text, pa.large_string()),
            id=out.id,
            source=out.source,
            date=out.date,
            url=out.url,
            metadata=out.metadata,
            row=out.row,
            rejected=rejected,
            next_row=batch.next_row,
            bytes_done=batch.bytes_done,
        )

    def _add(self, out: _Columns, row: int, record: dict[str, Any]) -> tuple[str, str] | None:
        fields = self._fields
        text = self._text(record)
        if text is None:
            return "text is missing", fields.text or "the template's columns"
        if not text or text.isspace():
            return "text is empty", ""
        if not _clean(text):
            return "not UTF-8", "a null character or half a surrogate pair in the text"
        pieces = chunks(text, fields.chunk_words) if fields.chunk_words else (text,)
        if len(text) > fields.max_chars and max(map(len, pieces)) > fields.max_chars:
            return "text is over-long", f"{len(text)} characters, at most {fields.max_chars}"
        name, source, when, url = labels = [
            label_of(paths.get(record, path)) if path else None for path in self._roles
        ]
        for label in labels:
            if label is not None and not _clean(label):
                return "not UTF-8", "a null character or half a surrogate pair beside the text"
        metadata = self._metadata(record)
        if metadata is None:
            return "not UTF-8", "half a surrogate pair beside the text"
        count = len(pieces)
        out.text.extend(pieces)
        out.id.extend((name,) if count == 1 else chunk_ids(name, count))
        out.source.extend((source or self._label,) * count)
        out.date.extend((when,) * count)
        out.url.extend((url,) * count)
        out.metadata.extend((metadata,) * count)
        out.row.extend((row,) * count)
        return None

    def _text(self, record: dict[str, Any]) -> str | None:
        if self._template is None:
            return text_of(paths.get(record, self._fields.text or ""))
        if self._template.kind != "rows":
            return self._template.fill(record)
        apart = self._apart
        return self._template.fill({k: v for k, v in record.items() if k not in apart})

    def _metadata(self, record: dict[str, Any]) -> str | None:
        """Every column that is not mapped, as JSON; None when it holds half a surrogate pair."""
        for name in self._used:
            paths.drop(record, name)
        if not record:
            return "{}"
        try:
            return to_json(record)
        except UnicodeEncodeError:
            return None


def chunk_ids(name: str | None, count: int) -> list[str | None]:
    """name/0000, name/0001, …; without a name none has an id."""
    return [f"{name}/{number:04d}" if name else None for number in range(count)]


def _clean(text: str) -> bool:
    """No null character and no half of a surrogate pair: what Arrow and UTF-8 can hold."""
    if "\0" in text or text.isascii():
        return "\0" not in text
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def label_of(value: Any) -> str | None:
    """An id, source, date or address as a string; numbers in their shortest form, None for what is empty."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None or value != value or isinstance(value, dict):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return " ".join(map(str, value)) or None
    return str(value)


def to_json(record: dict[str, Any]) -> str:
    """Compact JSON. Bytes become base64, dates ISO 8601, NaN null, anything else its text."""
    try:
        return orjson.dumps(record, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # half a surrogate pair, or a whole number beyond 64 bits
        text = json.dumps(record, default=_plain, ensure_ascii=False, separators=(",", ":"))
        text.encode()
        return text


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)
