"""Sentence transformer: any model with a sentence-transformers layout, by name or by folder.

Reimers and Gurevych, 2019, arXiv:1908.10084. Read by Winnow's own encoder: safetensors only, never the code of a
model's author. A name that is not on this machine yet is downloaded from the Hugging Face hub.

Cost: linear in tokens and in the model's parameters.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.documents import State
from selection.core.model import Embed, Embedder


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
        description="Tokens read at once; 0 is the model's own limit.",
    )
    long_documents: Literal["cut", "chunks"] = Field(
        "cut",
        description="cut: only the first max_tokens are read; chunks: all are, and the vector is the token-weighted mean.",
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

    def load(self, state: State) -> Embed:
        from selection.backend.encoder import encoder
        from selection.backend.model_folder import locate

        model = encoder(locate(self.model), self.max_tokens, self.batch_tokens)
        read = model.encode if self.long_documents == "cut" else model.encode_whole
        return lambda text: read(text).astype(np.float16)
