"""CSV and TSV: cells over several lines, huge cells, any common delimiter; a wrongly encoded line spoils its row only.

The delimiter is the one of comma, tab, semicolon and bar that cuts the first records into the most equal rows.
Columns without a name are called unnamed_0, unnamed_1, …; a name that comes twice gets _2.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from selection.formats.readers.gather import Item, gather
from selection.formats.readers.rows import Input, Records, Rejected
from selection.formats.readers.streams import MAX_LINE, ByteStream, CutLine, lines

DELIMITERS = ",\t;|"
_SAMPLE = 1 << 18


def records(item: Input, start_row: int) -> Iterator[Records]:
    """Batches of the table's rows from row `start_row` on (the header is not a row)."""
    stream = ByteStream(item.path)
    return gather(_items(stream, head(item), start_row), lambda: stream.position)


def head(item: Input) -> str:
    """The beginning of the file as text, for sniffing."""
    taken: list[bytes] = []
    size = 0
    for block in ByteStream(item.path).blocks():
        taken.append(block)
        size += len(block)
        if size >= _SAMPLE:
            break
    return b"".join(taken)[:_SAMPLE].decode("utf-8", errors="replace")


def table(sample: str, delimiter: str) -> list[list[str]]:
    """Up to 100 records of the sample; the last is left out where the sample was cut."""
    csv.field_size_limit(MAX_LINE)
    found: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if cells:
                found.append(cells)
            if len(found) > 100:
                break
    except csv.Error:
        return found
    return found[:-1] if len(sample) >= _SAMPLE - 3 and len(found) > 1 else found


def sniff(sample: str) -> str:
    """The delimiter that cuts most records to the width of the header; the widest header wins a tie."""

    def fit(delimiter: str) -> tuple[float, int]:
        rows = table(sample, delimiter)
        if not rows or len(rows[0]) < 2:
            return (0.0, 0)
        return (sum(len(row) == len(rows[0]) for row in rows) / len(rows), len(rows[0]))

    best = max(DELIMITERS, key=fit)
    return best if fit(best)[1] else ","


def header(cells: list[str]) -> list[str]:
    """Unique names for the columns."""
    names: list[str] = []
    for place, cell in enumerate(cells):
        name = base = cell.strip() or f"unnamed_{place}"
        count = 1
        while name in names:
            count += 1
            name = f"{base}_{count}"
        names.append(name)
    return names


class _Lines:
    """Decoded lines for the csv reader, with the bytes that its current record has consumed."""

    def __init__(self, stream: ByteStream) -> None:
        self._lines = lines(stream)
        self._taken: list[bytes] = []
        self.spoilt = ""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._taken.append(line)
        if isinstance(line, CutLine):
            self.spoilt = "line is over-long"
            return ""
        try:
            return line.decode() + "\n"
        except UnicodeDecodeError:
            self.spoilt = self.spoilt or "not UTF-8"
            return line.decode(errors="replace") + "\n"

    def take(self) -> tuple[bytes, str]:
        raw, spoilt = b"\n".join(self._taken), self.spoilt
        self._taken, self.spoilt = [], ""
        return raw, spoilt


def _items(stream: ByteStream, sample: str, start_row: int) -> Iterator[Item]:
    csv.field_size_limit(MAX_LINE)
    source = _Lines(stream)
    reader = csv.reader(source, delimiter=sniff(sample))
    names: list[str] | None = None
    row = -1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            too_long = "limit" in str(error)
            cells, source.spoilt = [], "line is over-long" if too_long else "broken cells"
        raw, spoilt = source.take()
        if not cells and not spoilt:
            continue
        if names is None:
            names = header(cells)
            continue
        row += 1
        if row >= start_row:
            yield row, _record(row, names, cells, raw, spoilt), raw
    if stream.fault and row + 1 >= start_row:
        yield row + 1, Rejected(row + 1, stream.fault, b"", "the rest of the file is lost"), b""


def _record(
    row: int, names: list[str], cells: list[str], raw: bytes, spoilt: str
) -> dict[str, str | None] | Rejected:
    if spoilt:
        return Rejected(row, spoilt, raw)
    if len(cells) > len(names):
        detail = f"{len(cells)} where the header has {len(names)}"
        return Rejected(row, "wrong number of cells", raw, detail)
    record: dict[str, str | None] = dict(zip(names, cells, strict=False))
    for name in names[len(cells) :]:
        record[name] = None
    return record
