"""Bytes from disk or an hf:// address, decompressed block by block, with a note when a file ends early.

Decompression sees at most 4 kB of input at a time, so a small hostile file cannot ask for memory without bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from selection.core.errors import BadInput
from selection.formats.readers import remote

_BLOCK = 1 << 20  # bytes read from disk at a time
_SIP = 1 << 12  # compressed bytes given to a decoder at a time; what damage takes with it
_YIELD = 1 << 18  # decompressed blocks are at least this long, the last one excepted
MAX_LINE = 1 << 26  # bytes of one line or one JSON value; a longer one is set aside
_KEPT = 1 << 20  # bytes kept of a line that is too long

MAGIC = {
    b"\x1f\x8b": "gz",
    b"\x28\xb5\x2f\xfd": "zst",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
}


class CutLine(bytes):
    """The first bytes of a line longer than MAX_LINE."""


def open_bytes(path: Path | str) -> BinaryIO:
    """A seekable binary file; one sentence when it cannot be read."""
    if remote.is_remote(path):
        return remote.open_bytes(str(path))
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise BadInput(
            f"a file must be readable, got {str(path)!r} ({error.strerror or error}); check path and rights"
        ) from None


def codec_of(head: bytes) -> str | None:
    """gz, zst, bz2, xz, or None for a file that is not compressed."""
    if head[:4][1:] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F:
        return "zst"  # a skippable frame comes first
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), None)


def _decoder(codec: str) -> Callable[[], Any]:
    if codec == "gz":
        import zlib

        return lambda: zlib.decompressobj(wbits=31)
    if codec == "zst":
        import zstandard

        return lambda: zstandard.ZstdDecompressor().decompressobj()
    if codec == "bz2":
        import bz2

        return bz2.BZ2Decompressor
    import lzma

    return lzma.LZMADecompressor


def _damage() -> tuple[type[Exception], ...]:
    import lzma
    import zlib

    import zstandard

    return (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, ValueError)


class ByteStream:
    """A file as blocks of decompressed bytes. `fault` is None, "file ends early" or "file is damaged"."""

    def __init__(self, path: Path | str) -> None:
        self._file = open_bytes(path)
        self.fault: str | None = None
        self.position = 0  # bytes of the stored file consumed so far

    def blocks(self) -> Iterator[bytes]:
        """Consecutive bytes, without a UTF-8 byte order mark; closes the file at the end."""
        with self._file:
            head = self._file.read(8)
            self._file.seek(0)
            codec = codec_of(head)
            plain = self._plain() if codec is None else self._inflated(_decoder(codec))
            first = True
            for block in plain:
                yield block.removeprefix(b"\xef\xbb\xbf") if first else block
                first = False

    def _plain(self) -> Iterator[bytes]:
        while block := self._file.read(_BLOCK):
            self.position += len(block)
            yield block

    def _inflated(self, new: Callable[[], Any]) -> Iterator[bytes]:
        parts: list[bytes] = []
        size = 0
        try:
            for part in self._parts(new):
                parts.append(part)
                size += len(part)
                if size >= _YIELD:
                    yield b"".join(parts)
                    parts, size = [], 0
        except _damage():
            self.fault = "file is damaged"
        if parts:
            yield b"".join(parts)

    def _parts(self, new: Callable[[], Any]) -> Iterator[bytes]:
        decoder = new()
        for block in self._plain():
            for start in range(0, len(block), _SIP):
                rest = block[start : start + _SIP]
                while rest:
                    if decoder.eof:  # another member follows; gzip pads with zeros
                        rest = rest.lstrip(b"\0")
                        if not rest:
                            break
                        decoder = new()
                    yield decoder.decompress(rest)
                    rest = decoder.unused_data if decoder.eof else b""
        if not decoder.eof:
            self.fault = "file ends early"


def lines(stream: ByteStream) -> Iterator[bytes]:
    """Lines without their newline; one longer than MAX_LINE comes as a `CutLine` with its first megabyte."""
    parts: list[bytes] = []
    size = 0
    for block in stream.blocks():
        first, newline, rest = block.partition(b"\n")
        parts.append(first)
        size += len(first)
        if size > MAX_LINE:
            parts = [b"".join(parts)[:_KEPT]]
        if not newline:
            continue
        yield CutLine(parts[0]) if size > MAX_LINE else b"".join(parts)
        *whole, last = rest.split(b"\n")
        yield from whole
        parts, size = [last], len(last)
    if size:
        yield CutLine(parts[0]) if size > MAX_LINE else b"".join(parts)
