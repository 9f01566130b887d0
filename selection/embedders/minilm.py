"""MiniLM: all-MiniLM-L6-v2, 384 dimensions, installed with Winnow, so that nothing is downloaded.

Wang et al., 2020, "MiniLM", arXiv:2002.10957; trained on a billion sentence pairs by sentence-transformers
(Reimers and Gurevych, 2019, arXiv:1908.10084). English; other languages land in one loose region of their own.

Cost: linear in tokens that are read.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from selection.core.documents import State
from selection.core.model import BatchTokens, Embed, Embedder, LongDocuments

NAME = "all-MiniLM-L6-v2"


class MiniLM(Embedder):
    title: ClassVar = "MiniLM"

    max_tokens: int = Field(
        256,
        ge=8,
        le=512,
        description="Tokens read at once; the model was trained with 256.",
    )
    long_documents: LongDocuments = "cut"
    batch_tokens: BatchTokens = 0

    def fingerprint(self) -> str:
        from selection.backend.model_folder import fingerprint

        return fingerprint(NAME)

    def load(self, state: State) -> Embed:
        from selection.backend.encoder import reader

        return reader(NAME, self.max_tokens, self.long_documents, self.batch_tokens)
