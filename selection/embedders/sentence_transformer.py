"""Sentence transformer: any model with a sentence-transformers layout, by name or by folder.

Reimers and Gurevych, 2019, arXiv:1908.10084. Read by Winnow's own encoder: safetensors only, never the code of a
model's author. A name that is not on this machine yet is downloaded from the Hugging Face hub.

Cost: linear in tokens and in the model's parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from selection.core.model import Embedder

if TYPE_CHECKING:
    import pyarrow as pa

    from selection.backend.encoder import Encoder


class SentenceTransformer(Embedder):
    title: ClassVar = "Sentence transformer"

    model: str = Field(
        "all-MiniLM-L6-v2",
        min_length=1,
        max_length=400,
        description="Name of a sentence-transformers model (owner/model, optionally @revision), or a folder with one.",
    )
    max_tokens: int = Field(
        0,
        ge=0,
        le=32768,
        description="Tokens read of each document; 0 is the model's own limit.",
    )
    batch_tokens: int = Field(
        0,
        ge=0,
        le=1 << 20,
        description="Tokens computed at once, padding included; 0 takes what suits the device.",
    )

    def fingerprint(self) -> str:
        from selection.backend.model_folder import fingerprint

        return fingerprint(self.model)

    def load(self) -> None:
        self._encoder()

    def embed(self, text: pa.LargeStringArray) -> np.ndarray:
        return self._encoder().encode(text).astype(np.float16)

    def _encoder(self) -> Encoder:
        from selection.backend.encoder import encoder
        from selection.backend.model_folder import locate

        return encoder(locate(self.model), self.max_tokens, self.batch_tokens)
