"""Files that are whole or absent: written under a temporary name in the same folder, synced, renamed.

A process killed at any moment leaves at most a temporary file (`.tmp-…`), which nothing reads and `reclaim` removes.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from selection.core.errors import DamagedPart, DiskFull

TEMPORARY = ".tmp-"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yields a temporary path to write to; renames it to `path` when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{TEMPORARY}{path.name}-", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        with room_for(path):
            yield temporary
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.chmod(0o644)  # mkstemp makes files that only their owner may read
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def room_for(path: Path) -> Iterator[None]:
    """A disk that is full while `path` is written is a `DiskFull`."""
    try:
        yield
    except OSError as error:
        if _is_full(error):
            raise disk_full(path) from None
        raise


def _is_full(error: OSError) -> bool:
    return error.errno in {errno.ENOSPC, errno.EDQUOT} or "No space left" in str(error)


def disk_full(path: Path) -> DiskFull:
    """What is said when `path` cannot be written."""
    free = shutil.disk_usage(path.parent).free / 2**20
    return DiskFull(
        f"the disk must have room for {path.name}, and {path.parent} has {free:,.0f} MB free;"
        " free some space (reclaim disk, delete subsets) and start again: everything finished is kept"
    )


def write_json(path: Path, value: Any) -> None:
    """One JSON document, readable by people."""
    with whole(path) as temporary:
        temporary.write_text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """The JSON document, or None where there is none."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None


def read_lines(path: Path) -> Iterator[Any]:
    """The JSON values of a file of lines; one cut short by a kill is left out."""
    with path.open("rb") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                continue


def open_lines(path: Path) -> tuple[int, int]:
    """A descriptor that appends lines to a file, and how many are there; close it after use.

    A line cut short by a kill must not take the next one with it: it is ended first.
    """
    held = path.read_bytes() if path.exists() else b""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    if held and not held.endswith(b"\n"):
        os.write(file, b"\n")
    return file, held.count(b"\n")


def write_parquet(path: Path, table: pa.Table) -> None:
    """One Parquet part, zstd."""
    with whole(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", compression_level=3)


def open_parquet(path: Path) -> pq.ParquetFile:
    """One part as it is (a folder named like a=b above it means nothing), or a `DamagedPart`."""
    try:
        # ahead of what is asked for, a part costs more than to read it
        return pq.ParquetFile(path, pre_buffer=False)
    except pa.ArrowInvalid as error:
        raise damaged(path, error) from None


def read_parquet(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The rows of one part, or a `DamagedPart`."""
    try:
        # a part is small: to share it between threads costs more than to read it
        return open_parquet(path).read(columns=columns, use_threads=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise damaged(path, error) from None


def damaged(path: Path | str, error: Exception) -> DamagedPart:
    """What is said of a file that Winnow wrote and cannot read any more."""
    why = " ".join(str(error).split())[:120]
    return DamagedPart(
        f"every part of a workspace must be a whole file, and {path} is damaged ({why}); put it back from a copy, or"
        " delete the workspace and ingest again"
    )


def write_npy(path: Path, array: np.ndarray) -> None:
    """One array, to be memory-mapped."""
    with whole(path) as temporary, temporary.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def size_bytes(path: Path) -> int:
    """Bytes on disk of a file or of everything below a folder; what vanishes meanwhile counts as nothing."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except FileNotFoundError:
                continue
    return total
