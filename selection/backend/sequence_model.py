"""Sequence model: a transformer with a head on top that gives numbers for a text, read by the encoder's own loop.

Any sequence-classification or regression model that transformers knows, from a folder or a Hugging Face name. The body
runs in bf16 where the machine has it, the head always in fp32: a rating is one number, and bf16 has three digits.

Only safetensors and JSON are read, never the code of a model's author. A folder without the weights of its head is
refused: transformers would draw them at random, and rate with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from selection.backend import model_folder, transformer
from selection.backend.device import Device
from selection.backend.replicas import Replicas
from selection.backend.tokens import Tokenizer
from selection.core.errors import BackendUnavailable

if TYPE_CHECKING:
    import torch

Reading = Literal["beginning", "chunks", "pieces"]
"""What of a long text is read: its first tokens; all of it in even chunks; all of it in full pieces and a rest, without
special tokens. Of several chunks the outputs are averaged, weighted by their tokens."""


@dataclass(frozen=True)
class Head:
    """What `config.json` says of the outputs."""

    labels: tuple[str, ...]
    problem: Literal["regression", "single_label_classification", "multi_label_classification"]


class SequenceModel:
    """A rater in memory, once per device. `read` may be called from several threads."""

    def __init__(
        self, folder: Path, max_tokens: int, reading: Reading, on: Sequence[Device] = ()
    ) -> None:
        parts = model_folder.read(folder)
        self._replicas = Replicas(partial(_Outputs, parts), on)
        self.head = head_of(parts.transformer)
        self.max_tokens = transformer.limit(max_tokens, parts, self._replicas.config)
        self._reading = reading
        special = reading != "pieces"
        self._tokenizer = Tokenizer(
            parts.transformer, self.max_tokens, parts.lower_case, parts.prompt, special
        )

    def read(self, text: pa.Array) -> np.ndarray:
        """(n_docs, n_outputs) float32, as the head gives them: values of a regression, logits of a classification.

        Raises `BackendUnavailable` when one is not finite.
        """
        if len(text) == 0:
            return np.zeros((0, len(self.head.labels)), np.float32)
        if self._reading == "beginning":
            return self._replicas.outputs(self._tokenizer.ids(text))
        ids, owner = self._tokenizer.chunks(text, even=self._reading == "chunks")
        tokens = np.array([max(len(one), 1) for one in ids], np.float64)
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        summed = np.add.reduceat(self._replicas.outputs(ids) * tokens[:, None], first, axis=0)
        return (summed / np.add.reduceat(tokens, first)[:, None]).astype(np.float32)


class _Outputs:
    """The network of a rater: what the head gives, in fp32."""

    def __init__(self, parts: model_folder.ModelFolder, device: Device) -> None:
        self._model, missing = transformer.load(
            parts.transformer, device, "AutoModelForSequenceClassification"
        )
        if missing:
            raise BackendUnavailable(
                f"a rater needs weights for its head, and {parts.folder} lacks {', '.join(sorted(missing)[:3])}; that is an"
                " encoder: train a student on its vectors instead"
            )
        self.config = self._model.config
        _let_pad(self.config)
        _keep_head_precise(self._model, device.kind)

    def __call__(self, ids: torch.Tensor, mask: torch.Tensor, full: bool) -> torch.Tensor:
        return self._model(input_ids=ids, attention_mask=None if full else mask).logits.float()


@lru_cache(maxsize=4)
def sequence_model(
    folder: Path, max_tokens: int = 0, reading: Reading = "beginning"
) -> SequenceModel:
    """The loaded model, once per process; 0 is the model's own limit."""
    return SequenceModel(folder, max_tokens, reading)


def where(model: str) -> Path:
    """The folder of a rater by its Hugging Face name (looked for on this machine first) or its own folder."""
    if not Path(model).expanduser().is_dir() and "/" not in model:
        raise BackendUnavailable(_absent(model, "there is no such folder"))
    try:
        return model_folder.locate(model)
    except BackendUnavailable as error:
        raise BackendUnavailable(_absent(model, str(error).partition(";")[0][:200])) from None


def fingerprint(model: str) -> str:
    """`name@commit`, or the sha256 of the files: part of a run's key, so that a changed model is another rater."""
    where(model)
    return model_folder.fingerprint(model)


def head_of(folder: Path) -> Head:
    """Labels in the order of the outputs, and what kind of outputs they are."""
    config = model_folder.read_json(folder / "config.json")
    named = {int(number): str(label) for number, label in (config.get("id2label") or {}).items()}
    n_labels = len(named) or int(config.get("num_labels", 2))
    labels = tuple(named.get(number, f"LABEL_{number}") for number in range(n_labels))
    problem = config.get("problem_type") or (
        "regression" if n_labels == 1 else "single_label_classification"
    )
    return Head(labels, problem)


def _absent(model: str, reason: str) -> str:
    return (
        f"the rater {model!r} is not on this machine ({reason}); give the folder of a model with config.json,"
        " tokenizer.json and safetensors, or a Hugging Face name that can be downloaded"
    )


def _let_pad(config: Any) -> None:
    """Decoders look for their last token by this id, and refuse a batch without one."""
    if getattr(config, "pad_token_id", None) is None:
        config.pad_token_id = 0
    if getattr(config, "use_cache", False):
        config.use_cache = False


def _keep_head_precise(model: Any, device: str) -> None:
    """Compute all that stands on the body, the pooler included, in fp32 whatever the body runs in."""
    import torch

    body = model.base_model
    head = [part for _, part in model.named_children() if part is not body]
    head += [body.pooler] if getattr(body, "pooler", None) is not None else []
    for part in head:
        inner = part.forward

        def forward(*args: Any, _inner: Any = inner, **named: Any) -> Any:
            with torch.autocast(device, enabled=False):
                return _inner(*(_precise(one) for one in args), **named)

        part.forward = forward


def _precise(value: Any) -> Any:
    return (
        value.float()
        if hasattr(value, "is_floating_point") and value.is_floating_point()
        else value
    )
