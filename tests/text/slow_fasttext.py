"""fastText written out in plain Python: a writer of its binary and a predictor, one token, one row, one label at a time."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

BLANKS = b" \n\r\t\x0b\x0c\x00"


@dataclass
class Model:
    words: list[bytes]  # </s> among them
    labels: list[str]
    counts: list[int]  # of labels, descending
    dim: int = 4
    longest: int = 2
    bucket: int = 50
    minn: int = 0
    maxn: int = 0
    loss: int = 3  # 1 hs, 2 ns, 3 softmax, 4 ova
    kept: dict[int, int] | None = None  # bucket -> row, where pruned
    seed: int = 0
    input: np.ndarray = field(init=False)
    output: np.ndarray = field(init=False)

    def __post_init__(self):
        rng = np.random.default_rng(self.seed)
        n_rows = len(self.words) + (self.bucket if self.kept is None else len(self.kept))
        self.input = rng.normal(size=(n_rows, self.dim)).astype(np.float32)
        self.output = rng.normal(size=(len(self.labels), self.dim)).astype(np.float32)


def write(model: Model, path: Path, version: int = 12) -> Path:
    out = struct.pack("<ii", 793712314, version)
    out += struct.pack(
        "<12id", model.dim, 5, 5, 1, 5, model.longest, model.loss, 3, model.bucket, model.minn, model.maxn, 100, 1e-4
    )  # fmt: skip
    n_words, n_labels = len(model.words), len(model.labels)
    n_kept = -1 if model.kept is None else len(model.kept)
    out += struct.pack("<iiiqq", n_words + n_labels, n_words, n_labels, 1000, n_kept)
    for word in model.words:
        out += word + b"\0" + struct.pack("<qb", 7, 0)
    for label, count in zip(model.labels, model.counts, strict=True):
        out += b"__label__" + label.encode() + b"\0" + struct.pack("<qb", count, 1)
    for bucket, row in (model.kept or {}).items():
        out += struct.pack("<ii", bucket, row)
    quantised = model.kept is not None
    out += struct.pack("<?", quantised) + (
        quantise(model.input) if quantised else dense(model.input)
    )
    out += struct.pack("<?", False) + dense(model.output)
    path.write_bytes(out)
    return path


def dense(matrix: np.ndarray) -> bytes:
    return struct.pack("<qq", *matrix.shape) + matrix.tobytes()


def quantise(matrix: np.ndarray) -> bytes:
    """Exact for at most 256 rows: every row is its own centroid in each group of three columns."""
    n, dim = matrix.shape
    assert n <= 256
    groups, last = -(-dim // 3), dim - 3 * (-(-dim // 3) - 1)
    out = struct.pack("<?qqi", False, n, dim, n * groups)
    out += bytes(row for row in range(n) for _ in range(groups))
    out += struct.pack("<iiii", dim, groups, 3, last)
    for group in range(groups):
        part = np.zeros((256, 3 if group < groups - 1 else last), np.float32)
        part[:n] = matrix[:, 3 * group : 3 * group + part.shape[1]]
        out += part.tobytes()
    return out


def fnv(token: bytes) -> int:
    value = 2166136261
    for byte in token:
        signed = byte - 256 if byte > 127 else byte
        value = ((value ^ (signed & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
    return value


def tokens(text: bytes) -> list[bytes]:
    for blank in BLANKS:
        text = text.replace(bytes([blank]), b" ")
    return [*(token for token in text.split(b" ") if token), b"</s>"]


def rows_of(model: Model, text: str) -> list[int]:
    n_words, rows, hashes = len(model.words), [], []

    def bucket_row(value: int) -> None:
        bucket = value % model.bucket
        if model.kept is None:
            rows.append(n_words + bucket)
        elif bucket in model.kept:
            rows.append(n_words + model.kept[bucket])

    for token in tokens(text.encode()):
        if token.startswith(b"__label__"):
            continue
        if token in model.words:
            rows.append(model.words.index(token))
        if model.maxn and token != b"</s>":
            word = f"<{token.decode()}>"
            for i in range(len(word)):
                for n in range(model.minn, model.maxn + 1):
                    if i + n <= len(word) and not (n == 1 and (i == 0 or i + n == len(word))):
                        bucket_row(fnv(word[i : i + n].encode()))
        value = fnv(token)
        hashes.append(value - 2**32 if value >= 2**31 else value)
    for i in range(len(hashes)):
        value = hashes[i]
        for j in range(i + 1, min(len(hashes), i + model.longest)):
            value = (value * 116049371 + hashes[j]) % 2**64
            bucket_row(value)
    return rows


def predict(model: Model, text: str) -> list[float]:
    """Probability of each label."""
    rows = rows_of(model, text)
    hidden = np.mean(model.input[rows].astype(float), axis=0) if rows else np.zeros(model.dim)
    outputs = [float(row.astype(float) @ hidden) for row in model.output]
    if model.loss == 3:
        powers = [math.exp(o - max(outputs)) for o in outputs]
        return [p / sum(powers) + 1e-5 for p in powers]
    if model.loss == 1:
        return [math.exp(score) for score in walk(model, outputs)]
    found = []
    for output in outputs:
        step = int((output + 8) * 512 / 8 / 2)
        found.append(
            (
                0.0
                if output < -8
                else 1.0
                if output > 8
                else 1 / (1 + math.exp(-(step * 2 * 8 / 512 - 8)))
            )
            + 1e-5
        )
    return found


def walk(model: Model, outputs: list[float]) -> list[float]:
    """Log probability of each label down the Huffman tree: the two lightest nodes are joined again and again."""
    n = len(model.labels)
    weights = {k: count for k, count in enumerate(model.counts)}
    children, free_leaves, free_nodes = {}, list(range(n))[::-1], []
    for made in range(n, 2 * n - 1):
        pair = []
        for _ in range(2):
            leaf = free_leaves[0] if free_leaves else None
            node = free_nodes[0] if free_nodes else None
            if leaf is not None and (node is None or weights[leaf] < weights[node]):
                pair.append(free_leaves.pop(0))
            else:
                pair.append(free_nodes.pop(0))
        weights[made] = weights[pair[0]] + weights[pair[1]]
        children[made] = pair
        free_nodes.append(made)
    found = [0.0] * n

    def down(node: int, score: float) -> None:
        if node < n:
            found[node] = score
            return
        right = 1 / (1 + math.exp(-outputs[node - n]))
        down(children[node][0], score + math.log(1 - right + 1e-5))
        down(children[node][1], score + math.log(right + 1e-5))

    down(2 * n - 2, 0.0)
    return found
