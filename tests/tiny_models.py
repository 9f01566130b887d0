"""Small real models made here: random weights, the tokenizer of MiniLM, saved as anyone's model is saved."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from selection.backend.model_folder import locate

_SIZE = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "vocab_size": 30522,
    "initializer_range": 0.3,  # the usual 0.02 lets an untrained model give all texts the same output
}


def classifier(
    folder: Path, n_labels: int, kind: str = "bert", seed: int = 0, **config: Any
) -> Path:
    """A sequence-classification model of some kind (bert, roberta, modernbert, llama) in a new folder."""
    import torch
    import transformers

    torch.manual_seed(seed)
    facts = {**_SIZE, "num_labels": n_labels, "pad_token_id": 0, **config}
    if kind == "llama":
        facts |= {"num_key_value_heads": 4, "bos_token_id": 101, "eos_token_id": 102}
    if kind == "modernbert":
        facts |= {
            "cls_token_id": 101,
            "sep_token_id": 102,
            "bos_token_id": 101,
            "eos_token_id": 102,
        }
    made = transformers.AutoConfig.for_model(kind, **facts)
    model = transformers.AutoModelForSequenceClassification.from_config(made)
    model.save_pretrained(folder)
    return with_tokenizer(folder)


def encoder(folder: Path, seed: int = 0, **config: Any) -> Path:
    """A plain BERT without a head."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(seed)
    BertModel(BertConfig(**{**_SIZE, **config})).save_pretrained(folder)
    return with_tokenizer(folder)


def with_tokenizer(folder: Path) -> Path:
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(locate("all-MiniLM-L6-v2") / name, folder)
    return folder
