"""Judging: the settings of a judge, and what one request to it came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from selection.core.settings import Settings

Outcome = Literal["answered", "refused", "cut", "rejected", "unreachable"]


class JudgeSettings(Settings):
    """How a judge is asked; `max_doc_tokens` and `temperature` are part of what a rating is, the others are not."""

    max_doc_tokens: int = Field(
        2000,
        ge=16,
        le=200_000,
        description="Longer documents keep head and tail of this many tokens.",
    )
    temperature: float = Field(
        0.0, ge=0, le=2, description="Of the model; several votes need more than 0 to differ."
    )
    max_output_tokens: int = Field(
        1500, ge=16, le=32_768, description="At most this many tokens of answer, thinking included."
    )
    concurrency: int = Field(8, ge=1, le=256, description="Requests under way at a time.")
    timeout_s: float = Field(120.0, gt=0, le=3600, description="Seconds that one request may take.")
    attempts: int = Field(
        4, ge=1, le=20, description="Times a document is asked for before its answer is given up."
    )
    backoff_s: float = Field(
        1.0, ge=0, le=60, description="First pause after a failure; doubles each time, with jitter."
    )
    patience_s: float = Field(
        900.0, ge=0, le=86_400, description="Seconds a request waits in all when told to slow down."
    )
    votes: int = Field(
        1, ge=1, le=50, description="Of pairs: answers for each order (QuRating takes 20)."
    )
    rounds: int = Field(
        2, ge=1, le=50, description="Of pairs: each document meets twice this many others."
    )
    price_in: float | None = Field(
        None, ge=0, description="Price of a million tokens sent, in the currency of the cap."
    )
    price_out: float | None = Field(
        None, ge=0, description="Price of a million tokens answered, in the currency of the cap."
    )

    def cost(self, tokens_in: float, tokens_out: float) -> float:
        """Of so many tokens; 0 where no price is known."""
        return (tokens_in * (self.price_in or 0.0) + tokens_out * (self.price_out or 0.0)) / 1e6


@dataclass(frozen=True)
class Reply:
    """What came of one request, its repetitions included."""

    outcome: Outcome
    text: str = ""
    why: str = ""  # of every outcome but `answered`
    tokens_in: int = 0  # as the server counts them, or as estimated where it does not say
    tokens_out: int = 0
    n_lost: int = 0  # attempts that ran out of time, which the server may have charged for
