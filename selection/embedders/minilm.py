"""MiniLM: all-MiniLM-L6-v2, 384 dimensions, installed with Winnow, so that nothing is downloaded.

Wang et al., 2020, "MiniLM", arXiv:2002.10957; trained on a billion sentence pairs by sentence-transformers
(Reimers and Gurevych, 2019, arXiv:1908.10084). English; other languages land in one loose region of their own.

Cost: linear in tokens; text beyond `max_tokens` is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from selection.core.model import Embedder

if TYPE_CHECKING:
    import pyarrow as pa

    from selection.backend.encoder import Encoder

NAME = "all-MiniLM-L6-v2"


class MiniLM(Embedder):
    title: ClassVar = "MiniLM"

    max_tokens: int = Field(
        256,
        ge=8,
        le=512,
        description="Tokens read of each document; what lies beyond does not count. The model was trained with 256.",
    )
    batch_tokens: int = Field(
        0,
        ge=0,
        le=1 << 20,
        description="Tokens computed at once, padding included; 0 takes what suits the device.",
    )

    def fingerprint(self) -> str:
        from selection.backend.model_folder import fingerprint

        return fingerprint(NAME)

    def load(self) -> None:
        self._encoder()

    def embed(self, text: pa.LargeStringArray) -> np.ndarray:
        return self._encoder().encode(text).astype(np.float16)

    def _encoder(self) -> Encoder:
        from selection.backend.encoder import encoder
        from selection.backend.model_folder import locate

        return encoder(locate(NAME), self.max_tokens, self.batch_tokens)
