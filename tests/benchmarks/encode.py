"""Encode: documents a second by Winnow's encoder beside sentence-transformers on the same weights and documents.

Each side runs in a process of its own, its clock starting when the model is loaded and has encoded a few documents; every
side runs three times, in turn, and the fastest run counts. On a machine that others use the ratio of CPU seconds says more
than that of seconds, so both are shown. The share of the matrix peak is the arithmetic that the transformer cannot avoid
(products of weights and of attention over real tokens, no padding) over what large products of the best precision reach
in the same CPU time, or in the same time on a GPU, measured right after.
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
N_RUNS = 3
BASELINE = "sentence_transformers"
TITLES = {
    "winnow": "Winnow, MiniLM",
    "winnow_fp32": "Winnow, MiniLM, as on a processor without bf16",
    "static": "Winnow, static",
    "sentence_transformers": "sentence-transformers, MiniLM, defaults",
    "sentence_transformers_half": "sentence-transformers, MiniLM, fp16",
}
Encode = Callable[[list[str]], np.ndarray]


def report(only: list[str] | None = None) -> Iterator[str]:
    """Markdown: the machine, a table, and how near every side is to fp32."""
    from selection.backend.device import best_device

    yield machine.line()
    corpus, device = shared("mix"), best_device()
    left_out = "winnow_fp32" if device.kind == "cuda" else "sentence_transformers_half"
    names = [
        name for name in TITLES if name != left_out and (not only or name in [*only, BASELINE])
    ]
    answers: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for name in names * N_RUNS:
        answers[name].append(process.module("encode", name, corpus).answer)
    yield markdown([_row(name, answers) for name in names])
    yield (
        f"{answers[BASELINE][0]['n_docs']:,} documents of mix, at most {MAX_TOKENS} tokens each; the fastest of {N_RUNS} runs"
        " of each side."
    )


def _row(name: str, answers: dict[str, list[dict[str, Any]]]) -> dict[str, Cell]:
    def best(side: str, key: str) -> float:
        return max(one[key] for one in answers[side])

    checked = name != "static"
    return {
        "encoder": TITLES[name],
        "documents/s": best(name, "docs_per_s"),
        "tokens/s": int(best(name, "tokens_per_s")),
        "share of the matrix peak": f"{best(name, 'share'):.0%}" if checked else None,
        "least cosine to fp32": f"{best(name, 'cosine'):.5f}" if checked else None,
        "× by the clock": best(name, "docs_per_s") / best(BASELINE, "docs_per_s"),
        "× by CPU seconds": best(name, "docs_per_cpu_s") / best(BASELINE, "docs_per_cpu_s"),
    }


def _winnow() -> Encode:
    """As the verb `embed` does it: in steps, as many at once as the devices want."""
    from selection.embedders.minilm import MiniLM
    from selection.engine.local import in_order
    from selection.workflow.embed import steps

    embed = MiniLM.build({"max_tokens": MAX_TOKENS}).load({})
    step_docs, at_once = steps()

    def encode(texts: list[str]) -> np.ndarray:
        column = pa.array(texts, pa.large_string())
        pieces = [column.slice(k, step_docs) for k in range(0, len(column), step_docs)]
        return np.concatenate(list(in_order(embed, pieces, at_once)))

    return encode


def _winnow_fp32() -> Encode:
    from selection.backend.device import Device
    from selection.backend.encoder import Encoder

    encoder = Encoder(_folder(), MAX_TOKENS, 0, [Device("cpu")])
    return lambda texts: encoder.encode(pa.array(texts, pa.large_string()))


def _static() -> Encode:
    from selection.embedders.static import Static

    static = Static.build({"max_tokens": MAX_TOKENS})
    embed = static.load(static.prepare())
    return lambda texts: embed(pa.array(texts, pa.large_string()))


def _sentence_transformers(half: bool = False) -> Encode:
    from sentence_transformers import SentenceTransformer

    model: Any = SentenceTransformer(str(_folder()))
    model = model.half() if half else model
    return lambda texts: model.encode(texts, normalize_embeddings=True)


SIDES: dict[str, Callable[[], Encode]] = {
    "winnow": _winnow,
    "winnow_fp32": _winnow_fp32,
    "static": _static,
    "sentence_transformers": _sentence_transformers,
    "sentence_transformers_half": lambda: _sentence_transformers(half=True),
}


def _folder() -> Path:
    from selection.backend.model_folder import locate
    from selection.embedders.minilm import NAME

    return locate(NAME)


def _flops(lengths: np.ndarray) -> float:
    """Multiplications and additions of MiniLM: 6 layers, 384 wide, 1,536 inside."""
    wide, inside, layers = 384, 1536, 6
    weights = 2 * (4 * wide * wide + 2 * wide * inside)
    return float(layers * (weights * lengths.sum() + 4 * wide * (lengths.astype(float) ** 2).sum()))


def _peak(precision: str) -> float:
    """Multiplications and additions a second of the best of ten large products: a CPU second on a CPU.

    On a CPU it is the better of torch's own product and the encoder's packed one.
    """
    import torch

    from selection.backend.device import best_device
    from selection.backend.packed import Packed

    device = best_device()
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision, torch.float32)
    n, clock = (2048, time.process_time) if device.kind == "cpu" else (8192, time.perf_counter)
    a, b = (torch.randn(n, n, dtype=dtype, device=device.name) for _ in range(2))
    products: list[Callable[[], torch.Tensor]] = [lambda: a @ b]
    if device.kind == "cpu":
        layer = torch.nn.Linear(n, n)
        products.append(lambda packed=Packed(layer, dtype): packed(a))
    times = []
    with torch.inference_mode():
        for product in products * 10:
            started = clock()
            product()[0, 0].item()  # waits for a GPU
            times.append(clock() - started)
    return 2 * n**3 / min(times)


def main(name: str, corpus: Path) -> None:
    """Run one side; print its speed, its share of the peak and its distance to fp32."""
    from selection.backend.device import Device, best_device
    from selection.backend.encoder import Encoder
    from selection.backend.tokens import Tokenizer

    device = best_device()
    column = pq.read_table(corpus, columns=["text"])["text"][: N_DOCS[device.kind]]
    column = column.combine_chunks().cast(pa.large_string())
    texts = column.to_pylist()
    ids = Tokenizer(_folder(), MAX_TOKENS, False, "").ids(column)
    lengths = np.fromiter(map(len, ids), np.int64, len(ids))
    encode = SIDES[name]()
    encode(texts[:64])
    started, cpu_started = time.perf_counter(), time.process_time()
    vectors = encode(texts).astype(np.float32)
    seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu_started
    precision = "fp32" if name == "winnow_fp32" else device.precision  # the best there is, for all
    paid_s = cpu_s if device.kind == "cpu" else seconds
    answer = {
        "n_docs": len(texts),
        "docs_per_s": len(texts) / seconds,
        "docs_per_cpu_s": len(texts) / cpu_s,
        "tokens_per_s": lengths.sum() / seconds,
        "share": _flops(lengths) / paid_s / _peak(precision),
    }
    if name != "static":
        exact = Encoder(_folder(), MAX_TOKENS, 0, [Device("cpu")]).encode(column[:N_CHECKED])
        rows = vectors[:N_CHECKED] / np.linalg.norm(vectors[:N_CHECKED], axis=1, keepdims=True)
        answer["cosine"] = float((rows * exact).sum(axis=1).min())
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
