"""Tolerance: the least cosine to the reference that a path may give on any one document; stated here, held by the tests.

The reference is this package's own encoder in fp32 on one CPU core, each document in a batch of its own.
"""

from __future__ import annotations

SAME_ARITHMETIC = 0.99999  # fp32 in another batch, budget, chunking, number of cores or on a GPU
SENTENCE_TRANSFORMERS = 0.9999  # their code on the same weights, in fp32
HALF = 0.999  # products in bf16 or fp16, pooling and normalisation in fp32
STORED = 0.99999  # rounding of a unit vector to the float16 that a workspace keeps
