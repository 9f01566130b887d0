"""Replicas: one copy of a network per device, which turn batches of token ids into rows of numbers.

On a CPU every core takes batches of its own: threads inside one operation wait for each other at its end, which costs a
third on idle cores and more on busy ones; and a batch that one thread computes is the same whatever the number of cores.
A GPU takes one batch after the other from pinned memory: the next is padded and sent while it computes, and only a
result that is two batches old is waited for. Where memory runs out the batch is halved, and so are those that follow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from selection.backend.device import Device, devices, use_one_core
from selection.backend.tokens import batches, padded
from selection.core.cores import n_cores
from selection.core.errors import BackendUnavailable

if TYPE_CHECKING:
    import torch

T = TypeVar("T")

BATCH_TOKENS = {
    "cpu": 2048,  # 1024 is 8 % faster on idle cores, but suffers more from busy ones
    "cuda": 65536,  # not measured yet
}
_IN_FLIGHT = 2  # batches that a GPU may be behind
_IS_FULL = (  # on a CPU torch says it in the words of a plain RuntimeError, and so do CUDA's libraries
    "can't allocate memory",
    "not enough memory",
    "bad allocation",
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)


class Network(Protocol):
    """A model on a device: token ids and their mask, both (n_texts, width), to (n_texts, n_outputs) float32."""

    config: Any

    def __call__(self, ids: torch.Tensor, mask: torch.Tensor, full: bool) -> torch.Tensor:
        """`full` is whether the mask hides nothing: without one attention takes its fastest path."""
        ...


class Replicas:
    """A call takes the first copy that is free, or waits for one; it may come from any thread."""

    def __init__(
        self, build: Callable[[Device], Network], on: Sequence[Device], batch_tokens: int = 0
    ) -> None:
        copies = [Replica(build(device), device, batch_tokens) for device in on or devices()]
        self.config = copies[0].network.config
        self.free: SimpleQueue[Replica] = SimpleQueue()
        for replica in copies:
            self.free.put(replica)

    def outputs(self, ids: list[np.ndarray]) -> np.ndarray:
        """(n_texts, n_outputs) float32 of the token ids of at least one text.

        Raises `BackendUnavailable` when one is not finite.
        """
        if not ids:
            raise ValueError("a model needs at least one document")
        replica = self.free.get()
        try:
            out = replica.outputs(ids)
        finally:
            self.free.put(replica)
        finite = np.isfinite(out).all(axis=1)
        if not finite.all():
            raise BackendUnavailable(
                "a model must give finite numbers, got NaN or infinity for document number"
                f" {int(np.flatnonzero(~finite)[0])}; choose another model"
            )
        return out


class Replica:
    """Used by one thread at a time; `outputs` starts those it needs."""

    def __init__(self, network: Network, device: Device, batch_tokens: int) -> None:
        self.network, self.device = network, device
        self._batch_tokens = batch_tokens or BATCH_TOKENS[device.kind]
        self._pad_id = getattr(network.config, "pad_token_id", None) or 0
        self.fits = 1 << 62  # tokens, padding included, of a batch that memory may hold

    def outputs(self, ids: list[np.ndarray]) -> np.ndarray:
        """(n_texts, n_outputs) float32 of at least one text's token ids."""
        lengths = np.fromiter(map(len, ids), np.int64, len(ids))
        planned = list(batches(lengths, self._batch_tokens))
        each = self._on_cores if self.device.kind == "cpu" else self._in_flight
        out: np.ndarray | None = None
        for rows, found in zip(planned, each(ids, planned), strict=True):
            out = np.empty((len(ids), found.shape[1]), np.float32) if out is None else out
            out[rows] = found
        assert out is not None
        return out

    def _on_cores(self, ids: list[np.ndarray], planned: list[np.ndarray]) -> Iterator[np.ndarray]:
        with ThreadPoolExecutor(n_cores(), initializer=use_one_core) as workers:
            yield from workers.map(lambda rows: self._guarded(ids, rows).numpy(), planned)

    def _in_flight(self, ids: list[np.ndarray], planned: list[np.ndarray]) -> Iterator[np.ndarray]:
        import torch

        with torch.cuda.device(self.device.name):
            under_way = (self._on_its_way(ids, rows) for rows in planned)
            for on_host, copied in delayed(under_way, _IN_FLIGHT):
                copied.synchronize()
                yield on_host.numpy()

    def _on_its_way(
        self, ids: list[np.ndarray], rows: np.ndarray
    ) -> tuple[torch.Tensor, torch.cuda.Event]:
        """Where the result of one batch will stand, and what tells that it does."""
        import torch

        found = self._guarded(ids, rows)
        on_host = torch.empty(found.shape, pin_memory=True)
        on_host.copy_(found, non_blocking=True)
        copied = torch.cuda.Event()
        copied.record()
        return on_host, copied

    def _guarded(self, ids: list[np.ndarray], rows: np.ndarray) -> torch.Tensor:
        """One batch without gradients, in the device's precision (both are set per thread)."""
        import torch

        kind = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(self.device.precision)
        precision = torch.autocast(self.device.kind, kind) if kind else nullcontext()
        with torch.inference_mode(), precision:
            return self._halving(ids, rows)

    def _halving(self, ids: list[np.ndarray], rows: np.ndarray) -> torch.Tensor:
        """(n_rows, n_outputs) float32 on the device; a batch that is too large goes in halves."""
        import torch

        n_tokens = len(rows) * max(len(ids[row]) for row in rows)
        if n_tokens <= self.fits or len(rows) == 1:
            try:
                return self._forward(*padded(ids, rows, self._pad_id))
            except (MemoryError, RuntimeError) as error:  # torch.OutOfMemoryError is a RuntimeError
                if not is_out_of_memory(error):
                    raise
            # outside `except`, whose traceback would keep what the batch had allocated
            if len(rows) == 1:
                raise BackendUnavailable(
                    f"one document of {len(ids[rows[0]])} tokens does not fit in the memory of {self.device.name};"
                    " lower max_tokens"
                )
            self.fits = min(self.fits, n_tokens // 2)
            if self.device.kind == "cuda":
                torch.cuda.empty_cache()  # else its blocks, cut for the larger batch, stay in the way
        middle = len(rows) // 2
        return torch.cat([self._halving(ids, rows[:middle]), self._halving(ids, rows[middle:])])

    def _forward(self, ids: np.ndarray, mask: np.ndarray) -> torch.Tensor:
        import torch

        there = [self._sent(torch.from_numpy(one)) for one in (ids, mask)]
        return self.network(*there, full=bool(mask.all()))

    def _sent(self, tensor: torch.Tensor) -> torch.Tensor:
        if self.device.kind == "cpu":
            return tensor
        return tensor.pin_memory().to(self.device.name, non_blocking=True)


def delayed(begun: Iterable[T], n_behind: int) -> Iterator[T]:
    """The same in the same order, each handed on only when `n_behind` more have been begun, or there are no more."""
    waiting: deque[T] = deque()
    for one in begun:
        waiting.append(one)
        if len(waiting) > n_behind:
            yield waiting.popleft()
    yield from waiting


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory of a CPU or a GPU ran out, however it is told."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error) for words in _IS_FULL)
