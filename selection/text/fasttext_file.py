"""fastText file: the binary that `fasttext supervised` and `quantize` write (.bin, .ftz), read without that package.

Layout, little-endian, of version 11 and 12 (github.com/facebookresearch/fastText, MIT): magic number, version; the
arguments; the dictionary, words before labels, each as bytes ended by 0, a count and a type; the pairs that pruning kept;
the input matrix; the output matrix. A matrix is either rows of float32 or product-quantised: a byte per group of columns
that points at one of 256 centroids, and perhaps one more for the row's length. A dense input matrix is mapped from disk.

Every size is checked against the bytes that are there, so a file that is cut short or no model ends in one sentence.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from selection.core.errors import BadInput
from selection.text.kernel import kernel

MAGIC = 793712314
_VERSIONS = (11, 12)
_SUPERVISED = 3
LOSSES = {
    1: "hierarchical",
    2: "each",
    3: "softmax",
    4: "each",
}  # 2 negative sampling, 4 one against all
_CENTROIDS = 256
_ARGS = struct.Struct("<12id")
_SIZES = struct.Struct("<iiiqq")


@dataclass(frozen=True)
class FastTextFile:
    """What a model is made of; ids of words and labels are their places in the dictionary."""

    longest: int  # word n-gram
    n_buckets: int
    shortest_sub: int  # characters of subwords
    longest_sub: int  # 0: none
    loss: str  # hierarchical, each or softmax
    words: np.ndarray  # (n_bytes,) uint8, all entries' bytes one after the other
    bounds: np.ndarray  # (n_entries + 1,) int64
    n_words: int  # entries from here on are labels
    label_counts: np.ndarray  # (n_labels,) int64
    bucket_rows: (
        np.ndarray
    )  # (n_buckets,) int32 row behind the words' of each bucket, -1 pruned; empty: as it is
    input: np.ndarray  # (n_words + n_kept_buckets, dim) float32
    output: np.ndarray  # (n_labels, dim) float32

    @property
    def labels(self) -> tuple[str, ...]:
        """In the order of the outputs, without `__label__`."""
        cuts = self.bounds[self.n_words :]
        each = [bytes(self.words[a:b]) for a, b in pairwise(cuts)]
        return tuple(one.decode("utf-8", "replace").removeprefix("__label__") for one in each)


class _Cursor:
    """Reads on in a mapped file, never beyond its end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            size = os.path.getsize(path)
            self.data = np.memmap(path, np.uint8, "r") if size else np.zeros(0, np.uint8)
        except OSError as error:
            raise BadInput(
                f"a fastText model must be a file that can be read, and {path} cannot be ({error.strerror}); check the path"
            ) from None
        self.at = 0

    def take(self, n_bytes: int) -> np.ndarray:
        if n_bytes < 0 or self.at + n_bytes > len(self.data):
            raise self.broken("it is cut short")
        self.at += n_bytes
        return self.data[self.at - n_bytes : self.at]

    def numbers(self, layout: struct.Struct) -> tuple:
        return layout.unpack(self.take(layout.size).tobytes())

    def flag(self) -> bool:
        return bool(self.take(1)[0])

    def array(self, dtype: str, *shape: int) -> np.ndarray:
        if min(shape) < 0 or max(shape) > 1 << 40:
            raise self.broken(f"it tells of a table of {shape}")
        count = int(np.prod([int(n) for n in shape], dtype=object))
        raw = self.take(count * np.dtype(dtype).itemsize)
        return np.ndarray(shape, dtype, raw)

    def broken(self, why: str) -> BadInput:
        return BadInput(
            f"a fastText model is a .bin or .ftz of `fasttext supervised`, and {self._path} is none ({why}); give the path"
            " of one"
        )


def read_fasttext(path: Path) -> FastTextFile:
    """A supervised model; `BadInput` for anything else."""
    cursor = _Cursor(path)
    magic, version = cursor.numbers(struct.Struct("<ii"))
    if magic != MAGIC or version not in _VERSIONS:
        raise cursor.broken(f"it starts with {magic} and version {version}")
    args = cursor.numbers(_ARGS)
    dim, longest, loss, model, n_buckets, shortest_sub, longest_sub = (
        args[0], args[5], args[6], args[7], args[8], args[9], args[10],
    )  # fmt: skip
    if model != _SUPERVISED or loss not in LOSSES or dim <= 0 or n_buckets < 0:
        raise cursor.broken(f"its model kind is {model}, its loss {loss}")
    words, bounds, counts, n_words, n_labels, n_pruned = _dictionary(cursor)
    bucket_rows = _pruned(cursor, n_pruned, n_buckets)
    quantised = cursor.flag()
    source = _quantised(cursor) if quantised else _dense(cursor)
    target = _quantised(cursor) if cursor.flag() and quantised else _dense(cursor)
    n_kept = n_buckets if n_pruned < 0 else n_pruned
    if source.shape != (n_words + n_kept, dim) or target.shape != (n_labels, dim):
        raise cursor.broken(f"its tables are {source.shape} and {target.shape}")
    return FastTextFile(
        longest=max(longest, 1),
        n_buckets=n_buckets,
        shortest_sub=shortest_sub,
        longest_sub=longest_sub if version > _VERSIONS[0] else 0,
        loss=LOSSES[loss],
        words=words,
        bounds=bounds,
        n_words=n_words,
        label_counts=counts[n_words:],
        bucket_rows=bucket_rows,
        input=source,
        output=target,
    )


def _dictionary(
    cursor: _Cursor,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, int, int]:
    size, n_words, n_labels, _, n_pruned = cursor.numbers(_SIZES)
    left = len(cursor.data) - cursor.at
    if min(size, n_words, n_labels) < 0 or n_words + n_labels != size or size * 10 > left:
        raise cursor.broken(f"its dictionary has {n_words} words and {n_labels} labels of {size}")
    if n_labels == 0:
        raise cursor.broken("it has no label")
    bounds, counts = np.zeros(size + 1, np.int64), np.zeros(size, np.int64)
    types = np.zeros(size, np.uint8)
    rest = cursor.data[cursor.at :]
    used = _entries(rest, bounds, counts, types, np.zeros(0, np.uint8))
    if used < 0:
        raise cursor.broken("it is cut short")
    if types[:n_words].any() or not types[n_words:].all():
        raise cursor.broken("its labels do not stand behind its words")
    words = np.zeros(bounds[-1], np.uint8)
    _entries(rest, bounds, counts, types, words)
    cursor.at += used
    return words, bounds, counts, n_words, n_labels, n_pruned


@kernel
def _entries(
    data: np.ndarray, bounds: np.ndarray, counts: np.ndarray, types: np.ndarray, words: np.ndarray
) -> int:
    """Fill what is told of every entry (and, where there is room, its bytes); bytes used, -1 where they end too soon."""
    at = 0
    for k in range(len(counts)):
        start = at
        while at < len(data) and data[at] != 0:
            at += 1
        if at + 10 > len(data):
            return -1
        if len(words):
            words[bounds[k] : bounds[k + 1]] = data[start:at]
        bounds[k + 1] = bounds[k] + at - start
        count = np.int64(0)
        for byte in range(8):
            count |= np.int64(data[at + 1 + byte]) << (8 * byte)
        counts[k] = count
        types[k] = data[at + 9]
        at += 10
    return at


def _pruned(cursor: _Cursor, n_pruned: int, n_buckets: int) -> np.ndarray:
    if n_pruned < 0:
        return np.zeros(0, np.int32)
    rows = np.full(n_buckets, -1, np.int32)
    pairs = cursor.array("<i4", n_pruned, 2)
    if n_pruned and (
        pairs.min() < 0 or pairs[:, 0].max() >= n_buckets or pairs[:, 1].max() >= n_pruned
    ):
        raise cursor.broken("pruning kept buckets that it has not")
    rows[pairs[:, 0]] = pairs[:, 1]
    return rows


def _dense(cursor: _Cursor) -> np.ndarray:
    n_rows, n_columns = cursor.numbers(struct.Struct("<qq"))
    return cursor.array("<f4", n_rows, n_columns)


def _quantised(cursor: _Cursor) -> np.ndarray:
    """The dense matrix that codes and centroids stand for."""
    with_norm = cursor.flag()
    n_rows, n_columns, n_codes = cursor.numbers(struct.Struct("<qqi"))
    codes = cursor.array("u1", n_codes)
    table, groups = _centroids(cursor, n_columns)
    if n_codes != n_rows * groups:
        raise cursor.broken(f"{n_codes} codes are not {groups} for each of {n_rows} rows")
    width = table.shape[2]
    picked = table[np.arange(groups), codes.reshape(n_rows, groups)]
    dense = np.ascontiguousarray(picked.reshape(n_rows, groups * width)[:, :n_columns])
    if with_norm:
        norm_codes = cursor.array("u1", n_rows)
        norms, _ = _centroids(cursor, 1)
        dense *= norms[0, norm_codes, :1]
    return dense


def _centroids(cursor: _Cursor, n_columns: int) -> tuple[np.ndarray, int]:
    """(groups, 256, width) float32, the last group filled up with zeros, and the number of groups."""
    dim, groups, width, last = cursor.numbers(struct.Struct("<iiii"))
    fits = groups > 0 and width > 0 and 0 < last <= width and (groups - 1) * width + last == dim
    if not fits or dim != n_columns:
        raise cursor.broken(f"{groups} groups of {width} and {last} columns are not {n_columns}")
    table = np.zeros((groups, _CENTROIDS, width), np.float32)
    flat = cursor.array("<f4", _CENTROIDS * dim)
    full = (groups - 1) * _CENTROIDS * width
    table[:-1] = flat[:full].reshape(groups - 1, _CENTROIDS, width)
    table[-1, :, :last] = flat[full:].reshape(_CENTROIDS, last)
    return table, groups
