"""The encoder against sentence-transformers on the same weights, and what it does with odd text and broken models."""

import inspect
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from selection.backend import encoder as encoder_module
from selection.backend.device import Device, best_device
from selection.backend.encoder import Encoder
from selection.backend.model_folder import fingerprint, locate, read
from selection.backend.tokens import Tokenizer, batches, padded
from selection.core.errors import BackendUnavailable

CPU = Device("cpu", half=False)
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


def docstrings(n: int) -> list[str]:
    """Real prose that every Python has."""
    import argparse
    import logging
    import unittest

    found = []
    for module in (argparse, json, logging, pytest, shutil, inspect, np, unittest):
        found += [doc for one in vars(module).values() if (doc := inspect.getdoc(one))]
    return list(dict.fromkeys(found))[:n]


def real_text(n: int) -> list[str]:
    if not SHARED.exists():
        return docstrings(n)
    import pyarrow.parquet as pq

    return pq.read_table(SHARED, columns=["text"])["text"].slice(0, n).to_pylist()


def large(texts: list[str | None]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Makes a folder with a random two-layer BERT, the pooling asked for, and a dense layer where asked for."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Dense, Normalize, Pooling, Transformer
    from torch import manual_seed, nn
    from transformers import BertConfig, BertModel

    base = tmp_path_factory.mktemp("bert")
    manual_seed(0)
    config = BertConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64
    )
    BertModel(config).save_pretrained(base)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(locate("all-MiniLM-L6-v2") / name, base)

    def make(pooling: str, dense: bool, max_tokens: int = 64) -> Path:
        modules = [
            Transformer(str(base), max_seq_length=max_tokens),
            Pooling(32, pooling_mode=pooling),
        ]
        if dense:
            modules += [Dense(32, 12, activation_function=nn.Tanh())]
        folder = tmp_path_factory.mktemp("model") / "m"
        SentenceTransformer(modules=[*modules, Normalize()], device="cpu").save(str(folder))
        return folder

    return make


def agreement(folder: Path, texts: list[str], max_tokens: int = 0) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    model.max_seq_length = max_tokens or model.max_seq_length
    theirs = model.encode(texts, normalize_embeddings=True)
    ours = Encoder(folder, max_tokens, 0, CPU).encode(large(texts))
    assert ours.dtype == np.float32 and np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    return (ours * theirs).sum(axis=1)


@pytest.mark.slow
def test_minilm_agrees_with_sentence_transformers_on_real_text():
    folder = locate("all-MiniLM-L6-v2")
    assert agreement(folder, real_text(200), max_tokens=64).min() > 0.9999
    assert agreement(folder, real_text(12)).min() > 0.9999


@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize(
    "pooling", ["cls", "max", "mean", "weightedmean", "lasttoken", "mean_sqrt_len_tokens"]
)
def test_every_pooling_agrees_with_sentence_transformers(tiny, pooling, dense):
    texts = docstrings(60) + [one for one in ODD if one.strip()]
    assert agreement(tiny(pooling, dense), texts).min() > 0.9999


def test_poolings_side_by_side_agree(tiny):
    folder = tiny("mean", dense=False)
    path = folder / read(folder).folder / "1_Pooling" / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "pooling_mode": ["cls", "mean"]}))
    assert Encoder(folder, 0, 0, CPU).encode(large(["two halves"])).shape == (1, 64)
    assert agreement(folder, docstrings(20)).min() > 0.9999


def test_a_plain_folder_is_read_as_mean_pooling(tiny, tmp_path):
    folder = tiny("mean", dense=False)
    plain = tmp_path / "plain"
    shutil.copytree(folder, plain)
    (plain / "modules.json").unlink()
    texts = large(["one text", "another, longer text"])
    assert np.allclose(
        Encoder(plain, 64, 0, CPU).encode(texts),
        Encoder(folder, 0, 0, CPU).encode(texts),
        atol=1e-6,
    )


def test_odd_documents_give_finite_unit_vectors_however_they_are_batched(tiny):
    folder = tiny("mean", dense=False)
    texts = large([*ODD, None, *docstrings(20)])
    small, big = (Encoder(folder, 0, tokens, CPU).encode(texts) for tokens in (64, 8192))
    assert np.isfinite(small).all() and np.allclose(np.linalg.norm(small, axis=1), 1, atol=1e-5)
    assert np.allclose(small, big, atol=1e-5)
    alone = np.concatenate([Encoder(folder, 0, 0, CPU).encode(texts.slice(k, 1)) for k in range(6)])
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


def test_out_of_memory_halves_the_batch_and_goes_on(tiny, monkeypatch):
    encoder = Encoder(tiny("mean", dense=False), 0, 4096, CPU)
    texts = large(docstrings(30))
    expected = encoder.encode(texts)
    forward, sizes = encoder._forward, []

    def cramped(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        sizes.append(len(ids))
        if len(ids) > 4:
            raise MemoryError
        return forward(ids, mask)

    monkeypatch.setattr(encoder, "_forward", cramped)
    assert np.allclose(encoder.encode(texts), expected, atol=1e-5)
    assert max(sizes) > 4

    def hopeless(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        raise MemoryError

    monkeypatch.setattr(encoder, "_forward", hopeless)
    with pytest.raises(
        BackendUnavailable, match="does not fit in the memory of cpu; lower max_tokens"
    ):
        encoder.encode(texts)


def test_bf16_stays_close_to_fp32(tiny):
    folder = tiny("mean", dense=False)
    texts = large(docstrings(30))
    exact, half = (Encoder(folder, 0, 0, Device("cpu", h)).encode(texts) for h in (False, True))
    assert (exact * half).sum(axis=1).min() > 0.999
    assert best_device().name in ("cpu", "cuda")


def broken(folder: Path, how: str) -> None:
    if how == "weights":
        path = folder / "model.safetensors"
        path.write_bytes(path.read_bytes()[:5000])
    elif how == "pickle":
        (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    elif how == "config":
        (folder / "config.json").write_text("{ not json")
    elif how == "tokenizer":
        (folder / "tokenizer.json").write_text("{}")
    elif how == "remote":
        config = json.loads((folder / "config.json").read_text())
        config |= {"model_type": "own_kind", "auto_map": {"AutoModel": "evil.Model"}}
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "evil.py").write_text("raise SystemExit('the code of a model was run')")
    elif how == "module":
        modules = json.loads((folder / "modules.json").read_text())
        modules[1]["type"] = "evil.Pooling2"
        (folder / "modules.json").write_text(json.dumps(modules))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("weights", "cannot be loaded"),
        ("pickle", "safetensors only"),
        ("config", "config.json of a model must be JSON"),
        ("tokenizer", "tokenizer.json in .* cannot be read"),
        ("remote", "would run the code of its author"),
        ("module", "has Pooling2"),
    ],
)
def test_a_broken_model_is_one_sentence(tiny, tmp_path, how, said):
    folder = tmp_path / "model"
    shutil.copytree(tiny("mean", dense=False), folder)
    broken(folder, how)
    with pytest.raises(BackendUnavailable, match=said) as caught:
        Encoder(folder, 0, 0, CPU).encode(large(["x"]))
    assert "\n" not in str(caught.value)


def test_names_lead_to_folders_or_to_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert locate("all-MiniLM-L6-v2") == locate("sentence-transformers/all-MiniLM-L6-v2")
    assert locate(str(tmp_path)) == tmp_path.resolve()
    with pytest.raises(BackendUnavailable, match="got '/no/such/folder'; check the path"):
        locate("/no/such/folder")

    def gone(*args: object, local_files_only: bool = False, **kwargs: object) -> str:
        from huggingface_hub.errors import LocalEntryNotFoundError

        raise (
            LocalEntryNotFoundError("not cached") if local_files_only else OSError("offline\nmore")
        )

    monkeypatch.setattr("huggingface_hub.snapshot_download", gone)
    with pytest.raises(BackendUnavailable, match=r"neither on this machine .*\(offline\); give"):
        locate("owner/model-of-nobody")


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
    encoder, tokenizer = Encoder(folder, 0, 0, CPU), Tokenizer(folder, 32, False, "")
    long = " ".join(docstrings(5))
    ids, owner = tokenizer.chunks(large(["short", long, ""]))
    lengths = np.array([len(one) for one in ids])
    of_long = lengths[owner == 1]
    assert lengths.max() <= 32 and np.ptp(of_long) <= 1 and len(of_long) > 5
    whole = encoder.encode_whole(large(["short", long, ""]))
    pieces = encoder._encode(ids)[owner == 1]
    mean = (pieces * of_long[:, None]).sum(axis=0)
    assert np.allclose(whole[1], mean / np.linalg.norm(mean), atol=1e-5)
    assert np.allclose(whole[[0, 2]], encoder.encode(large(["short", ""])), atol=1e-6)
    own = np.concatenate([one[1:-1] for one, place in zip(ids, owner, strict=True) if place == 1])
    assert own.tolist() == tokenizer._rust.encode(long, add_special_tokens=False).ids
