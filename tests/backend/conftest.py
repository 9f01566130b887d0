"""Small models made here, and prose that every Python has."""

import inspect
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from selection.backend.model_folder import locate


def docstrings(n: int) -> list[str]:
    """Real prose that every Python has."""
    import argparse
    import logging
    import unittest

    found = []
    for module in (argparse, json, logging, pytest, shutil, inspect, np, unittest):
        found += [doc for one in vars(module).values() if (doc := inspect.getdoc(one))]
    return list(dict.fromkeys(found))[:n]


def large(texts: Sequence[str | None]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


@pytest.fixture(scope="session")
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
