"""FineWeb-Edu: how much a page would teach at school, by the classifier that made the FineWeb-Edu corpus.

Penedo et al., 2024, "The FineWeb Datasets", arXiv:2406.17557; HuggingFaceFW/fineweb-edu-classifier, Apache-2.0.

One regression output on Snowflake-arctic-embed-m (BERT, 110 million parameters), learnt from 450,000 marks of 0-5 that
Llama-3-70B-Instruct gave. The first 512 tokens of a document are read. The authors keep marks of 3 and more, after
rounding; they state F1 of 82 % for that cut.

Cost: that of a BERT of 110 million parameters; the authors took 6,000 H100 hours for 15 trillion tokens.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.signal import Column, Columns, Signal
from selection.signals.models.outputs import check_number

_SOURCE = "HuggingFaceFW/fineweb-edu-classifier (Apache-2.0), arXiv:2406.17557"


class FineWebEdu(Signal):
    title: ClassVar[str] = "FineWeb-Edu classifier"
    needs: ClassVar[Needs] = Needs(text=True, model=True)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "educational_value__fineweb_edu",
            "Educational value (FineWeb-Edu)",
            "the classifier's output on the first 512 tokens, bounded by 0 and 5",
            "0-5",
            1,
            _SOURCE,
            dimension=True,
        ),
        Column(
            "fineweb_edu_score", "FineWeb-Edu score", "the classifier's output as it is", "points", 1, _SOURCE
        ),
        Column(
            "fineweb_edu_level",
            "FineWeb-Edu level",
            "that output bounded by 0 and 5 and rounded; the authors keep 3 and more",
            "0-5",
            1,
            _SOURCE,
        ),
    )  # fmt: skip

    model: str = Field(
        "HuggingFaceFW/fineweb-edu-classifier",
        min_length=1,
        description="Folder of the classifier, or its Hugging Face name.",
    )

    def fingerprint(self) -> str:
        from selection.backend.sequence_model import fingerprint

        return fingerprint(self.model)

    def score(self, docs: Documents, state: State) -> Columns:
        """One forward pass per document."""
        from selection.backend.sequence_model import sequence_model, where

        outputs = sequence_model(where(self.model), 512).read(docs.texts)
        value = check_number(outputs, 1, self.id(), self.model)[:, 0].astype(np.float64)
        bounded = np.clip(value, 0, 5)
        return {
            "educational_value__fineweb_edu": bounded,
            "fineweb_edu_score": value,
            "fineweb_edu_level": np.round(bounded),
        }
