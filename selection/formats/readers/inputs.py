"""Paths as a person gives them (files, folders, hf:// addresses) to the ordered list of inputs behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import orjson

from selection.core.errors import BadInput
from selection.formats.readers import remote
from selection.formats.readers.columnar import arrow_parts
from selection.formats.readers.rows import Input
from selection.formats.readers.sniff import files_below, kind_of, plain_name, split, text_files
from selection.formats.readers.streams import open_bytes

_READS = "Parquet, JSON, JSON lines, CSV, TSV, Arrow and text files, and folders of them"


def expand(paths: Sequence[str | Path]) -> list[Input]:
    """The inputs behind some paths, in the order given; folders by file name. Raises `BadInput` in one sentence."""
    found: list[Input] = []
    for path in paths:
        if remote.is_remote(path):
            found.extend(_remote(str(path)))
            continue
        local = Path(path).expanduser()
        if not local.exists():
            raise BadInput(f"a path must exist, got {str(path)!r}; check its spelling")
        found.extend(_folder(local) if local.is_dir() else [_file(local)])
    return found


def fingerprint(item: Input) -> str:
    """sha256 of the bytes: of the file, or for folders of every file's relative name and sha256."""
    if item.kind not in ("folder", "huggingface"):
        return _sha256(item.path)
    root = Path(item.path)
    files = text_files(root) if item.kind == "folder" else arrow_parts(root)
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.relative_to(root).as_posix()}\0{_sha256(path)}\n".encode())
    return total.hexdigest()


def _sha256(path: Path | str) -> str:
    digest = hashlib.sha256()
    with open_bytes(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _file(path: Path) -> Input:
    size = path.stat().st_size
    if size == 0:
        raise BadInput(f"a file must hold documents, and {str(path)!r} is empty; choose another")
    kind = kind_of(path)
    if kind is None:
        raise BadInput(
            f"a file must be one of {_READS}, and {str(path)!r} is none of these; convert it first"
        )
    return Input(path, kind, size, plain_name(path)[0])


def _folder(folder: Path) -> list[Input]:
    saved = _saved(folder)
    if saved:
        return saved
    data, texts = split(folder)
    found = [Input(path, kind, path.stat().st_size, plain_name(path)[0]) for path, kind in data]
    if texts:
        size = sum(path.stat().st_size for path in texts)
        found.append(Input(folder, "folder", size, folder.resolve().name))
    if not found:
        raise BadInput(
            f"a folder must hold {_READS}, and {str(folder)!r} has none among its {len(files_below(folder))} files"
        )
    return found


def _saved(folder: Path) -> list[Input]:
    """The splits of a folder that the datasets library wrote, [] for any other folder."""
    name = folder.resolve().name
    if (folder / "dataset_dict.json").is_file():
        try:
            splits = orjson.loads((folder / "dataset_dict.json").read_bytes())["splits"]
        except (ValueError, KeyError, TypeError):
            raise BadInput(
                f"a dataset_dict.json must list its splits, and the one in {str(folder)!r} does not; save it again"
            ) from None
        return [_split(folder / Path(str(part)).name, f"{name}/{part}") for part in splits]
    if (folder / "state.json").is_file() and (folder / "dataset_info.json").is_file():
        return [_split(folder, name)]
    return []


def _split(folder: Path, label: str) -> Input:
    size = sum(part.stat().st_size for part in arrow_parts(folder))
    return Input(folder, "huggingface", size, label)


def _remote(address: str) -> list[Input]:
    """The data files below an hf:// address; notes beside them (README, .gitattributes) are left out."""
    found: list[Input] = []
    known = (".parquet", ".jsonl", ".json", ".ndjson", ".csv", ".tsv", ".arrow", ".txt", ".md")
    listed = remote.files(address)
    for file, size in listed:
        stem, suffix = plain_name(file)
        beside = stem.lower() in (
            "readme",
            "dataset_infos",
            "dataset_dict",
            "state",
            "dataset_info",
        )
        if suffix not in known or (beside and len(listed) > 1) or Path(file).name.startswith("."):
            continue
        kind = kind_of(file)
        if kind is not None:
            found.append(Input(file, kind, size, stem))
    if not found:
        raise BadInput(f"an hf:// address must hold {_READS}, and {address!r} has none")
    return found
