"""Encoder: the one loop that every transformer reads text with.

Tokenised ahead in Rust threads, sorted by real token length, batches filled by a token budget instead of a count of
documents, half precision where the machine has it (`device.py`), pooling and normalisation in fp32. Every device holds a
copy of the model (`replicas.py`). `encode` may be called from several threads: each call tokenises at once and then waits
for a free device, so with more calls than devices the text of the next is tokenised while a GPU computes, and several
GPUs work side by side. On a CPU one call uses every core.

Numbers: `tolerance.py` says how far each path may stray from fp32, and with whom fp32 agrees; the tests hold it.
Cost: linear in tokens; `python -m tests.benchmarks encode` measures it beside sentence-transformers' default.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from selection.backend import model_folder, transformer
from selection.backend.dense import Dense
from selection.backend.device import Device
from selection.backend.pooling import pool
from selection.backend.replicas import Replicas
from selection.backend.tokens import Tokenizer

if TYPE_CHECKING:
    import torch

    from selection.core.model import Embed, LongDocuments


class Encoder:
    """A model in memory, once per device. `encode` may be called from several threads."""

    def __init__(
        self, folder: Path, max_tokens: int, batch_tokens: int, on: Sequence[Device] = ()
    ) -> None:
        parts = model_folder.read(folder)
        self.replicas = Replicas(partial(_Vectors, parts), on, batch_tokens)
        self.max_tokens = transformer.limit(max_tokens, parts, self.replicas.config)
        self.tokenizer = Tokenizer(
            parts.transformer, self.max_tokens, parts.lower_case, parts.prompt
        )

    def encode(self, text: pa.Array) -> np.ndarray:
        """(n_docs, dim) float32, rows of length 1; of each document its first `max_tokens` tokens.

        Raises `BackendUnavailable` when a vector is not finite.
        """
        return self.replicas.outputs(self.tokenizer.ids(text))

    def encode_whole(self, text: pa.Array) -> np.ndarray:
        """(n_docs, dim) float32, rows of length 1: the mean over a document's chunks, weighted by their tokens."""
        ids, owner = self.tokenizer.chunks(text)
        tokens = np.fromiter(map(len, ids), np.float32, len(ids))
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        summed = np.add.reduceat(self.replicas.outputs(ids) * tokens[:, None], first, axis=0)
        return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)

    def encode_vocabulary(self) -> tuple[np.ndarray, np.ndarray]:
        """(n_vocabulary, dim) float32 of every token alone, and which of them stand for text, (n_vocabulary,) bool."""
        ids, known = self.tokenizer.vocabulary()
        return self.replicas.outputs(ids), known


class _Vectors:
    """The network of an encoder: hidden states, pooled, through dense layers where there are any, made unit."""

    def __init__(self, parts: model_folder.ModelFolder, device: Device) -> None:
        self._model, _ = transformer.load(parts.transformer, device)
        self.config = self._model.config
        self._kind, self._poolings = device.kind, parts.poolings
        self._dense = [Dense(path, device.name) for path in parts.dense]

    def __call__(self, ids: torch.Tensor, mask: torch.Tensor, full: bool) -> torch.Tensor:
        import torch

        hidden = self._model(input_ids=ids, attention_mask=None if full else mask).last_hidden_state
        with torch.autocast(self._kind, enabled=False):
            vectors = pool(hidden, mask, self._poolings)
            for layer in self._dense:
                vectors = layer(vectors)
            return torch.nn.functional.normalize(vectors, dim=-1)


@lru_cache(maxsize=2)
def encoder(folder: Path, max_tokens: int = 0, batch_tokens: int = 0) -> Encoder:
    """The loaded model, once per process; 0 is the model's own limit, or the batch that suits the device."""
    return Encoder(folder, max_tokens, batch_tokens)


def reader(name: str, max_tokens: int, long_documents: LongDocuments, batch_tokens: int) -> Embed:
    """What an embedder's `load` returns, of the model with this name or in this folder."""
    model = encoder(model_folder.locate(name), max_tokens, batch_tokens)
    read = model.encode if long_documents == "cut" else model.encode_whole
    return lambda text: read(text).astype(np.float16)
