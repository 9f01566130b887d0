"""JSON lines, plain or compressed: one record a line, each line judged alone so that a bad one stops nothing.

Cost: orjson parses several hundred MB/s; decompression and the mapping of fields take most of the time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson

from selection.formats.readers.gather import Item, gather
from selection.formats.readers.rows import Input, Records, Rejected
from selection.formats.readers.streams import ByteStream, CutLine, lines


def records(item: Input, start_row: int) -> Iterator[Records]:
    """Batches of the file's lines from line `start_row` on; blank lines count as lines and as nothing else."""
    stream = ByteStream(item.path)
    return gather(_items(stream, start_row), lambda: stream.position)


def _items(stream: ByteStream, start_row: int) -> Iterator[Item]:
    row = -1
    held: bytes | None = None  # one line behind, because only the last line can be torn by a fault
    for line in lines(stream):
        if held is not None and row >= start_row and not held.isspace() and held:
            yield row, value_of(row, held), held
        row += 1
        held = line
    if held is not None and row >= start_row and held and not held.isspace():
        value = value_of(row, held)
        if stream.fault is None or isinstance(value, dict):
            yield row, value, held
            held, row = b"", row + 1
    if stream.fault is not None and max(row, 0) >= start_row:
        torn = held or b""
        detail = "the rest of the file is lost"
        yield max(row, 0), Rejected(max(row, 0), stream.fault, torn, detail), torn


def value_of(row: int, raw: bytes) -> dict[str, Any] | Rejected:
    """The record in some bytes, or the reason why there is none. A bare string is a record with a text."""
    if isinstance(raw, CutLine):
        return Rejected(row, "line is over-long", bytes(raw), "only the beginning is kept")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        value = _second_reading(row, raw, error)
    if isinstance(value, dict | Rejected):
        return value
    if isinstance(value, str):
        return {"text": value}
    return Rejected(row, "not a record", raw, f"a {type(value).__name__}")


def _second_reading(row: int, raw: bytes, error: orjson.JSONDecodeError) -> Any:
    """NaN and Infinity, which Python and pandas write, are read as null; else the reason."""
    if "surrogate" in error.msg:
        return Rejected(row, "not UTF-8", raw, error.msg)
    try:
        return json.loads(raw.decode(), parse_constant=lambda _: None)
    except UnicodeDecodeError as not_text:
        return Rejected(row, "not UTF-8", raw, f"byte {not_text.start} of the row")
    except (ValueError, RecursionError):
        return Rejected(row, "broken JSON", raw, error.msg)
