"""JSON arrays, and values that simply follow each other, parsed one element at a time in bounded memory.

A scanner finds where elements begin and end (strings, brackets and commas only); orjson then reads each element alone,
so one broken element is set aside and the next goes on.

Cost: memory is one block plus the longest element; the scan runs at about 200 MB/s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selection.formats.readers.gather import Item, gather
from selection.formats.readers.jsonl import value_of
from selection.formats.readers.rows import Input, Records, Rejected
from selection.formats.readers.streams import MAX_LINE, ByteStream, CutLine

# A whole string (possessive: a torn one is found torn at once), a bracket, a comma, or the quote of a torn string.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[][{},]|"', re.DOTALL)


def records(item: Input, start_row: int) -> Iterator[Records]:
    """Batches of the file's elements from element `start_row` on."""
    stream = ByteStream(item.path)
    return gather(_items(stream, start_row), lambda: stream.position)


def _items(stream: ByteStream, start_row: int) -> Iterator[Item]:
    row = -1
    for raw, whole in elements(stream):
        row += 1
        if row < start_row:
            continue
        value = value_of(row, raw) if raw else None
        if whole and value is not None:
            yield row, value, raw
            continue
        if isinstance(value, dict):  # the last element is whole, what follows it is missing
            yield row, value, raw
            raw, row = b"", row + 1
        reason = stream.fault or "file ends early"
        yield row, Rejected(row, reason, raw, "the rest of the file is lost"), raw


def elements(stream: ByteStream) -> Iterator[tuple[bytes, bool]]:
    """The bytes of each element and whether it is whole; only the last can be torn."""
    scanner = _Scanner()
    for block in stream.blocks():
        yield from scanner.feed(block)
    rest = scanner.rest()
    if rest or scanner.level is None or scanner.depth > 0 or stream.fault:
        if scanner.depth == 0 and not stream.fault and rest:
            yield rest, True
        elif scanner.level is not None or stream.fault:
            yield rest, False


class _Scanner:
    """Cuts blocks into elements. `level` is the depth of the elements: 1 in an array, 0 in a sequence of values."""

    def __init__(self) -> None:
        self.level: int | None = None
        self.depth = 0
        self.buffer = b""
        self.at = 0  # scanned up to here
        self.cut = (
            False  # the element at the head of the buffer is too long and has lost its middle
        )

    def rest(self) -> bytes:
        return self.buffer.strip()

    def feed(self, block: bytes) -> Iterator[tuple[bytes, bool]]:
        self.buffer += block
        if self.level is None:
            stripped = self.buffer.lstrip()
            if not stripped:
                return
            self.level = 1 if stripped[:1] == b"[" else 0
            self.buffer, self.depth = (stripped[1:], 1) if self.level else (stripped, 0)
        begin = 0
        for token in _TOKEN.finditer(self.buffer, self.at):
            kind = token[0]
            if len(kind) > 1:
                continue
            if kind == b'"':
                self.at = token.start()
                break
            end = self._step(kind, token.start())
            if end is not None:
                found = self.buffer[begin:end].strip()
                begin = token.end()
                if found:
                    yield (CutLine(found) if self.cut else found), True
                self.cut = False
        else:
            self.at = len(self.buffer)
        self._forget(begin)

    def _step(self, kind: bytes, start: int) -> int | None:
        """Follow one token; the end of the element when one is complete (elements of depth 0 end with their bracket)."""
        if kind in b"[{":
            self.depth += 1
        elif kind in b"]}":
            self.depth -= 1
            if self.depth < self.level:  # type: ignore[operator]
                self.depth = 0
                self.level = 0
                return start
            if self.depth == 0 and self.level == 0:
                return start + 1
        elif self.depth == self.level and self.level == 1:
            return start
        return None

    def _forget(self, begin: int) -> None:
        self.buffer = self.buffer[begin:]
        self.at = max(self.at - begin, 0)
        if len(self.buffer) > MAX_LINE:
            self.cut = True
            keep = self.buffer[self.at :] if len(self.buffer) - self.at <= MAX_LINE else b'"'
            self.buffer = self.buffer[: 1 << 20] + keep
            self.at = len(self.buffer) - len(keep)
