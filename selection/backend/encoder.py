"""Encoder: the one loop that every transformer reads text with.

Tokenised ahead in Rust threads, sorted by real token length, batches filled by a token budget instead of a count of
documents, bf16 where the machine has it (`device.py`), pooling and normalisation in fp32. Small batches are the faster
ones on a CPU: the activations of one or two thousand tokens stay in the cache. When memory runs out the batch is halved.

Numbers: in fp32 the cosine with sentence-transformers on the same weights is at least 0.9999 (tested); the batch a
document falls into changes its vector by rounding only.
Cost: linear in tokens; `python -m tests.benchmarks path` measures it beside sentence-transformers' default.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from selection.backend import model_folder
from selection.backend.dense import Dense
from selection.backend.device import Device, best_device, use_one_core
from selection.backend.pooling import pool
from selection.backend.tokens import Tokenizer, batches, padded
from selection.core.cores import n_cores
from selection.core.errors import BackendUnavailable

BATCH_TOKENS = {
    "cpu": 2048,  # 1024 is 8 % faster on idle cores, but suffers more from busy ones
    "cuda": 65536,  # not measured yet
}


class Encoder:
    """A model in memory. `encode` may be called from several threads."""

    def __init__(
        self, folder: Path, max_tokens: int, batch_tokens: int, device: Device | None = None
    ) -> None:
        parts = model_folder.read(folder)
        self._device = device or best_device()
        model, _ = transformer(parts.transformer)
        self._model = model.to(self._device.name).eval()
        config = self._model.config
        self.max_tokens = limit(max_tokens, parts, config)
        self._batch_tokens = batch_tokens or BATCH_TOKENS[self._device.name]
        self._pad_id = getattr(config, "pad_token_id", None) or 0
        self._tokenizer = Tokenizer(
            parts.transformer, self.max_tokens, parts.lower_case, parts.prompt
        )
        self._poolings = parts.poolings
        self._dense = [Dense(path, self._device.name) for path in parts.dense]

    def encode(self, text: pa.Array) -> np.ndarray:
        """(n_docs, dim) float32, rows of length 1; of each document its first `max_tokens` tokens.

        Raises `BackendUnavailable` when a vector is not finite.
        """
        return self._encode(self._tokenizer.ids(text))

    def encode_whole(self, text: pa.Array) -> np.ndarray:
        """(n_docs, dim) float32, rows of length 1: the mean over a document's chunks, weighted by their tokens."""
        ids, owner = self._tokenizer.chunks(text)
        tokens = np.fromiter(map(len, ids), np.float32, len(ids))
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        summed = np.add.reduceat(self._encode(ids) * tokens[:, None], first, axis=0)
        return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)

    def encode_vocabulary(self) -> tuple[np.ndarray, np.ndarray]:
        """(n_vocabulary, dim) float32 of every token alone, and which of them stand for text, (n_vocabulary,) bool."""
        ids, known = self._tokenizer.vocabulary()
        return self._encode(ids), known

    def _encode(self, ids: list[np.ndarray]) -> np.ndarray:
        if not ids:
            raise ValueError("an encoder needs at least one document")
        lengths = np.fromiter(map(len, ids), np.int64, len(ids))
        out: np.ndarray | None = None
        planned = list(batches(lengths, self._batch_tokens))
        for rows, vectors in zip(planned, self._each(ids, planned), strict=True):
            out = np.empty((len(ids), vectors.shape[1]), np.float32) if out is None else out
            out[rows] = vectors
        assert out is not None
        if not np.isfinite(out).all():
            bad = int(np.flatnonzero(~np.isfinite(out).all(axis=1))[0])
            raise BackendUnavailable(
                f"a model must give finite vectors, got NaN or infinity for document number {bad}; choose another model"
            )
        return out

    def _each(self, ids: list[np.ndarray], planned: list[np.ndarray]) -> Iterator[np.ndarray]:
        """Vectors batch by batch, in order: on a CPU every core takes batches of its own.

        Threads inside one operation wait for each other at its end, which costs a third on idle cores and more on
        busy ones; and a batch that one thread computes is the same whatever the number of cores.
        """
        if self._device.name != "cpu":
            yield from (self._guarded(ids, rows) for rows in planned)
            return
        with ThreadPoolExecutor(n_cores(), initializer=use_one_core) as workers:
            yield from workers.map(lambda rows: self._guarded(ids, rows), planned)

    def _guarded(self, ids: list[np.ndarray], rows: np.ndarray) -> np.ndarray:
        """One batch without gradients, in half precision where the machine has it (both are set per thread)."""
        import torch

        half = (
            torch.autocast(self._device.name, torch.bfloat16)
            if self._device.half
            else nullcontext()
        )
        with torch.inference_mode(), half:
            return self._vectors(ids, rows)

    def _vectors(self, ids: list[np.ndarray], rows: np.ndarray) -> np.ndarray:
        import torch

        try:
            return self._forward(*padded(ids, rows, self._pad_id))
        except (torch.OutOfMemoryError, MemoryError):
            if len(rows) == 1:
                raise BackendUnavailable(
                    f"one document of {len(ids[rows[0]])} tokens does not fit in the memory of {self._device.name};"
                    " lower max_tokens"
                ) from None
        middle = len(rows) // 2
        return np.concatenate(
            [self._vectors(ids, rows[:middle]), self._vectors(ids, rows[middle:])]
        )

    def _forward(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        import torch

        on_device = [self._move(torch.from_numpy(one)) for one in (ids, mask)]
        full = bool(mask.all())  # without a mask attention takes its fastest path
        hidden = self._model(
            input_ids=on_device[0], attention_mask=None if full else on_device[1]
        ).last_hidden_state
        with torch.autocast(self._device.name, enabled=False):
            vectors = pool(hidden, on_device[1], self._poolings)
            for layer in self._dense:
                vectors = layer(vectors)
            vectors = torch.nn.functional.normalize(vectors, dim=-1)
        return vectors.cpu().numpy()

    def _move(self, tensor: Any) -> Any:
        if self._device.name == "cpu":
            return tensor
        return tensor.pin_memory().to(self._device.name, non_blocking=True)


@lru_cache(maxsize=2)
def encoder(folder: Path, max_tokens: int = 0, batch_tokens: int = 0) -> Encoder:
    """The loaded model, once per process; 0 is the model's own limit, or the batch that suits the device."""
    return Encoder(folder, max_tokens, batch_tokens)


def transformer(folder: Path, auto: str = "AutoModel") -> tuple[Any, set[str]]:
    """The model in a folder by an Auto class of transformers, in fp32, and which of its weights the folder lacks."""
    import torch
    import transformers
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    from transformers.utils import logging

    kind = str(model_folder.read_json(folder / "config.json").get("model_type", ""))
    if kind not in CONFIG_MAPPING:
        raise BackendUnavailable(
            f"a model must be of a kind that transformers knows, got {kind!r} in {folder}, which would run the code of"
            " its author; choose another model"
        )
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # it would write over the shell's own progress line
    try:
        model, found = getattr(transformers, auto).from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
        )
    except Exception as error:  # safetensors, JSON and shape errors come as a dozen types
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        raise BackendUnavailable(
            f"the model in {folder} cannot be loaded ({reason}); copy it again or choose another"
        ) from None
    finally:
        if shown:
            logging.enable_progress_bar()
    return model, set(found["missing_keys"])


def limit(max_tokens: int, parts: model_folder.ModelFolder, config: Any) -> int:
    """The caller's limit, else the model author's, and never more positions than the model has."""
    positions = getattr(config, "max_position_embeddings", None) or 512
    if "roberta" in config.model_type or config.model_type in ("camembert", "mpnet"):
        positions -= (config.pad_token_id or 0) + 1  # these count positions from behind the pad
    return min(max_tokens or parts.max_tokens or positions, positions)
