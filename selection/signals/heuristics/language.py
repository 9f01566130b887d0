"""Language: which one a document is written in, by its byte n-grams, and how sure that is.

Lui and Baldwin 2012 (langid.py), the model of py3langid; formula and deviations in `text.language`.

Where the first 128 bytes leave doubt (confidence below 0.9; a quarter of a mixed corpus), 1,024 are read: 99.1 % of its 31,436
documents in languages that the model knows are right, as with whole texts, and 99.0 % with 512 bytes of each; of the Universal
Declaration of Human Rights in 97 languages, 105 of 111, as with whole texts. A document in a language that the model does not
know gets the nearest one, often with low confidence; close relatives (id/ms, no/da, hr/bs/sr) are confused. Confidence grows
with length and is not calibrated across detectors: thresholds made for another one do not carry over.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text import language


class Language(Signal):
    title: ClassVar[str] = "Language"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "language",
            "Language",
            "likeliest of the 140 languages of py3langid 0.4.0, as an ISO 639-1 code, or 639-3 where there is none; zxx for "
            "text in no language (numbers, markup), und where there is nothing to go by",
            source="langid.py (Lui and Baldwin 2012)",
            kind="category",
        ),
        Column(
            "language_confidence",
            "Language confidence",
            "probability of that language: softmax of the log scores / sqrt(bytes read); 0 for und",
            "share",
            source="py3langid's normalised probability",
        ),
    )

    first_bytes: int = Field(
        language.FIRST_BYTES,
        ge=64,
        le=1 << 30,
        description="How many bytes of a document are read, from its beginning, where these leave no doubt.",
    )
    most_bytes: int = Field(
        language.MOST_BYTES,
        ge=64,
        le=1 << 30,
        description="How many are read where the first leave doubt (confidence below 0.9).",
    )

    def score(self, docs: Documents, state: State) -> Columns:
        codes, confidence = language.detect(docs.text, self.first_bytes, self.most_bytes)
        names = np.array([*language.languages(), language.UNDETERMINED], object)
        return {"language": names[codes], "language_confidence": confidence.copy()}
