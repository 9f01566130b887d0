"""Parquet, Arrow files and Hugging Face dataset folders: columns in, records out, a few megabytes at a time.

A Hugging Face folder (save_to_disk) is read from its Arrow streams directly, in the order that state.json gives.
A part that cannot be decoded is set aside as one row that names the rows lost; reading goes on after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from selection.core.errors import BadInput
from selection.formats.readers.gather import MAX_BYTES, MAX_ROWS
from selection.formats.readers.rows import Input, Records, Rejected
from selection.formats.readers.streams import open_bytes


def parquet(item: Input, start_row: int) -> Iterator[Records]:
    """Batches of a Parquet file's rows; row groups before `start_row` are not read."""
    with open_bytes(item.path) as file:
        try:
            table = pq.ParquetFile(file)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(item, error) from None
        first = 0
        for group in range(table.num_row_groups):
            facts = table.metadata.row_group(group)
            if first + facts.num_rows > start_row:
                done = item.size_bytes * first // max(table.metadata.num_rows, 1)
                yield from _row_group(table, group, first, start_row, done, item)
            first += facts.num_rows


def _row_group(
    table: pq.ParquetFile, group: int, first: int, start_row: int, done: int, item: Input
) -> Iterator[Records]:
    facts = table.metadata.row_group(group)
    wide = max(facts.total_byte_size // max(facts.num_rows, 1), 1)
    size = max(1, min(MAX_ROWS, MAX_BYTES // wide))
    row = first
    try:
        batches = table.iter_batches(batch_size=size, row_groups=[group], use_threads=False)
        # the stated size is that of dictionaries and codes, so a batch can be far larger than it says
        for piece in chain.from_iterable(map(_pieces, batches)):
            skip = max(start_row - row, 0)
            row += piece.num_rows
            if skip < piece.num_rows:
                share = (row - first) / facts.num_rows
                part = item.size_bytes * facts.num_rows / max(table.metadata.num_rows, 1)
                at = int(done + part * share)
                yield to_records(piece.slice(skip), row - piece.num_rows + skip, at)
    except (pa.ArrowException, OSError) as error:
        last = first + facts.num_rows
        lost = Rejected(
            row, "file is damaged", b"", f"rows {row} to {last - 1} are lost ({_short(error)})"
        )
        yield Records([], [], None, [lost], last, done)


def arrow(item: Input, start_row: int) -> Iterator[Records]:
    """Batches of one Arrow file or stream."""
    yield from _arrow_files([(item.path, item.size_bytes)], item, start_row)


def huggingface(item: Input, start_row: int) -> Iterator[Records]:
    """Batches of one split that `save_to_disk` wrote."""
    parts = arrow_parts(Path(item.path))
    yield from _arrow_files([(part, part.stat().st_size) for part in parts], item, start_row)


def arrow_parts(folder: Path) -> list[Path]:
    """The Arrow files that state.json names, in its order; names that leave the folder are refused."""
    try:
        state = orjson.loads((folder / "state.json").read_bytes())
        names = [entry["filename"] for entry in state["_data_files"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"a Hugging Face folder must have a state.json that lists its files, got {str(folder)!r} ({_short(error)});"
            " save it again with save_to_disk"
        ) from None
    parts = [folder / str(name) for name in names]
    for part in parts:
        if part.name != part.relative_to(folder).as_posix() or not part.is_file():
            raise BadInput(
                f"a Hugging Face folder must hold the files that its state.json names, and {part.name!r} is not in"
                f" {str(folder)!r}; copy the folder again"
            )
    return parts


def _arrow_files(
    parts: list[tuple[Path | str, int]], item: Input, start_row: int
) -> Iterator[Records]:
    row = done = 0
    for path, size in parts:
        with open_bytes(path) as file:
            try:
                for batch in _batches(file):
                    for piece in _pieces(batch):
                        skip = max(start_row - row, 0)
                        row += piece.num_rows
                        if skip < piece.num_rows:
                            at = done + min(file.tell(), size)
                            yield to_records(piece.slice(skip), row - piece.num_rows + skip, at)
            except (pa.ArrowException, OSError, EOFError) as error:
                if row == 0 and len(parts) == 1:
                    raise _unreadable(item, error) from None
                if row >= start_row:
                    lost = Rejected(
                        row, "file ends early", b"", f"{Path(str(path)).name}: {_short(error)}"
                    )
                    yield Records([], [], None, [lost], row + 1, done)
                row += 1
        done += size


def _batches(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    magic = file.read(6)
    file.seek(0)
    if magic == b"ARROW1":
        reader = pa.ipc.open_file(file)
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)
    else:
        yield from pa.ipc.open_stream(file)


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    wide = max(batch.nbytes // max(batch.num_rows, 1), 1)
    size = max(1, min(MAX_ROWS, MAX_BYTES // wide))
    for start in range(0, batch.num_rows, size):
        yield batch.slice(start, size)


def to_records(batch: pa.RecordBatch, first: int, bytes_done: int) -> Records:
    """Python records of a batch; a row with a string that is not UTF-8 is set aside."""
    rows = list(range(first, first + batch.num_rows))
    try:
        return Records(rows, batch.to_pylist(), None, [], first + batch.num_rows, bytes_done)
    except UnicodeDecodeError:
        return _row_by_row(batch, rows, bytes_done)


def _row_by_row(batch: pa.RecordBatch, rows: list[int], bytes_done: int) -> Records:
    good: list[int] = []
    found: list[dict[str, Any]] = []
    rejected: list[Rejected] = []
    for place, row in enumerate(rows):
        one = batch.slice(place, 1)
        try:
            found.extend(one.to_pylist())
            good.append(row)
        except UnicodeDecodeError:
            rejected.append(Rejected(row, "not UTF-8", _strings(one)))
    return Records(good, found, None, rejected, rows[-1] + 1, bytes_done)


def _strings(row: pa.RecordBatch) -> bytes:
    """The bytes of a row's strings, one a line."""
    flat = [
        column.cast(pa.large_binary())[0].as_py() or b""
        for column in row.columns
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    ]
    return b"\n".join(flat)


def _unreadable(item: Input, error: Exception) -> BadInput:
    name = "Parquet" if item.kind == "parquet" else "Arrow"
    return BadInput(
        f"a {name} file must be whole, got {str(item.path)!r} ({_short(error)}); copy or write it again"
    )


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120].rstrip(".")
