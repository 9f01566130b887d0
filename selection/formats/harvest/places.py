"""Places: where a machine keeps installed text, and the order in which its files are tried."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
import sys
import sysconfig
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST_BYTES = 400_000  # read of one file; what follows is not needed
_SKIPPED = {"__pycache__", "node_modules", ".git"}


@dataclass(frozen=True, slots=True)
class File:
    """`path` starts with a short name of its place (site-packages, python3.11, share/doc …), never with a home folder."""

    at: str
    path: str
    package: str
    name: str  # of the file, lower case


@dataclass(frozen=True)
class Place:
    """Every installed file that may hold text, and the seed that orders them."""

    seed: int
    files: tuple[File, ...]

    def choose(self, wanted: Callable[[File], bool]) -> list[File]:
        """The wanted files, one of each package before a second of any; within that, in hash order."""
        ordered = sorted(
            (rank(self.seed, file.path), file.path, file) for file in self.files if wanted(file)
        )
        turn: dict[str, int] = defaultdict(int)
        placed = []
        for number, path, file in ordered:
            placed.append((turn[file.package], number, path, file))
            turn[file.package] += 1
        return [file for *_, file in sorted(placed, key=lambda item: item[:3])]


def rank(seed: int, name: str) -> int:
    """A 64-bit hash of (seed, name)."""
    data = f"{seed}\0{name}".encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def roots() -> list[tuple[str, Path]]:
    """(short name, folder) of every place that exists on this machine."""
    found: dict[Path, str] = {}
    packages = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    packages += [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
    for folder in packages:
        found.setdefault(Path(folder), "site-packages")
    found.setdefault(
        Path(sysconfig.get_path("stdlib")), f"python{sys.version_info[0]}.{sys.version_info[1]}"
    )
    for name in ("doc", "man", "common-licenses", "licenses", "perl", "info"):
        found.setdefault(Path("/usr/share") / name, f"share/{name}")
    return [(name, folder) for folder, name in found.items() if folder.is_dir()]


def installed(seed: int) -> Place:
    """Walk every place once."""
    return Place(seed, tuple(file for name, root in roots() for file in _walk(name, root)))


def read(file: File) -> str | None:
    """The text of a file, or of its beginning; None when it is not UTF-8 text."""
    try:
        if not stat.S_ISREG(os.stat(file.at).st_mode):
            return None  # reading a pipe would wait for ever
        opener = gzip.open if file.path.endswith(".gz") else open
        with opener(file.at, "rb") as stream:
            data = stream.read(LARGEST_BYTES)
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    if b"\0" in data:
        return None
    if len(data) == LARGEST_BYTES:
        data = data[: data.rfind(b"\n") + 1] or data.rstrip(bytes(range(0x80, 0x100)))
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def _walk(name: str, root: Path) -> Iterator[File]:
    other_roots = {"site-packages", "dist-packages"}
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in _SKIPPED and f not in other_roots)
        below = os.path.relpath(folder, root)
        prefix = "" if below == "." else below.replace(os.sep, "/") + "/"
        for file_name in sorted(names):
            whole = f"{name}/{prefix}{file_name}"
            try:
                whole.encode()
            except UnicodeEncodeError:
                continue
            yield File(f"{folder}/{file_name}", whole, _package(whole), file_name.lower())


def _package(path: str) -> str:
    """What a file belongs to, read off its path: the first folder (of a manual, the page) without version and suffix."""
    parts = path.split("/")
    first = parts[-1] if path.startswith("share/man/") else parts[1 + path.startswith("share/")]
    return re.sub(r"(-[0-9][^/]*)?\.(dist|egg)-info$|\.(pyi?|txt|[0-9].*)$", "", first).lower()
