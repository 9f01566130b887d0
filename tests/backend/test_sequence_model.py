"""Raters through the encoder's loop, against transformers' own forward pass on the same weights."""

import json

import numpy as np
import pyarrow as pa
import pytest

from selection.backend import packed
from selection.backend.device import Device
from selection.backend.sequence_model import SequenceModel, fingerprint, head_of, where
from selection.core.errors import BackendUnavailable
from tests import tiny_models

CPU = [Device("cpu")]
TEXTS = [
    "",
    "One short line.",
    "A judge reads a text once and says what it is worth. " * 4,
    "信息系统管理" * 30,
    "word " * 400,
    "Reasons follow from premises, and premises from looking. " * 30,
]


def large(texts):
    return pa.array(texts, pa.large_string())


def theirs(folder, texts, max_tokens, special=True):
    """Logits one text at a time: no padding, no batch, no loop of ours."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = []
    for text in texts:
        ids = tokenizer(
            text,
            truncation=True,
            max_length=max_tokens,
            return_tensors="pt",
            add_special_tokens=special,
        )["input_ids"]
        with torch.inference_mode():
            rows.append(model(input_ids=ids).logits[0].numpy())
    return np.array(rows)


@pytest.mark.parametrize("n_labels", [1, 4, 6])
@pytest.mark.parametrize("kind", ["bert", "roberta", "modernbert", "llama"])
def test_outputs_agree_with_transformers(tmp_path, kind, n_labels):
    folder = tiny_models.classifier(tmp_path / "m", n_labels, kind)
    wanted = theirs(folder, TEXTS, 128)
    found = SequenceModel(folder, 128, "beginning", CPU).read(large(TEXTS))
    assert found.shape == (len(TEXTS), n_labels) and found.dtype == np.float32
    assert np.ptp(wanted[:, 0]) > 0.05  # the texts are told apart, so agreement means something
    np.testing.assert_allclose(found, wanted, atol=2e-4)


def test_the_head_is_computed_in_fp32_when_the_body_is_not(tmp_path, monkeypatch):
    import torch

    folder = tiny_models.classifier(tmp_path / "m", 4)
    seen = {}
    model = SequenceModel(folder, 128, "beginning", [Device("cpu", "bf16")])
    # a hook would run outside the wrapped forward, so the weights' own product is looked at
    inner, body = torch.nn.functional.linear, packed.Packed.forward

    def of_the_head(x, weight, bias=None):
        seen["head"] = (x.dtype, torch.is_autocast_enabled("cpu"))
        return inner(x, weight, bias)

    def of_the_body(self, x):
        seen["body"] = body(self, x).dtype
        return body(self, x)

    monkeypatch.setattr(torch.nn.functional, "linear", of_the_head)
    monkeypatch.setattr(packed.Packed, "forward", of_the_body)
    found = model.read(large(TEXTS))
    monkeypatch.undo()
    assert seen == {"head": (torch.float32, False), "body": torch.bfloat16}
    exact = SequenceModel(folder, 128, "beginning", CPU).read(large(TEXTS))
    assert np.abs(found - exact).max() < 0.05 * np.abs(exact).max()


def test_pieces_are_full_and_a_rest_without_special_tokens_weighted_by_tokens(tmp_path):
    """As QuRater reads: written out here with transformers alone."""
    from transformers import AutoTokenizer

    folder = tiny_models.classifier(tmp_path / "m", 4, "llama")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    text = TEXTS[5]
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    parts = [ids[k : k + 110] for k in range(0, len(ids), 110)]
    assert len(parts[-1]) < 110 < len(ids)
    import torch
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        each = np.array([model(input_ids=torch.tensor([p])).logits[0].numpy() for p in parts])
    wanted = np.average(each, axis=0, weights=[len(p) for p in parts])
    found = SequenceModel(folder, 110, "pieces", CPU).read(large([TEXTS[1], text, ""]))
    np.testing.assert_allclose(found[1], wanted, atol=2e-4)
    assert np.isfinite(found).all()


def test_chunks_cover_a_text_evenly(tmp_path):
    folder = tiny_models.classifier(tmp_path / "m", 1)
    model = SequenceModel(folder, 34, "chunks", CPU)
    text = "word " * 64  # two chunks of 32 words between two special tokens
    whole, half = model.read(large([text, "word " * 32]))
    np.testing.assert_allclose(whole, half, atol=2e-4)
    alone = SequenceModel(folder, 34, "beginning", CPU).read(large(TEXTS[:3]))
    np.testing.assert_allclose(model.read(large(TEXTS[:2])), alone[:2], atol=2e-4)


def test_documents_in_any_batch_get_the_same_numbers(tmp_path):
    folder = tiny_models.classifier(tmp_path / "m", 6, "roberta")
    model = SequenceModel(folder, 128, "beginning", CPU)
    whole = model.read(large(TEXTS * 20))
    np.testing.assert_allclose(whole, np.tile(model.read(large(TEXTS)), (20, 1)), atol=1e-4)
    assert model.read(large([])).shape == (0, 6)


def test_labels_and_their_kind_come_from_the_config(tmp_path):
    folder = tiny_models.classifier(tmp_path / "m", 3, id2label={0: "Bad", 1: "So so", 2: "Good"})
    assert head_of(folder).labels == ("Bad", "So so", "Good")
    assert head_of(folder).problem == "single_label_classification"
    one = tiny_models.classifier(tmp_path / "one", 1)
    assert head_of(one).problem == "regression" and len(head_of(one).labels) == 1


def test_an_encoder_without_a_head_is_no_rater(tmp_path):
    with pytest.raises(BackendUnavailable, match=r"needs weights for its head.*train a student"):
        SequenceModel(tiny_models.encoder(tmp_path / "m"), 0, "beginning", CPU)


def test_an_absent_model_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    for name in ("nobody/has-this", "no_such_folder", "../no/such/folder"):
        with pytest.raises(BackendUnavailable, match="is not on this machine") as error:
            where(name)
        assert "\n" not in str(error.value) and "give the folder" in str(error.value)


def test_a_model_with_code_of_its_author_or_pickled_weights_is_refused(tmp_path):
    folder = tiny_models.classifier(tmp_path / "m", 1)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "my_own"}))
    with pytest.raises(BackendUnavailable, match="would run the code of its author"):
        SequenceModel(folder, 0, "beginning", CPU)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(BackendUnavailable, match="safetensors only"):
        SequenceModel(folder, 0, "beginning", CPU)


def test_changed_weights_are_another_rater(tmp_path):
    first = fingerprint(str(tiny_models.classifier(tmp_path / "a", 1)))
    assert first == fingerprint(str(tmp_path / "a"))
    assert first != fingerprint(str(tiny_models.classifier(tmp_path / "b", 1, seed=1)))
