"""Fine-tune: teach a whole encoder to rate, starting from what a ridge on its vectors knows already.

    rating = intercept + weights . normalise(pool(encoder(text)))        loss = mean of (rating - truth)^2, both standardised

AdamW with linear warm-up and decay, on batches drawn by the seed, without dropout, which costs regressions accuracy. A batch
is cut into pieces of a bounded number of tokens; on a CPU every core computes pieces of its own, and their gradients are
added in order, so the result does not depend on the number of cores. The vectors of the vocabulary stay as they are: a
sample of ratings holds too few words to move them well, and they are half of a small encoder. The order of a pass is a
function of the seed, so training that was killed goes on where it was kept and ends in the same weights; on a GPU, where
sums come in any order, within rounding. Where memory runs out a piece is halved, and so are those that follow.

The result is files: safetensors in half precision and the small JSON of a sentence-transformers folder, to be read by the
encoder's own loop. Only shapes and numbers are in them, no code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selection.backend import model_folder, replicas, transformer
from selection.backend.device import Device, best_device, use_one_core
from selection.backend.pooling import pool
from selection.backend.tokens import Tokenizer, batches, padded
from selection.core.cores import n_cores
from selection.core.errors import BackendUnavailable

State = dict[str, np.ndarray]
PIECE_TOKENS = {"cpu": 1024, "cuda": 16384}
KEEP_STEPS = 50  # a minute or two of a small encoder on two cores
_WARM_UP = 0.1  # of the steps
_MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Course:
    """How it is taught."""

    max_tokens: int
    n_epochs: int
    batch_docs: int
    rate: float  # of the encoder, at its highest
    head_rate: float
    decay: float
    freeze_words: bool
    seed: int


class Tuner:
    """One encoder being taught; `run` yields the step that has been finished each time it may be kept."""

    def __init__(self, folder: Path, course: Course, device: Device | None = None) -> None:
        self._parts = model_folder.read(folder)
        if self._parts.dense:
            raise BackendUnavailable(
                f"an encoder to be taught has a transformer and a pooling, {folder.name} has dense layers too; choose"
                " another model"
            )
        self._course, self._device = course, device or best_device()
        self._piece_tokens = PIECE_TOKENS[self._device.kind]
        self.model, _ = transformer.load(self._parts.transformer, self._device, to_teach=True)
        self.max_tokens = transformer.limit(course.max_tokens, self._parts, self.model.config)
        self._pad_id = getattr(self.model.config, "pad_token_id", None) or 0
        self.tokenizer = Tokenizer(
            self._parts.transformer, self.max_tokens, self._parts.lower_case, self._parts.prompt
        )
        if course.freeze_words:
            self.model.get_input_embeddings().requires_grad_(False)
        self._body = [p for p in self.model.parameters() if p.requires_grad]

    def run(
        self, ids: list[np.ndarray], values: np.ndarray, head: State, kept: State | None
    ) -> Iterator[tuple[int, int, Callable[[], State]]]:
        """values (n, n_columns) standardised; head: weights and intercept to begin with.

        Yields steps done, steps in all, and a function that gives everything that going on needs (`kept`).
        """
        import torch

        self._head = [
            torch.nn.Parameter(
                torch.tensor(head[name], dtype=torch.float32, device=self._device.name)
            )
            for name in ("weights", "intercept")
        ]
        groups = [
            {"params": self._body, "lr": self._course.rate, "weight_decay": self._course.decay},
            {"params": self._head, "lr": self._course.head_rate, "weight_decay": 0.0},
        ]
        optimiser = torch.optim.AdamW(groups)
        done = self._take_up(optimiser, kept) if kept else 0
        a_pass = -(-len(ids) // self._course.batch_docs)
        total = a_pass * self._course.n_epochs
        target = torch.tensor(values, dtype=torch.float32, device=self._device.name)
        for step in range(done, total):
            epoch, place = divmod(step, a_pass)
            order = np.random.default_rng([self._course.seed, epoch]).permutation(len(ids))
            rows = order[place * self._course.batch_docs : (place + 1) * self._course.batch_docs]
            self._step(optimiser, ids, rows, target, step, total)
            if (step + 1) % KEEP_STEPS == 0 or step + 1 == total:
                yield step + 1, total, lambda at=step + 1: self._kept(optimiser, at)

    def head(self) -> State:
        """weights (dim, n_columns) and intercept (n_columns,) as they are now."""
        weights, intercept = (part.detach().cpu().numpy().astype(np.float64) for part in self._head)
        return {"weights": weights, "intercept": intercept}

    def files(self) -> State:
        """The encoder as the files of a sentence-transformers folder, each as bytes. (n_bytes,) uint8"""
        import torch
        from safetensors.torch import save

        weights = {
            name: value.detach().to("cpu", torch.float16).contiguous()
            for name, value in self.model.state_dict().items()
            if value.is_floating_point()
        }
        small = {
            "config.json": json.loads(self.model.config.to_json_string()),
            "modules.json": [
                {
                    "idx": k,
                    "name": str(k),
                    "path": path,
                    "type": f"sentence_transformers.models.{kind}",
                }
                for k, (kind, path) in enumerate([("Transformer", ""), ("Pooling", "1_Pooling")])
            ],
            "1_Pooling/config.json": {
                "word_embedding_dimension": self.model.config.hidden_size,
                "pooling_mode": list(self._parts.poolings),
            },
            "sentence_bert_config.json": {
                "max_seq_length": self.max_tokens,
                "do_lower_case": self._parts.lower_case,
            },
            "config_sentence_transformers.json": {
                "prompts": {"text": self._parts.prompt},
                "default_prompt_name": "text",
            },
        }
        told = {name: json.dumps(value, sort_keys=True).encode() for name, value in small.items()}
        told["tokenizer.json"] = (self._parts.transformer / "tokenizer.json").read_bytes()
        told["model.safetensors"] = save(weights)
        return {name: np.frombuffer(data, np.uint8) for name, data in told.items()}

    def _step(
        self,
        optimiser: Any,
        ids: list[np.ndarray],
        rows: np.ndarray,
        target: Any,
        step: int,
        total: int,
    ) -> None:
        import torch

        warm = max(1, round(_WARM_UP * total))
        factor = min((step + 1) / warm, (total - step) / max(1, total - warm))
        for group, rate in zip(
            optimiser.param_groups, (self._course.rate, self._course.head_rate), strict=True
        ):
            group["lr"] = rate * min(1.0, factor)
        lengths = np.array([len(ids[row]) for row in rows])
        pieces = [rows[piece] for piece in batches(lengths, self._piece_tokens)]
        learnt = [*self._body, *self._head]
        for part in learnt:
            part.grad = None
        for gradients in self._each(
            pieces, lambda piece: self._gradients(ids, piece, target, len(rows))
        ):
            for part, gradient in zip(learnt, gradients, strict=True):
                if gradient is not None:
                    part.grad = gradient if part.grad is None else part.grad + gradient
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()

    def _each(
        self, pieces: list[np.ndarray], compute: Callable[[np.ndarray], Any]
    ) -> Iterator[Any]:
        if self._device.kind != "cpu":
            yield from map(compute, pieces)
            return
        with ThreadPoolExecutor(n_cores(), initializer=use_one_core) as workers:
            yield from workers.map(compute, pieces)

    def _gradients(self, ids: list[np.ndarray], rows: np.ndarray, target: Any, n_rows: int) -> Any:
        """Of the loss of some rows of a batch of `n_rows`, by every part that is learnt; too many rows go in halves."""
        try:
            return self._gradients_at_once(ids, rows, target, n_rows)
        except (MemoryError, RuntimeError) as error:  # torch.OutOfMemoryError is a RuntimeError
            if not replicas.is_out_of_memory(error):
                raise
        # outside `except`, whose traceback would keep what the piece had allocated
        if len(rows) == 1:
            raise BackendUnavailable(
                f"one document of {len(ids[rows[0]])} tokens does not fit in the memory of {self._device.name} while it is"
                " taught; lower max_tokens"
            )
        tokens = len(rows) * max(len(ids[row]) for row in rows)
        self._piece_tokens = min(self._piece_tokens, tokens // 2)
        if self._device.kind == "cuda":
            import torch

            torch.cuda.empty_cache()
        middle = len(rows) // 2
        halves = (
            self._gradients(ids, half, target, n_rows) for half in (rows[:middle], rows[middle:])
        )
        return [None if one is None else one + other for one, other in zip(*halves, strict=True)]

    def _gradients_at_once(
        self, ids: list[np.ndarray], rows: np.ndarray, target: Any, n_rows: int
    ) -> Any:
        import torch

        rated = self._rated(ids, rows)
        loss = ((rated - target[rows]) ** 2).mean(dim=1).sum() / n_rows
        return torch.autograd.grad(loss, [*self._body, *self._head], allow_unused=True)

    def _rated(self, ids: list[np.ndarray], rows: np.ndarray) -> Any:
        """(n_rows, n_columns)"""
        import torch

        # fp16 would need its gradients scaled, so where there is no bf16 it is fp32
        bf16 = self._device.precision == "bf16"
        half = torch.autocast(self._device.kind, torch.bfloat16) if bf16 else nullcontext()
        tokens, mask = (
            torch.from_numpy(one).to(self._device.name) for one in padded(ids, rows, self._pad_id)
        )
        with half:
            hidden = self.model(input_ids=tokens, attention_mask=mask).last_hidden_state
        vectors = torch.nn.functional.normalize(pool(hidden, mask, self._parts.poolings), dim=-1)
        return vectors @ self._head[0] + self._head[1]

    def _kept(self, optimiser: Any, step: int) -> State:
        found: State = {"step": np.array([step])}
        for k, part in enumerate([*self._body, *self._head]):
            found[f"{k}/value"] = part.detach().cpu().numpy().copy()
            for name in _MOMENTS if part in optimiser.state else ():
                found[f"{k}/{name}"] = optimiser.state[part][name].cpu().numpy().copy()
        return found

    def _take_up(self, optimiser: Any, kept: Mapping[str, np.ndarray]) -> int:
        import torch

        step = int(kept["step"][0])
        for k, part in enumerate([*self._body, *self._head]):
            with torch.no_grad():
                part.copy_(torch.from_numpy(kept[f"{k}/value"]))
            moments = {name: kept[f"{k}/{name}"] for name in _MOMENTS if f"{k}/{name}" in kept}
            if moments:
                there = {
                    name: torch.from_numpy(each).to(part.device) for name, each in moments.items()
                }
                optimiser.state[part] = {"step": torch.tensor(float(step)), **there}
        return step
