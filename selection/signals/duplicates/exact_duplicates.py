"""Exact duplicates: documents with the same bytes, or the same text but for case and white space.

Equal documents are found by a 64-bit hash of their content. Among a million documents the probability that any two
different ones share it is below 1e-7.

Cost: the text is read once, several hundred MB/s; then 8 bytes per document on the disk, sorted there, and 16 in memory.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Context, Signal
from selection.signals.duplicates import clusters
from selection.text.content import content_hashes

_SOURCE = "equal 64-bit hashes of the content"


class ExactDuplicates(Signal):
    title: ClassVar[str] = "Exact duplicates"
    scope: ClassVar[Literal["row", "corpus"]] = "corpus"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "exact_duplicate_cluster",
            "Exact-duplicate cluster",
            "smallest doc_id of the documents with the same content",
            "doc_id",
            source=_SOURCE,
        ),
        Column(
            "exact_duplicate_size",
            "Exact duplicates",
            "documents with the same content, itself included",
            "documents",
            source=_SOURCE,
        ),
        Column(
            "exact_duplicate_rank",
            "Place among its exact duplicates",
            "its place among the documents with the same content in order of ingestion; 1 is the first",
            "place",
            source=_SOURCE,
        ),
    )

    compare: Literal["bytes", "text"] = Field(
        "bytes",
        description="What must be equal: bytes is every byte; text ignores case and how much white space there is.",
    )

    def prepare(self, context: Context) -> State:
        return clusters.found(context, self._keys, self.needs)

    def score(self, docs: Documents, state: State) -> Columns:
        return clusters.columns("exact_duplicate", docs, state)

    def _keys(self, docs: Documents) -> np.ndarray:
        """(n_docs, 1) uint64."""
        assert docs.text is not None  # the workflow has read what `needs` says
        return content_hashes(docs.text, self.compare == "text")[:, None]
