"""fastText: labels of a text by a supervised fastText model, as the package predicts them.

Joulin et al., 2016, "Bag of Tricks for Efficient Text Classification", arXiv:1607.01759; the program's own rules:

- tokens are what stands between blanks; a text ends with the token `</s>`; line ends count as blanks here, since the
  program takes one line at a time and its users (DCLM) join lines so
- words, subwords and word n-grams have a row each (`fasttext_rows`)
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
from selection.text.fasttext_rows import add_rows, slots_of

if TYPE_CHECKING:
    import pyarrow as pa

_ADDED = 1e-5
_TABLE_STEPS, _TABLE_END = 512, 8.0  # of the program's table of sigmoids
_BLOCK_ROWS = 1 << 16


class FastText:
    """A model in memory; `probabilities` may be called from several threads."""

    def __init__(self, file: FastTextFile) -> None:
        self.labels = file.labels
        self._file = file
        self._short = len(file.output) < file.input.shape[1]
        rows = _times(file.input, file.output) if self._short else file.input
        self._rows = np.ascontiguousarray(rows, np.float32)
        self._slots = slots_of(file.words, file.bounds, _power_of_two(2 * len(file.bounds)))

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
            add_rows(
                (utf8.offsets, utf8.data), (first, last), known, sizes, self._rows, sums, n_rows
            )

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
