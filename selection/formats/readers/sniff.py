"""What a file is, judged by its first bytes (decompressed); the extension decides only between kinds of plain text."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import orjson

from selection.core.errors import BadInput
from selection.formats.readers import delimited
from selection.formats.readers.rows import Kind
from selection.formats.readers.streams import ByteStream

_TEXT_NAMES = """txt text md markdown mdx rst adoc org tex html htm xhtml xml css py pyi js mjs jsx ts tsx java c h cc
cpp hpp cs go rs rb php pl sh bash sql r jl lua swift kt scala hs ml clj ex m f90 yaml yml toml ini cfg conf log srt vtt
bib 1 2 3 4 5 6 7 8"""
TEXT_SUFFIXES = frozenset(f".{name}" for name in _TEXT_NAMES.split())
_TABLES = frozenset({".csv", ".tsv", ".tab", ".psv"})
_LINES = frozenset({".jsonl", ".ndjson", ".json", ".jsonlines"})
_MARKED = frozenset(
    {".parquet", ".pq", ".arrow", ".feather"}
)  # as text their bytes would be one wrong document
_COMPRESSED = frozenset({".gz", ".zst", ".zstd", ".bz2", ".xz"})
_BESIDE = ("readme", "license", "licence", "notice", "changelog", "copying", "citation", "authors")
_HEAD = 1 << 16


def plain_name(path: Path | str) -> tuple[str, str]:
    """(stem, extension in lower case) without the extension of a compressor: web/c4.jsonl.gz is c4, .jsonl."""
    name = Path(str(path)).name
    if Path(name).suffix.lower() in _COMPRESSED:
        name = Path(name).stem
    return Path(name).stem, Path(name).suffix.lower()


def kind_of(path: Path | str) -> Kind | None:
    """The format of a file; None when it is empty or no format that can be read."""
    stream = ByteStream(path)
    head = b"".join(islice(stream.blocks(), 1))
    if not head and stream.fault:
        raise BadInput(
            f"a compressed file must be whole, and in {str(path)!r} the {stream.fault}; copy it again"
        )
    start = head[:_HEAD]
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    if not start.strip():
        return None
    suffix = plain_name(path)[1]
    if suffix in _MARKED:
        raise BadInput(
            f"a file named {suffix} must begin with the mark of that format, and {str(path)!r} does not; copy it again,"
            " or give it the extension of what it holds"
        )
    found = _json_kind(head, suffix)
    if found:
        return found
    if _is_binary(start, suffix):
        return None
    return _text_kind(start, suffix)


def _is_binary(start: bytes, suffix: str) -> bool:
    """Null bytes tell; a file whose name says text may hold a few, and its rows are judged one by one."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    named = suffix in TEXT_SUFFIXES | _TABLES | _LINES
    return start.count(0) > (len(start) // 3 if named else 0)


def _json_kind(head: bytes, suffix: str) -> Kind | None:
    stripped = head.lstrip()
    first = stripped[:1]
    if first == b"[":
        inside = stripped[1:200].lstrip()[:1]
        sure = suffix not in TEXT_SUFFIXES
        return "json" if inside in ((b"{", b'"', b"]", b"[") if sure else (b"{",)) else None
    if suffix in (".jsonl", ".ndjson", ".jsonlines"):
        return "jsonl"
    if first != b"{":
        return None
    line, newline, _ = stripped.partition(b"\n")
    if _is_json(line) or (not newline and suffix in _LINES):
        return "jsonl"
    if suffix in TEXT_SUFFIXES or suffix in _TABLES:
        return None
    # a broken first line must not hide the good ones below it
    below = [one for one in stripped.split(b"\n")[1:20] if one.strip()]
    if any(one.lstrip()[:1] == b"{" and _is_json(one) and len(one.strip()) > 2 for one in below):
        return "jsonl" if line.rstrip() != b"{" else "json"
    return "json"


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _text_kind(start: bytes, suffix: str) -> Kind | None:
    if suffix in _LINES:
        return "jsonl"  # every line will be judged alone
    if suffix in _TABLES:
        return "csv"
    text = start.decode("utf-8", errors="replace")
    return "csv" if suffix not in TEXT_SUFFIXES - {".txt"} and _is_table(text) else "text"


def _is_table(text: str) -> bool:
    """At least three records, all as wide as a header of two or more short, unique, unspaced names."""
    whole = text if len(text) < _HEAD // 2 else text[: text.rfind("\n") + 1]
    for delimiter in (",", "\t"):
        rows = delimited.table(whole, delimiter)
        names = rows[0] if rows else []
        if (
            len(names) >= 2
            and len(rows) >= 3
            and len(set(names)) == len(names)
            and all(len(name) <= 40 and " " not in name.strip() for name in names)
            and sum(len(row) == len(names) for row in rows[:-1]) >= 0.9 * (len(rows) - 1)
        ):
            return True
    return False


def files_below(folder: Path) -> list[Path]:
    """Every file of a folder by path, without hidden ones and without links that lead out of it."""
    root = folder.resolve()
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.resolve().is_relative_to(root)
    )


def text_files(folder: Path) -> list[Path]:
    """The files of a folder that are documents by themselves, in order."""
    return split(folder)[1]


def split(folder: Path) -> tuple[list[tuple[Path, Kind]], list[Path]]:
    """(data files with their kind, text files). Notes that lie beside data (README, LICENSE, …) are neither."""
    data: list[tuple[Path, Kind]] = []
    texts: list[Path] = []
    for path in files_below(folder):
        suffix = plain_name(path)[1]
        if suffix in TEXT_SUFFIXES and suffix != ".txt":
            texts.append(path)
            continue
        kind = _kind_or_none(path)
        if kind == "text" or (kind is None and suffix in TEXT_SUFFIXES):
            texts.append(path)
        elif kind is not None:
            data.append((path, kind))
    if data:
        texts = [path for path in texts if not path.stem.lower().startswith(_BESIDE)]
    return data, texts


def _kind_or_none(path: Path) -> Kind | None:
    """A file that cannot be opened or unpacked goes by its name, so that its reader sets it aside and says why."""
    try:
        return kind_of(path)
    except BadInput:
        suffix = plain_name(path)[1]
        return "jsonl" if suffix in _LINES else "csv" if suffix in _TABLES else None
