"""The encoder against sentence-transformers on the same weights, and what it does with odd text and broken models."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from selection.backend import encoder as encoder_module
from selection.backend import tolerance
from selection.backend.device import Device, best_device
from selection.backend.encoder import Encoder
from selection.backend.model_folder import fingerprint, locate, read
from selection.backend.tokens import Tokenizer, batches, padded
from tests.backend.conftest import docstrings, large

CPU = Device("cpu")
SHARED = Path(__file__).parents[2] / "../shared/datasets/mix_small.parquet"
ODD = [
    "",
    "word",
    "   \n\t ",
    "信息系统管理" * 400,
    "🙂🚀" * 50,
    "x" * 5000,
    " " * 9000 + "far behind the spaces",
    "a-very/long_path." * 3000,
    "\u202eright to left\u0000",
]


def real_text(n: int) -> list[str]:
    if not SHARED.exists():
        return docstrings(n)
    import pyarrow.parquet as pq

    return pq.read_table(SHARED, columns=["text"])["text"].slice(0, n).to_pylist()


def agreement(folder: Path, texts: list[str], max_tokens: int = 0) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    model.max_seq_length = max_tokens or model.max_seq_length
    theirs = model.encode(texts, normalize_embeddings=True)
    ours = Encoder(folder, max_tokens, 0, [CPU]).encode(large(texts))
    assert ours.dtype == np.float32 and np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    return (ours * theirs).sum(axis=1)


@pytest.mark.slow
def test_minilm_agrees_with_sentence_transformers_on_real_text():
    folder = locate("all-MiniLM-L6-v2")
    assert agreement(folder, real_text(200), max_tokens=64).min() >= tolerance.SENTENCE_TRANSFORMERS
    assert agreement(folder, real_text(12)).min() >= tolerance.SENTENCE_TRANSFORMERS


@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize(
    "pooling", ["cls", "max", "mean", "weightedmean", "lasttoken", "mean_sqrt_len_tokens"]
)
def test_every_pooling_agrees_with_sentence_transformers(tiny, pooling, dense):
    texts = docstrings(60) + [one for one in ODD if one.strip()]
    assert agreement(tiny(pooling, dense), texts).min() >= tolerance.SENTENCE_TRANSFORMERS


def test_poolings_side_by_side_agree(tiny):
    folder = tiny("mean", dense=False)
    path = folder / read(folder).folder / "1_Pooling" / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "pooling_mode": ["cls", "mean"]}))
    assert Encoder(folder, 0, 0, [CPU]).encode(large(["two halves"])).shape == (1, 64)
    assert agreement(folder, docstrings(20)).min() >= tolerance.SENTENCE_TRANSFORMERS


def test_a_plain_folder_is_read_as_mean_pooling(tiny, tmp_path):
    folder = tiny("mean", dense=False)
    plain = tmp_path / "plain"
    shutil.copytree(folder, plain)
    (plain / "modules.json").unlink()
    texts = large(["one text", "another, longer text"])
    assert np.allclose(
        Encoder(plain, 64, 0, [CPU]).encode(texts),
        Encoder(folder, 0, 0, [CPU]).encode(texts),
        atol=1e-6,
    )


def test_odd_documents_give_finite_unit_vectors_however_they_are_batched(tiny):
    folder = tiny("mean", dense=False)
    texts = large([*ODD, None, *docstrings(20)])
    small, big = (Encoder(folder, 0, tokens, [CPU]).encode(texts) for tokens in (64, 8192))
    assert np.isfinite(small).all() and np.allclose(np.linalg.norm(small, axis=1), 1, atol=1e-5)
    assert np.allclose(small, big, atol=1e-5)
    alone = np.concatenate(
        [Encoder(folder, 0, 0, [CPU]).encode(texts.slice(k, 1)) for k in range(6)]
    )
    assert np.allclose(alone, big[:6], atol=1e-5)
    assert np.array_equal(small[0], small[len(ODD)])  # null is read as empty


def test_cutting_before_tokenising_changes_no_token():
    folder = locate("all-MiniLM-L6-v2")
    import tokenizers

    whole = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    whole.no_padding()
    whole.enable_truncation(32)
    texts = [*ODD, *docstrings(200), "x" * 99 + " " + "ab" * 70 + " end " * 500]
    ours = Tokenizer(folder, 32, lower_case=False, prompt="").ids(large(texts))
    for mine, theirs in zip(ours, whole.encode_batch(texts), strict=True):
        assert mine.tolist() == theirs.ids


def test_batches_keep_the_budget_and_every_row_once():
    lengths = np.random.default_rng(0).integers(0, 300, 500)
    seen = []
    for rows in batches(lengths, 1000):
        assert len(rows) == 1 or len(rows) * lengths[rows].max() <= 1000
        seen += rows.tolist()
    assert sorted(seen) == list(range(500))
    ids, mask = padded(
        [np.array([5, 6, 7]), np.array([], int), np.array([8])], np.array([0, 1, 2]), 9
    )
    assert ids.tolist() == [[5, 6, 7], [9, 9, 9], [8, 9, 9]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0], [1, 0, 0]]


def test_bf16_stays_close_to_fp32(tiny):
    folder = tiny("mean", dense=False)
    texts = large(docstrings(30))
    exact, half = (
        Encoder(folder, 0, 0, [Device("cpu", p)]).encode(texts) for p in ("fp32", "bf16")
    )
    assert (exact * half).sum(axis=1).min() >= tolerance.HALF
    assert best_device().kind in ("cpu", "cuda")


def test_the_fingerprint_follows_the_weights(tiny, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(tiny("mean", dense=False), folder)
    before = fingerprint(str(folder))
    assert before == fingerprint(str(folder)) and len(before) == 64
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "model.safetensors").write_bytes(bytes(data))
    assert fingerprint(str(folder)) != before


def test_the_loaded_model_is_kept():
    assert encoder_module.encoder(locate("all-MiniLM-L6-v2"), 32) is encoder_module.encoder(
        locate("all-MiniLM-L6-v2"), 32
    )


def test_a_long_document_is_the_token_weighted_mean_of_its_chunks(tiny):
    folder = tiny("mean", dense=False, max_tokens=32)
    encoder, tokenizer = Encoder(folder, 0, 0, [CPU]), Tokenizer(folder, 32, False, "")
    long = " ".join(docstrings(5))
    ids, owner = tokenizer.chunks(large(["short", long, ""]))
    lengths = np.array([len(one) for one in ids])
    of_long = lengths[owner == 1]
    assert lengths.max() <= 32 and np.ptp(of_long) <= 1 and len(of_long) > 5
    whole = encoder.encode_whole(large(["short", long, ""]))
    pieces = encoder.replicas.outputs(ids)[owner == 1]
    mean = (pieces * of_long[:, None]).sum(axis=0)
    assert np.allclose(whole[1], mean / np.linalg.norm(mean), atol=1e-5)
    assert np.allclose(whole[[0, 2]], encoder.encode(large(["short", ""])), atol=1e-6)
    own = np.concatenate([one[1:-1] for one, place in zip(ids, owner, strict=True) if place == 1])
    assert own.tolist() == tokenizer._rust.encode(long, add_special_tokens=False).ids
