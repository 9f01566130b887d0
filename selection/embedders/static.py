"""Static: MiniLM distilled to one vector per token, for corpora that a transformer would take days to read on a CPU.

Tulkens and van Dongen, 2024, "Model2Vec"; formula and deviations in `selection/backend/static.py`. The table is made once
per run and kept with it, so a recipe carries it. How far it agrees with MiniLM is measured on the corpus itself:
`agreement_at_10`, the share of MiniLM's ten nearest neighbours among 512 documents that it finds too.

Cost: making the table some 10 to 25 s on two cores, then tokenising: thousands of documents a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import State
from selection.core.model import Embed, Embedder
from selection.embedders.minilm import NAME, MiniLM
from selection.primitives.neighbours import shared_neighbours

if TYPE_CHECKING:
    import pyarrow as pa

N_NEIGHBOURS = 10


class Static(Embedder):
    title: ClassVar = "Static (distilled MiniLM)"

    max_tokens: int = Field(
        256,
        ge=8,
        le=32768,
        description="Tokens read of each document; what lies beyond does not count.",
    )
    n_dims: int = Field(256, ge=16, le=384, description="Dimensions kept of MiniLM's 384.")

    def fingerprint(self) -> str:
        return MiniLM.build({}).fingerprint()

    def prepare(self) -> State:
        from selection.backend.model_folder import locate
        from selection.backend.static import distil

        return {"table": distil(locate(NAME), self.n_dims)}

    def load(self, state: State) -> Embed:
        from selection.backend.model_folder import locate
        from selection.backend.static import StaticEncoder

        encoder = StaticEncoder(locate(NAME), state["table"], self.max_tokens)
        return lambda text: encoder.encode(text).astype(np.float16)

    def facts(self, embed: Embed, sample: pa.LargeStringArray) -> dict[str, Any]:
        minilm = MiniLM.build({}).load({})
        agreement = shared_neighbours(embed(sample), minilm(sample), N_NEIGHBOURS)
        chance = min(1.0, N_NEIGHBOURS / max(len(sample) - 1, 1))
        return {"agreement_at_10": agreement, "agreement_by_chance": chance, "n": len(sample)}
