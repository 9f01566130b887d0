"""QuRater: writing style, required expertise, facts and educational value, as a language model's preferences taught them.

Wettig et al., 2024, "QuRating", arXiv:2402.09739; princeton-nlp/QuRater-1.3B (no licence at the root of the authors'
repository; read the model's card before use).

Four heads on Sheared-LLaMA-1.3B, in this order. A document is cut into pieces of 512 tokens and a rest, without special
tokens; its score is the mean over the pieces, weighted by their tokens. Scores are in nats of odds: of two texts one
point apart, the better one is preferred e : 1. QuRating standardises them, divides by a temperature and draws (`qurating`).

As dimensions on 0-5 they are 5 x the chance to be preferred to a text of score 0: the same order, bounded.

Cost: 1.3 billion parameters over every token: a GPU's work.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.signal import Column, Columns, Signal
from selection.signals.models.outputs import check_number, sigmoid

_SOURCE = "princeton-nlp/QuRater-1.3B, arXiv:2402.09739"
HEADS: tuple[str, ...] = (
    "writing_style",
    "required_expertise",
    "facts_and_trivia",
    "educational_value",
)
DIMENSION = {  # of ours -> head
    "required_expertise": "required_expertise",
    "factuality": "facts_and_trivia",
    "educational_value": "educational_value",
}


class QuRater(Signal):
    title: ClassVar[str] = "QuRater"
    needs: ClassVar[Needs] = Needs(text=True, model=True)
    columns: ClassVar[tuple[Column, ...]] = tuple(
        Column(
            f"qurater_{head}",
            f"QuRater: {head.replace('_', ' ')}",
            "mean of the head's output over pieces of 512 tokens, weighted by their tokens",
            "nats",
            0 if head == "required_expertise" else 1,
            _SOURCE,
        )
        for head in HEADS
    ) + tuple(
        Column(
            f"{dimension}__qurater",
            f"{dimension.replace('_', ' ').capitalize()} (QuRater)",
            f"5 x the chance to be preferred for {head.replace('_', ' ')} to a text of score 0: 5 / (1 + exp(-score))",
            "0-5",
            0 if dimension == "required_expertise" else 1,
            _SOURCE,
            dimension=True,
        )
        for dimension, head in DIMENSION.items()
    )

    model: str = Field(
        "princeton-nlp/QuRater-1.3B",
        min_length=1,
        description="Folder of the model, or its Hugging Face name.",
    )
    chunk_tokens: int = Field(512, ge=16, le=4096, description="Tokens of a piece.")

    def fingerprint(self) -> str:
        from selection.backend.sequence_model import fingerprint

        return fingerprint(self.model)

    def score(self, docs: Documents, state: State) -> Columns:
        """One forward pass per piece."""
        from selection.backend.sequence_model import sequence_model, where

        rater = sequence_model(where(self.model), self.chunk_tokens, "pieces")
        outputs = check_number(rater.read(docs.texts), len(HEADS), self.id(), self.model)
        of_head = dict(zip(HEADS, outputs.T.astype(np.float64), strict=True))
        values = {f"qurater_{head}": of_head[head] for head in HEADS}
        return values | {f"{d}__qurater": 5 * sigmoid(of_head[h]) for d, h in DIMENSION.items()}
