"""A folder of text files is one input: one file, one document; a lone text file is the same with one file.

HTML becomes its visible text. The source is the sub-folder a file lies in, else its extension; the id is the path
below the folder, with the folder's name in front.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selection.formats.readers.gather import Item, gather
from selection.formats.readers.html_text import visible_text
from selection.formats.readers.rows import Input, Records, Rejected
from selection.formats.readers.sniff import text_files
from selection.formats.readers.streams import MAX_LINE, ByteStream

_HTML = {".html", ".htm", ".xhtml"}


def records(item: Input, start_row: int) -> Iterator[Records]:
    """Batches of a folder's files from file number `start_row` on, in order of their paths."""
    root = Path(item.path)
    done = [0]
    return gather(_items(text_files(root), root, start_row, done), lambda: done[0])


def text(item: Input, start_row: int) -> Iterator[Records]:
    """The one document of a lone text file."""
    done = [0]
    path = Path(item.path)
    return gather(_items([path], path.parent, start_row, done), lambda: done[0])


def _items(files: list[Path], root: Path, start_row: int, done: list[int]) -> Iterator[Item]:
    for row, path in enumerate(files):
        size = path.stat().st_size if path.exists() else 0
        done[0] += size
        if row >= start_row:
            value, raw = _document(row, path, root)
            yield row, value, raw


def _document(row: int, path: Path, root: Path) -> tuple[dict[str, Any] | Rejected, bytes]:
    name = path.relative_to(root).as_posix()
    raw, fault = _bytes(path)
    if fault:
        return Rejected(row, fault, raw, name), raw
    try:
        body = raw.decode("utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else raw.decode()
    except UnicodeDecodeError as error:
        return Rejected(row, "not UTF-8", raw, f"{name}, byte {error.start}"), raw
    folder = path.parent.relative_to(root).as_posix()
    source = folder if folder != "." else path.suffix.lstrip(".").lower() or None
    record: dict[str, Any] = {"id": f"{root.name}/{name}", "source": source, "path": name}
    if path.suffix.lower() in _HTML:
        record["title"], body = visible_text(body)
    return {"text": body.replace("\r\n", "\n"), **record}, raw


def _bytes(path: Path) -> tuple[bytes, str | None]:
    stream = ByteStream(path)
    parts: list[bytes] = []
    size = 0
    for block in stream.blocks():
        parts.append(block)
        size += len(block)
        if size > MAX_LINE:
            return b"".join(parts)[: 1 << 20], "text is over-long"
    return b"".join(parts), stream.fault
