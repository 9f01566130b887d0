"""Sentence transformer: any model with a sentence-transformers layout, by name or by folder.

Reimers and Gurevych, 2019, arXiv:1908.10084. Read by Winnow's own encoder: safetensors only, never the code of a
model's author. A name that is not on this machine yet is downloaded from the Hugging Face hub.

Cost: linear in tokens and in the model's parameters.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from selection.core.documents import State
from selection.core.model import BatchTokens, Embed, Embedder, LongDocuments


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
    long_documents: LongDocuments = "cut"
    batch_tokens: BatchTokens = 0

    def fingerprint(self) -> str:
        from selection.backend.model_folder import fingerprint

        return fingerprint(self.model)

    def load(self, state: State) -> Embed:
        from selection.backend.encoder import reader

        return reader(self.model, self.max_tokens, self.long_documents, self.batch_tokens)
