"""fastText: labels of a text by a supervised fastText model, as the package predicts them.

Joulin et al., 2016, "Bag of Tricks for Efficient Text Classification", arXiv:1607.01759; the program's own rules:

- tokens are what stands between blanks; a text ends with the token `</s>`; line ends count as blanks here, since the
  program takes one line at a time and its users (DCLM) join lines so
- a token's hash is FNV-1a of its bytes, which are signed; a known word has a row of its own, and with subwords one for
  every run of so many characters of `<word>`, by hash
- word n-grams: h = h x 116049371 + next hash, over hashes that are signed too; row = hash modulo the buckets
- a text is the mean of its rows; softmax, one sigmoid a label, or a walk down a Huffman tree of the labels' counts

A row is multiplied by the output matrix once, when the model is loaded, wherever that makes it shorter; so a text costs
one short sum per n-gram. Probabilities carry the 0.00001 that the program adds before it takes their logarithm.

Cost: measured beside the package by `python -m tests.benchmarks quality`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.fasttext_file import FastTextFile, read_fasttext
from selection.text.kernel import inner, kernel

if TYPE_CHECKING:
    import pyarrow as pa

_FNV_START = np.uint32(2166136261)
_FNV_PRIME = np.uint32(16777619)
_NGRAM = np.uint64(116049371)
_ADDED = 1e-5
_TABLE_STEPS, _TABLE_END = 512, 8.0  # of the program's table of sigmoids
_BLOCK_ROWS = 1 << 16
_END = np.frombuffer(b"</s>", np.uint8)
_LABEL = np.frombuffer(b"__label__", np.uint8)


class FastText:
    """A model in memory; `probabilities` may be called from several threads."""

    def __init__(self, file: FastTextFile) -> None:
        self.labels = file.labels
        self._file = file
        self._short = len(file.output) < file.input.shape[1]
        rows = _times(file.input, file.output) if self._short else file.input
        self._rows = np.ascontiguousarray(rows, np.float32)
        self._slots = _slots(file.words, file.bounds, _power_of_two(2 * len(file.bounds)))

    def probabilities(self, text: pa.StringArray | pa.LargeStringArray) -> np.ndarray:
        """(n_docs, n_labels) float64, as the package's `predict` gives them."""
        outputs = self.outputs(text)
        if self._file.loss == "softmax":
            powers = np.exp(outputs - outputs.max(axis=1, keepdims=True, initial=-np.inf))
            return powers / powers.sum(axis=1, keepdims=True) + _ADDED
        if self._file.loss == "each":
            return _rough_sigmoid(outputs) + _ADDED
        return _down_the_tree(outputs, self._file.label_counts)

    def outputs(self, text: pa.StringArray | pa.LargeStringArray) -> np.ndarray:
        """(n_docs, n_labels) float64: the output matrix times the mean of a text's rows; 0 for a text without any."""
        utf8 = Utf8.of(text)
        file = self._file
        sums = np.zeros((len(utf8), self._rows.shape[1]))
        n_rows = np.zeros(len(utf8), np.int64)
        sizes = (file.n_words, file.longest, file.n_buckets, file.shortest_sub, file.longest_sub)
        known = (file.words, file.bounds, self._slots, file.bucket_rows)

        def run(first: int, last: int) -> None:
            _visit((utf8.offsets, utf8.data), (first, last), known, sizes, self._rows, sums, n_rows)

        each_block(utf8, run)
        means = sums / np.maximum(n_rows, 1)[:, None]
        return means if self._short else means @ file.output.T.astype(np.float64)


def fasttext(path: Path) -> FastText:
    """The model of a file, once per process and content."""
    facts = path.stat() if path.exists() else None
    return _loaded(path, facts.st_mtime_ns if facts else 0, facts.st_size if facts else 0)


@lru_cache(maxsize=2)
def _loaded(path: Path, _mtime_ns: int, _size: int) -> FastText:
    return FastText(read_fasttext(path))


def _times(rows: np.ndarray, output: np.ndarray) -> np.ndarray:
    """rows @ output.T in blocks, so that a mapped matrix is never in memory whole."""
    out = np.empty((len(rows), len(output)), np.float32)
    for start in range(0, len(rows), _BLOCK_ROWS):
        out[start : start + _BLOCK_ROWS] = rows[start : start + _BLOCK_ROWS] @ output.T
    return out


def _rough_sigmoid(x: np.ndarray) -> np.ndarray:
    """The program looks its sigmoid up in 512 steps from -8 to 8."""
    place = (np.clip(x, -_TABLE_END, _TABLE_END) + _TABLE_END) * _TABLE_STEPS / _TABLE_END / 2
    steps = place.astype(np.int64) * 2 * _TABLE_END / _TABLE_STEPS - _TABLE_END
    inside = 1 / (1 + np.exp(-steps))
    return np.where(x < -_TABLE_END, 0.0, np.where(x > _TABLE_END, 1.0, inside))


def _down_the_tree(outputs: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Product over the branches of a Huffman tree of the labels' counts; outputs[:, k] belongs to the k-th inner node."""
    n = len(counts)
    right = 1 / (1 + np.exp(-outputs))
    branch = np.stack([np.log(1 - right + _ADDED), np.log(right + _ADDED)])  # left, right
    total = np.zeros((2 * n - 1, len(outputs)))
    for node, children in reversed(list(enumerate(_huffman(counts), start=n))):
        for side, child in enumerate(children):
            total[child] = total[node] + branch[side, :, node - n]
    return np.exp(total[:n].T)


def _huffman(counts: np.ndarray) -> list[tuple[int, int]]:
    """Children of every inner node, from the rarest up, as fastText pairs them; counts descend."""
    n = len(counts)
    weight = [*counts.tolist(), *[10**15] * (n - 1)]
    leaf, node, pairs = n - 1, n, []
    for made in range(n, 2 * n - 1):
        picked = []
        for _ in range(2):
            if leaf >= 0 and weight[leaf] < weight[node]:
                picked.append(leaf)
                leaf -= 1
            else:
                picked.append(node)
                node += 1
        weight[made] = weight[picked[0]] + weight[picked[1]]
        pairs.append((picked[0], picked[1]))
    return pairs


def _power_of_two(least: int) -> int:
    return 1 << max(least - 1, 1).bit_length()


@inner
def _hash_on(value: np.uint32, byte: np.uint8) -> np.uint32:
    signed = np.uint32(byte) if byte < 128 else np.uint32(byte) | np.uint32(0xFFFFFF00)
    return np.uint32((value ^ signed) * _FNV_PRIME)


@inner
def _hash(data: np.ndarray) -> np.uint32:
    value = _FNV_START
    for byte in data:
        value = _hash_on(value, byte)
    return value


@inner
def _find(
    token: np.ndarray, value: np.uint32, words: np.ndarray, bounds: np.ndarray, slots: np.ndarray
) -> int:
    """The slot of a token, or the empty one where it belongs."""
    mask = len(slots) - 1
    slot = np.int64(value) & mask
    while slots[slot] >= 0:
        entry = slots[slot]
        start = bounds[entry]
        if bounds[entry + 1] - start == len(token):
            same = True
            for k in range(len(token)):
                if words[start + k] != token[k]:
                    same = False
                    break
            if same:
                break
        slot = (slot + 1) & mask
    return slot  # type: ignore[return-value]


@kernel
def _slots(words: np.ndarray, bounds: np.ndarray, size: int) -> np.ndarray:
    """Entries by hash, open addressing; -1 is empty."""
    slots = np.full(size, -1, np.int32)
    for entry in range(len(bounds) - 1):
        token = words[bounds[entry] : bounds[entry + 1]]
        slots[_find(token, _hash(token), words, bounds, slots)] = entry
    return slots


@inner
def _add(row: int, rows: np.ndarray, total: np.ndarray) -> int:
    """A row to the sum; 1 when it is there."""
    if row < 0 or row >= len(rows):
        return 0
    for c in range(len(total)):
        total[c] += rows[row, c]
    return 1


@inner
def _bucket(value: np.uint64, n_buckets: int, n_words: int, bucket_rows: np.ndarray) -> int:
    bucket = np.int64(value % np.uint64(n_buckets))
    if len(bucket_rows):
        kept = bucket_rows[bucket]
        return n_words + kept if kept >= 0 else -1
    return n_words + bucket  # type: ignore[return-value]


@inner
def _subwords(
    token: np.ndarray, known: tuple, sizes: tuple, rows: np.ndarray, total: np.ndarray
) -> int:
    """Rows of all runs of characters of `<token>`."""
    n_words, _, n_buckets, shortest, longest = sizes
    size = len(token) + 2
    n = 0
    for i in range(size):
        if i and i <= len(token) and (token[i - 1] & 0xC0) == 0x80:
            continue
        value = _FNV_START
        j = i
        for length in range(1, longest + 1):
            if j >= size:
                break
            while True:
                byte = np.uint8(60) if j == 0 else np.uint8(62) if j == size - 1 else token[j - 1]
                value = _hash_on(value, byte)
                j += 1
                if j >= size - 1 or (token[j - 1] & 0xC0) != 0x80:
                    break
            if length >= shortest and not (length == 1 and (i == 0 or j == size)):
                n += _add(_bucket(np.uint64(value), n_buckets, n_words, known[3]), rows, total)
    return n


@inner
def _token(
    token: np.ndarray, ends: bool, known: tuple, sizes: tuple, rows: np.ndarray, total: np.ndarray
) -> tuple:
    """Rows added, whether it is a word (a label is none), and its hash."""
    words, bounds, slots, _ = known
    value = _hash(token)
    entry = slots[_find(token, value, words, bounds, slots)]
    if entry >= sizes[0]:
        return 0, False, value
    if entry < 0:
        label = len(token) >= len(_LABEL)
        for k in range(min(len(_LABEL), len(token))):
            label = label and token[k] == _LABEL[k]
        if label:
            return 0, False, value
    n = _add(entry, rows, total)
    if sizes[4] > 0 and not ends:
        n += _subwords(token, known, sizes, rows, total)
    return n, True, value


@inner
def _line(
    data: np.ndarray,
    known: tuple,
    sizes: tuple,
    rows: np.ndarray,
    hashes: np.ndarray,
    total: np.ndarray,
) -> int:
    """Rows added to `total` for one text."""
    n_words, longest, n_buckets = sizes[0], sizes[1], sizes[2]
    n = n_hashes = start = 0
    for at in range(len(data) + 2):
        inside = at < len(data) and not (data[at] == 32 or data[at] == 0 or 9 <= data[at] <= 13)
        if inside:
            continue
        ends = at > len(data)
        if at > start or ends:
            token = _END if ends else data[start:at]
            added, is_word, value = _token(token, ends, known, sizes, rows, total)
            n += added
            if is_word:
                hashes[n_hashes] = np.uint64(np.int64(np.int32(value)))
                n_hashes += 1
        start = at + 1
    if n_buckets > 0:
        for i in range(n_hashes):
            value = hashes[i]
            for j in range(i + 1, min(n_hashes, i + longest)):
                value = value * _NGRAM + hashes[j]
                n += _add(_bucket(value, n_buckets, n_words, known[3]), rows, total)
    return n


@kernel
def _visit(
    utf8: tuple,
    span: tuple,
    known: tuple,
    sizes: tuple,
    rows: np.ndarray,
    sums: np.ndarray,
    n_rows: np.ndarray,
) -> None:
    offsets, data = utf8
    size = 0
    for d in range(span[0], span[1]):
        size = max(size, offsets[d + 1] - offsets[d])
    hashes = np.empty(size // 2 + 2, np.uint64)
    for d in range(span[0], span[1]):
        n_rows[d] = _line(data[offsets[d] : offsets[d + 1]], known, sizes, rows, hashes, sums[d])
