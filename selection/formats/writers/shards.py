"""Shards: files of a bounded size, hashed while they are written, renamed when all of them are complete."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from selection.formats.writers.chunks import fixed_chunks, plain_schema

TEMPORARY = ".partial"


@dataclass(frozen=True)
class Written:
    """One finished file: `path` relative to the export's folder, with forward slashes; `sha256` in hex."""

    path: str
    sha256: str
    size_bytes: int
    n_docs: int


class HashedFile:
    """A file to write once, front to back, that knows its size and sha256; enough of a file for Arrow and zstd."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.closed = False
        self.size_bytes = 0
        self._abandoned = False
        self._hash = hashlib.sha256()
        self._file = path.open("wb")

    def write(self, data: bytes | memoryview | pa.Buffer) -> int:
        size = memoryview(data).nbytes
        if self._abandoned:
            return size  # an encoder that is collected later still wants to write its end
        self._file.write(data)
        self._hash.update(data)
        self.size_bytes += size
        return size

    def tell(self) -> int:
        return self.size_bytes

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """Force the bytes to the disk, so that the later rename never names an empty file."""
        if not self.closed:
            self.closed = True
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def abandon(self) -> None:
        """Close without a word and remove the file."""
        self.closed = self._abandoned = True
        self._file.close()
        self.path.unlink(missing_ok=True)

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class ShardWriter(Protocol):
    """What a format must give: chunks in, then an end (which does not close the file)."""

    def write_batch(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


OpenShard = Callable[[HashedFile, pa.Schema], ShardWriter]
ShardName = Callable[[int, int], str]  # (number, total) -> path relative to the folder


def write_shards(
    batches: Iterator[pa.RecordBatch],
    schema: pa.Schema,
    out: Path,
    open_shard: OpenShard,
    name: ShardName,
    shard_bytes: int,
) -> list[Written]:
    """Stream the rows into as many shards as they need; a failure leaves none of them."""
    schema = plain_schema(schema)
    out.mkdir(parents=True, exist_ok=True)
    for left in out.glob(f".shard-*{TEMPORARY}"):
        left.unlink()  # of a writer that was killed
    begun: list[HashedFile] = []
    counts: list[int] = []
    try:
        shard: ShardWriter | None = None
        for chunk in fixed_chunks(batches, schema):
            if shard is None:
                shard = _begin(out, begun, counts, open_shard, schema)
            shard.write_batch(chunk)
            # Measured: without this the peak creeps up by some 50 MB in the first GB.
            pa.default_memory_pool().release_unused()
            counts[-1] += chunk.num_rows
            if begun[-1].size_bytes >= shard_bytes:
                _finish(shard, begun[-1])
                shard = None
        if not begun:
            shard = _begin(out, begun, counts, open_shard, schema)
        if shard is not None:
            _finish(shard, begun[-1])
    except BaseException:
        for file in begun:
            file.abandon()
        raise
    return [
        _publish(file, out, name(number, len(begun)), n_docs)
        for number, (file, n_docs) in enumerate(zip(begun, counts, strict=True))
    ]


def write_file(out: Path, name: str, text: str, n_docs: int = 0) -> Written:
    """A small text file, written and published like a shard."""
    out.mkdir(parents=True, exist_ok=True)
    file = HashedFile(out / f".{Path(name).name}{TEMPORARY}")
    try:
        file.write(text.encode())
        file.close()
    except BaseException:
        file.abandon()
        raise
    return _publish(file, out, name, n_docs)


def _begin(
    out: Path,
    begun: list[HashedFile],
    counts: list[int],
    open_shard: OpenShard,
    schema: pa.Schema,
) -> ShardWriter:
    begun.append(HashedFile(out / f".shard-{len(begun):05d}{TEMPORARY}"))
    counts.append(0)
    return open_shard(begun[-1], schema)


def _finish(shard: ShardWriter, file: HashedFile) -> None:
    shard.close()
    file.close()


def _publish(file: HashedFile, out: Path, name: str, n_docs: int) -> Written:
    final = out / name
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(file.path, final)
    return Written(name, file.sha256, file.size_bytes, n_docs)
