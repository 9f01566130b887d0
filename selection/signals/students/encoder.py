"""Encoder: a whole text encoder is taught the ratings, as FineWeb-Edu, ODiS and Meta-rater taught theirs.

    rating[d] = intercept + weights . encoder(text[d])

It begins with what a ridge on the encoder's vectors knows and moves the encoder from there, so it can learn what the
vectors blur: spelling, order, style. It reads the first `max_tokens` tokens. Training that is killed goes on where it was.

Differs from ODiS (arXiv:2510.18909), which fine-tunes RoBERTa: any encoder, by default MiniLM, which comes with Winnow; with
a RoBERTa or ModernBERT folder it is theirs.

Cost: the text is read some 3 x n_epochs times, and the learning curve as much again. About 25 documents of 256 tokens a
second on two cores: a thousand ratings take some minutes; a GPU is used where there is one.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.student import Kept, Lesson, Ratings, Student


class EncoderStudent(Student):
    title: ClassVar[str] = "Fine-tuned text encoder"
    needs: ClassVar[Needs] = Needs(text=True)
    shares: ClassVar[tuple[float, ...]] = (0.25, 1.0)

    model: str = Field(
        "all-MiniLM-L6-v2",
        min_length=1,
        description="The encoder that is taught: all-MiniLM-L6-v2, a folder, or a Hugging Face name.",
    )
    max_tokens: int = Field(256, ge=8, le=8192, description="Tokens read of a document.")
    n_epochs: int = Field(3, ge=1, le=100, description="Passes over the ratings.")
    batch_docs: int = Field(16, ge=1, le=1024, description="Documents to a step.")
    rate: float = Field(
        5e-5, gt=0, le=1, description="Learning rate of the encoder at its highest."
    )
    head_rate: float = Field(1e-3, ge=0, le=1, description="Learning rate of the head.")
    decay: float = Field(0.01, ge=0, le=10, description="Weight decay of the encoder.")
    freeze_words: bool = Field(True, description="Leave the vectors of the vocabulary as they are.")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Of the order of documents.")

    def fingerprint(self) -> str:
        from selection.backend.tuned import fingerprint

        return fingerprint(self.model)

    def fit(self, docs: Documents, lesson: Lesson) -> State:
        return self._taught(docs, lesson, None)

    def fit_kept(self, docs: Documents, lesson: Lesson, kept: Kept) -> State:
        return self._taught(docs, lesson, kept)

    def _taught(self, docs: Documents, lesson: Lesson, kept: Kept | None) -> State:
        from selection.backend.fine_tune import Course
        from selection.backend.tuned import teach

        assert isinstance(lesson, Ratings)
        course = Course(
            self.max_tokens, self.n_epochs, self.batch_docs, self.rate, self.head_rate, self.decay,
            self.freeze_words, self.seed,
        )  # fmt: skip
        text = docs.take(lesson.rows).texts
        begun = kept.load() if kept else None
        keep = kept.save if kept else lambda state: None
        return teach(self.model, course, text, lesson.values, lesson.fold, begun, keep)

    def predict(self, docs: Documents, state: State) -> np.ndarray:
        from selection.backend.tuned import rate

        return np.round(rate(docs.texts, state), 6)
