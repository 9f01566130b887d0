"""Meta-rater: professionalism, readability, reasoning and cleanliness (PRRC) by four classifiers of six levels.

Zhuang et al., 2025, "Meta-rater", arXiv:2504.14194; opendatalab/meta-rater-*-rating (the repository says Apache-2.0; read
each model's card before use).

Each is ModernBERT-base (149 million parameters) with six labels, the levels 0 to 5, learnt from marks that
Llama-3.3-70B-Instruct gave about 500,000 documents; the authors state macro F1 of 87 to 92 %. They take the likeliest
level. As a dimension the mean of the levels under their probabilities stands beside it: it has the same scale and does
not tie a corpus into six heaps. Documents are read up to 4,096 tokens, as in the authors' test.

Cost: four passes of 149 million parameters each.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.signal import Column, Columns, Signal
from selection.signals.models.outputs import check_number, expected_level

_SOURCE = "opendatalab/meta-rater-*-rating (Apache-2.0 by its README), arXiv:2504.14194"
DIMENSION = {  # theirs -> ours
    "professionalism": "knowledge_depth",
    "readability": "readability",
    "reasoning": "reasoning",
    "cleanliness": "cleanliness",
}
N_LEVELS = 6


def _column(rating: str, dimension: str) -> tuple[Column, Column]:
    polarity = 0 if dimension == "reasoning" else 1
    return (
        Column(
            f"{dimension}__meta_rater",
            f"{dimension.replace('_', ' ').capitalize()} (Meta-rater)",
            f"mean of the levels 0 to 5 of {rating} under the classifier's probabilities",
            "0-5",
            polarity,
            _SOURCE,
            dimension=True,
        ),
        Column(
            f"meta_rater_{rating}",
            f"Meta-rater: {rating}",
            f"the likeliest level of {rating}, as the authors take it",
            "0-5",
            polarity,
            _SOURCE,
        ),
    )


def _field(rating: str) -> str:
    return Field(
        f"opendatalab/meta-rater-{rating}-rating",
        min_length=1,
        description=f"Folder of the model for {rating}, or its Hugging Face name.",
    )


class MetaRater(Signal):
    title: ClassVar[str] = "Meta-rater's four raters"
    needs: ClassVar[Needs] = Needs(text=True, model=True)
    columns: ClassVar[tuple[Column, ...]] = tuple(
        column for pair in DIMENSION.items() for column in _column(*pair)
    )

    professionalism: str = _field("professionalism")
    readability: str = _field("readability")
    reasoning: str = _field("reasoning")
    cleanliness: str = _field("cleanliness")
    max_tokens: int = Field(4096, ge=16, le=8192, description="Tokens read of a document.")

    def fingerprint(self) -> str:
        from selection.backend.sequence_model import fingerprint

        all_four = "\n".join(fingerprint(getattr(self, rating)) for rating in DIMENSION)
        return hashlib.sha256(all_four.encode()).hexdigest()

    def score(self, docs: Documents, state: State) -> Columns:
        """One forward pass per document and rating."""
        from selection.backend.sequence_model import sequence_model, where

        values: dict[str, np.ndarray] = {}
        for rating, dimension in DIMENSION.items():
            model = getattr(self, rating)
            outputs = sequence_model(where(model), self.max_tokens).read(docs.texts)
            check_number(outputs, N_LEVELS, f"{self.id()} ({rating})", model)
            values[f"{dimension}__meta_rater"] = expected_level(outputs)
            values[f"meta_rater_{rating}"] = outputs.argmax(axis=1).astype(np.float64)
        return values
