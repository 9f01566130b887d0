"""Columns of the corpus as arrays, read once per process: parts never change, so a column's key is its parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from selection.core.documents import Categories
from selection.core.errors import UnknownName
from selection.core.memo import Kept, once_per_columns
from selection.core.provenance import Run
from selection.store import documents, runs
from selection.store.workspace import Workspace

_KEPT = 96  # columns per process; 8 MB each at a million documents
_AT_ONCE = 4  # columns read together: more would be held twice
_NUMBERS = Kept(_KEPT)


def identity(space: Workspace) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """doc_id int64, uid_hash uint64, n_tokens int64 of every document; read-only arrays. (n_docs,) each"""
    return _identity(space.path, documents.corpus_key(space))


@lru_cache(maxsize=4)
def _identity(path: Path, _key: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = documents.read_columns(Workspace(path), ["doc_id", "uid_hash", "n_tokens"])
    arrays = [table.column(name).to_numpy() for name in table.column_names]
    return _frozen(arrays[0]), _frozen(arrays[1]), _frozen(arrays[2].astype(np.int64))


def source(space: Workspace) -> Categories:
    """The source label of every document, names sorted."""
    return _source(space.path, documents.corpus_key(space))


@lru_cache(maxsize=4)
def _source(path: Path, _key: str) -> Categories:
    return categories(documents.read_columns(Workspace(path), ["source"]).column(0))


def categories(values: pa.ChunkedArray) -> Categories:
    """Labels as codes into sorted names; null is -1."""
    encoded = (
        values.combine_chunks().dictionary_encode()
        if values.num_chunks
        else pa.array([]).dictionary_encode()
    )
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    names = [str(name) for name in encoded.dictionary.to_pylist()]
    order = np.argsort(np.array(names, dtype=object)) if names else np.zeros(0, np.int64)
    place = np.empty(len(names), np.int32)
    place[order] = np.arange(len(names), dtype=np.int32)
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return Categories(
        _frozen(
            np.where(codes < 0, -1, place[np.maximum(codes, 0)] if names else -1).astype(np.int32)
        ),
        tuple(names[i] for i in order),
    )


def number(space: Workspace, run: Run, name: str) -> np.ndarray:
    """A numeric column of a run; documents it does not cover are NaN. (n_docs,) float64, read-only"""
    return numbers(space, run, [name])[0]


def numbers(space: Workspace, run: Run, names: Sequence[str]) -> list[np.ndarray]:
    """Several such columns; those that are not in memory are read together, as each part is opened once."""
    corpus = documents.corpus_key(space)
    keys = {name: (space.path, corpus, run.key, run.n_docs, name) for name in names}
    lacking = [name for name in keys if keys[name] not in _NUMBERS]
    for start in range(0, len(lacking), _AT_ONCE):
        group = lacking[start : start + _AT_ONCE]
        for name, values in zip(group, _read(space, run, group), strict=True):
            _NUMBERS.get(keys[name], None, lambda read=values: read)
    return [
        _NUMBERS.get(keys[name], None, lambda name=name: _read(space, run, [name])[0])
        for name in names
    ]


def _read(space: Workspace, run: Run, names: list[str]) -> list[np.ndarray]:
    found = runs.find(space, run.key)
    if found is None:
        raise UnknownName(f"there is no run {run.key!r} any more; score again")
    table = runs.read_columns(space, found, names)
    columns = [pc.cast(column, pa.float64()).to_numpy() for column in table.columns]
    return [_frozen(values) for values in columns]


def matrix(space: Workspace, run: Run, names: tuple[str, ...]) -> np.ndarray:
    """Numeric columns of a run side by side. (n_docs, n_names) float64, read-only"""
    return _stacked(*numbers(space, run, names))


@once_per_columns(4)
def _stacked(*given: np.ndarray) -> np.ndarray:
    return _frozen(np.array(given).T)  # each column in one piece


def code(space: Workspace, run: Run, name: str) -> np.ndarray:
    """A column of whole numbers. (n_docs,) int32, read-only"""
    return _whole(number(space, run, name))


@once_per_columns(4)
def _whole(values: np.ndarray) -> np.ndarray:
    return _frozen(values.astype(np.int32))


def label(space: Workspace, run: Run, name: str) -> Categories:
    """A text or integer column of a run as categories."""
    return _label(space.path, documents.corpus_key(space), run.key, run.n_docs, name)


@lru_cache(maxsize=8)
def _label(path: Path, _key: str, run_key: str, _n_docs: int, name: str) -> Categories:
    run = runs.find(Workspace(path), run_key)
    if run is None:
        raise UnknownName(f"there is no run {run_key!r} any more; score again")
    return categories(pc.cast(runs.read_column(Workspace(path), run, name), pa.string()))


def _frozen(array: np.ndarray) -> np.ndarray:
    if array.flags.writeable:
        array.flags.writeable = False
    return array
