"""Tolerance: the least cosine to the reference that a path may give on any one document; stated here, held by the tests.

The reference is this package's own encoder in fp32 on one CPU core, each document in a batch of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

SAME_ARITHMETIC = 0.99999  # fp32 in another batch, budget, chunking, number of cores or on a GPU
SENTENCE_TRANSFORMERS = 0.9999  # their code on the same weights, in fp32
HALF = 0.999  # products in bf16 or fp16, pooling and normalisation in fp32
STORED = 0.99999  # rounding of a unit vector to the float16 that a workspace keeps
_N_TRIED = 16  # tokens


def tried(body: Any) -> torch.Tensor:
    """(n, dim) float32 hidden states of the tokens of two short texts, without a mask and with one.

    By them a body is compared with what it was made from. Two texts, since a compiler takes a batch of one for a constant.
    """
    import torch

    tokens = torch.arange(2 * _N_TRIED, device=body.device).view(2, -1) % body.config.vocab_size
    mask = torch.ones_like(tokens)
    mask[1, _N_TRIED // 2 :] = 0
    whole = body(input_ids=tokens).last_hidden_state
    padded = body(input_ids=tokens, attention_mask=mask).last_hidden_state
    return torch.cat([whole.flatten(0, 1), padded[mask.bool()]]).float()
