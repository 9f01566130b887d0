"""Words of the corpus: how often they occur in a sample of it, which signals hold a document's words against.

Words are hashed into N_BUCKETS, so that what is kept is 1 MB whatever the vocabulary.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.signal import Context
from selection.text.measure import measure
from selection.text.unigrams import word_bucket_counts

N_BUCKETS = 1 << 18
SampledDocuments = Annotated[
    int,
    Field(
        ge=64,
        le=262144,
        description="How many documents of the corpus the word frequencies are counted in.",
    ),
]
"""The type of the setting `n_sampled`."""


def counted(context: Context, n_sampled: int, needs: Needs) -> State:
    """State of a signal: how often the words of a sample fall into each bucket, (N_BUCKETS,) uint32."""
    return {"counts": word_counts(context.sample(n_sampled, needs))}


def word_counts(docs: Documents) -> np.ndarray:
    """How often words fall into each bucket. (N_BUCKETS,) uint32"""
    return word_bucket_counts(measure(docs.text), N_BUCKETS).astype(np.uint32)


def counts_of(state: State) -> np.ndarray:
    """What `counted` found, read-only, so that tables made of it are kept from batch to batch (`core.memo`)."""
    counts = state["counts"]
    counts.flags.writeable = False
    return counts
