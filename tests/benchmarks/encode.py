"""Encode: documents a second by Winnow's encoder beside sentence-transformers on the same weights and documents.

Each side runs in a process of its own, its clock starting when the model is loaded and has encoded a few documents; every
side runs twice, in turn, and the faster run counts. The share of the matrix peak is the arithmetic that the transformer
cannot avoid (products of weights and of attention over real tokens, no padding) over what one large product of the same
precision reaches on all cores or on the GPU.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks import machine, process
from tests.benchmarks.corpora import shared
from tests.benchmarks.tables import Cell, markdown

MAX_TOKENS = 256
N_DOCS = {"cpu": 600, "cuda": 30_000}
N_CHECKED = 200  # documents whose vectors are held against fp32


def report() -> Iterator[str]:
    """Markdown: the machine, a table, and how near every side is to fp32."""
    yield machine.line()
    corpus = shared("mix")
    answers: dict[str, list[dict[str, Any]]] = {name: [] for name in _sides()}
    for name in [*answers, *answers]:
        answers[name].append(process.module("encode", name, corpus).answer)
    best = {name: max(both, key=lambda one: one["docs_per_s"]) for name, both in answers.items()}
    slowest = best["sentence_transformers"]["docs_per_s"]
    rows: list[dict[str, Cell]] = [
        {
            "encoder": TITLES[name],
            "documents/s": one["docs_per_s"],
            "tokens/s": int(one["tokens_per_s"]),
            "share of the matrix peak": None if name == "static" else f"{one['share']:.0%}",
            "least cosine to fp32": None if name == "static" else f"{one['cosine']:.5f}",
            "× sentence-transformers": one["docs_per_s"] / slowest,
        }
        for name, one in best.items()
    ]
    yield markdown(rows)
    yield f"{best['winnow']['n_docs']:,} documents of mix, at most {MAX_TOKENS} tokens each."


def _sides() -> list[str]:
    from selection.backend.device import best_device

    on_gpu = best_device().name != "cpu"
    return [name for name in SIDES if on_gpu or name != "sentence_transformers_half"]


def _winnow() -> Callable[[list[str]], np.ndarray]:
    from selection.embedders.minilm import MiniLM

    embed = MiniLM(max_tokens=MAX_TOKENS).load({})
    return lambda texts: embed(pa.array(texts, pa.large_string()))


def _static() -> Callable[[list[str]], np.ndarray]:
    from selection.embedders.static import Static

    static = Static(max_tokens=MAX_TOKENS)
    embed = static.load(static.prepare())
    return lambda texts: embed(pa.array(texts, pa.large_string()))


def _sentence_transformers(half: bool = False) -> Callable[[list[str]], np.ndarray]:
    from sentence_transformers import SentenceTransformer

    from selection.backend.model_folder import locate
    from selection.embedders.minilm import NAME

    model: Any = SentenceTransformer(str(locate(NAME)))
    model = model.half() if half else model
    return lambda texts: model.encode(texts, normalize_embeddings=True)


SIDES: dict[str, Callable[[], Callable[[list[str]], np.ndarray]]] = {
    "winnow": _winnow,
    "static": _static,
    "sentence_transformers": _sentence_transformers,
    "sentence_transformers_half": lambda: _sentence_transformers(half=True),
}
TITLES = {
    "winnow": "Winnow, MiniLM",
    "static": "Winnow, static",
    "sentence_transformers": "sentence-transformers, MiniLM, defaults",
    "sentence_transformers_half": "sentence-transformers, MiniLM, fp16",
}


def _flops(lengths: np.ndarray) -> float:
    """Multiplications and additions of MiniLM: 6 layers, 384 wide, 1,536 inside."""
    wide, inside, layers = 384, 1536, 6
    weights = 2 * (4 * wide * wide + 2 * wide * inside)
    return float(layers * (weights * lengths.sum() + 4 * wide * (lengths.astype(float) ** 2).sum()))


def _peak() -> float:
    """Multiplications and additions a second of the best of ten large products."""
    import torch

    from selection.backend.device import best_device

    device = best_device()
    kind = torch.bfloat16 if device.half else torch.float32
    n = 8192 if device.name != "cpu" else 2048
    a, b = (torch.randn(n, n, dtype=kind, device=device.name) for _ in range(2))
    times = []
    for _ in range(10):
        started = time.perf_counter()
        (a @ b).sum().item()
        times.append(time.perf_counter() - started)
    return 2 * n**3 / min(times)


def main(name: str, corpus: Path) -> None:
    """Run one side; print its speed, its share of the peak and its distance to fp32."""
    from selection.backend.device import Device, best_device
    from selection.backend.encoder import Encoder
    from selection.backend.model_folder import locate
    from selection.backend.tokens import Tokenizer
    from selection.embedders.minilm import NAME

    texts = pq.read_table(corpus, columns=["text"])["text"][
        : N_DOCS[best_device().name]
    ].to_pylist()
    folder, column = locate(NAME), pa.array(texts, pa.large_string())
    ids = Tokenizer(folder, MAX_TOKENS, False, "").ids(column)
    lengths = np.fromiter(map(len, ids), np.int64, len(ids))
    encode = SIDES[name]()
    encode(texts[:64])
    started = time.perf_counter()
    vectors = encode(texts).astype(np.float32)
    seconds = time.perf_counter() - started
    answer = {
        "n_docs": len(texts),
        "docs_per_s": len(texts) / seconds,
        "tokens_per_s": lengths.sum() / seconds,
        "share": _flops(lengths) / seconds / _peak(),
    }
    if name != "static":
        exact = Encoder(folder, MAX_TOKENS, 0, Device("cpu", False)).encode(column[:N_CHECKED])
        rows = vectors[:N_CHECKED] / np.linalg.norm(vectors[:N_CHECKED], axis=1, keepdims=True)
        answer["cosine"] = float((rows * exact).sum(axis=1).min())
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
