"""Numbers agree: 500 real and odd documents on every path of the encoder, each within its stated tolerance of fp32."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from selection.backend import packed, replicas, tolerance
from selection.backend.device import Device, devices
from selection.backend.encoder import Encoder
from selection.backend.model_folder import locate
from selection.embedders.minilm import NAME, MiniLM
from tests.conftest import DATASETS

MAX_TOKENS = 64
N_REAL = 490
ODD = {
    "one word": "word",
    "empty": "",
    "empty after cleaning": " \n\t\u00a0\u200b ",
    "null": None,
    "100,000 tokens": "the river of words runs on and on " * 12_500,
    "CJK": "数据的质量决定模型的质量。" * 40,
    "CJK and kana": "コーパスを選ぶ人のための作業台",
    "emoji": "🙂🚀👩\u200d🔬" * 60,
    "one long word": "x" * 5_000,
    "right to left": "\u202eمرحبا بالعالم",
}
CPU, BF16 = Device("cpu"), Device("cpu", "bf16")


@pytest.fixture(scope="module")
def documents() -> pa.LargeStringArray:
    path: Path = DATASETS / "mix.parquet"
    if not path.exists():
        pytest.skip("the shared data sets are not beside the repository")
    text = pq.read_table(path, columns=["text"])["text"]
    spread = np.linspace(0, len(text) - 1, N_REAL).astype(int)  # every source of the mix
    real = text.take(spread).to_pylist()
    return pa.array([*ODD.values(), *real], pa.large_string())


@pytest.fixture(scope="module")
def reference(documents) -> np.ndarray:
    """fp32, one core, every document in a batch of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replicas, "n_cores", lambda: 1)
        return encoded(documents, [CPU], batch_tokens=1)


def encoded(documents: pa.Array, on: list[Device], batch_tokens: int = 0) -> np.ndarray:
    vectors = Encoder(locate(NAME), MAX_TOKENS, batch_tokens, on).encode(documents)
    assert vectors.dtype == np.float32 and np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    return vectors


def least_cosine(vectors: np.ndarray, reference: np.ndarray) -> float:
    rows = vectors.astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return float(
        (rows * (reference / np.linalg.norm(reference, axis=1, keepdims=True))).sum(1).min()
    )


@pytest.mark.slow
@pytest.mark.parametrize("batch_tokens", [300, 0, 16_384])
def test_fp32_is_the_same_however_the_batches_fall(documents, reference, batch_tokens):
    found = encoded(documents, [CPU], batch_tokens)
    assert least_cosine(found, reference) >= tolerance.SAME_ARITHMETIC


@pytest.mark.slow
@pytest.mark.parametrize("batch_tokens", [300, 0, 16_384])
def test_bf16_stays_near_fp32_however_the_batches_fall(documents, reference, batch_tokens):
    found = encoded(documents, [BF16], batch_tokens)
    assert least_cosine(found, reference) >= tolerance.HALF
    assert least_cosine(found, reference) < 1 - 1e-7  # half precision was really used


@pytest.mark.slow
def test_the_number_of_cores_changes_no_bit(documents, monkeypatch):
    found = []
    for n_cores in (1, 2, 3):
        monkeypatch.setattr(replicas, "n_cores", lambda n=n_cores: n)
        found.append(encoded(documents.slice(0, 120), [CPU]))
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])


@pytest.mark.slow
def test_unpacked_layers_and_parts_of_a_corpus_agree(documents, reference, monkeypatch):
    encoder = Encoder(locate(NAME), MAX_TOKENS, 0, [CPU])
    pieces = [encoder.encode(documents.slice(start, 77)) for start in range(0, len(documents), 77)]
    assert least_cosine(np.concatenate(pieces), reference) >= tolerance.SAME_ARITHMETIC
    monkeypatch.setattr(packed, "pack", lambda model, device: False)
    head = documents.slice(0, 150)
    for device, least in (
        (CPU, tolerance.SAME_ARITHMETIC),
        (BF16, tolerance.HALF),
    ):
        assert least_cosine(encoded(head, [device]), reference[:150]) >= least


@pytest.mark.slow
def test_documents_read_whole_agree(documents, reference):
    """One of 100,000 tokens is the token-weighted mean of more than a thousand chunks."""
    head = documents.slice(0, 30)
    exact, half = (Encoder(locate(NAME), MAX_TOKENS, 0, [device]) for device in (CPU, BF16))
    _, owner = exact.tokenizer.chunks(head)
    assert (owner == list(ODD).index("100,000 tokens")).sum() > 1_000
    whole = exact.encode_whole(head)
    assert least_cosine(half.encode_whole(head), whole) >= tolerance.HALF
    short = [k for k in range(30) if (owner == k).sum() == 1]
    assert len(short) > 5
    assert least_cosine(whole[short], reference[:30][short]) >= tolerance.SAME_ARITHMETIC


@pytest.mark.slow
def test_what_a_workspace_stores_is_the_vector_rounded(documents):
    head = documents.slice(0, 100)
    stored = MiniLM(max_tokens=MAX_TOKENS).load({})(head)
    vectors = encoded(head, devices())
    assert stored.dtype == np.float16
    assert least_cosine(stored, vectors) >= tolerance.STORED


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize(
    ("precision", "least"),
    [("fp32", tolerance.SAME_ARITHMETIC), ("bf16", tolerance.HALF), ("fp16", tolerance.HALF)],
)
@pytest.mark.parametrize("batch_tokens", [300, 0])
def test_a_gpu_agrees_with_the_cpu(documents, reference, precision, least, batch_tokens):
    found = encoded(documents, [Device("cuda:0", precision)], batch_tokens)
    assert least_cosine(found, reference) >= least
