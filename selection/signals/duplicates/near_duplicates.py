"""Near-duplicates: documents that share most of their runs of words, found by MinHash and locality-sensitive hashing.

Broder 1997; bands and shingles as in FineWeb (Penedo et al. 2024, arXiv:2406.17557): 14 bands of 8 rows over word 5-grams.

    two documents are linked with probability 1 - (1 - s^rows)^bands,   s the Jaccard similarity of their shingles
    a cluster is what links hold together, directly or through others

Differs from FineWeb: permutations have 32 bits (see `text.minhash`), words are simplified as `text.shingles` says, and a
cluster is one of the whole corpus, not of one crawl.

A document of fewer words than a shingle is a cluster of its own; `exact_duplicates` sees it. Raise `n_rows` for
precision, `n_bands` for recall.

Cost: the text is read once; then 8 bytes per document and band on the disk, each band sorted there in turn, and 16 bytes
per document in memory. When the corpus grows, only new documents are hashed, and all are grouped again.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Context, Signal
from selection.signals.duplicates import clusters
from selection.text.minhash import band_keys, signatures

_SOURCE = "MinHash-LSH (Broder 1997; FineWeb: Penedo et al. 2024)"


class NearDuplicates(Signal):
    title: ClassVar[str] = "Near-duplicates"
    scope: ClassVar[Literal["row", "corpus"]] = "corpus"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "near_duplicate_cluster",
            "Near-duplicate cluster",
            "smallest doc_id of the documents it is linked to by an equal MinHash band, directly or through others; its own "
            "where there is none",
            "doc_id",
            0,
            _SOURCE,
        ),
        Column(
            "near_duplicate_size",
            "Near-duplicates",
            "documents in its near-duplicate cluster, itself included",
            "documents",
            0,
            f"{_SOURCE}; minhash_cluster_size in FineWeb2",
        ),
        Column(
            "near_duplicate_rank",
            "Place in its near-duplicate cluster",
            "its place in the near-duplicate cluster in order of ingestion; 1 is the first, which keep-first keeps",
            "place",
            0,
            _SOURCE,
        ),
    )

    ngram: int = Field(5, ge=1, le=50, description="Words in a shingle.")
    n_bands: int = Field(
        14, ge=1, le=100, description="Bands: documents are linked if any band is equal."
    )
    n_rows: int = Field(8, ge=1, le=100, description="MinHash values in a band.")
    seed: int = Field(1, ge=0, le=2**32 - 1, description="Seed of the permutations.")

    def prepare(self, context: Context) -> State:
        return clusters.found(context, self._keys, self.needs)

    def score(self, docs: Documents, state: State) -> Columns:
        return clusters.columns("near_duplicate", docs, state)

    def _keys(self, docs: Documents) -> np.ndarray:
        """(n_docs, n_bands) uint64."""
        assert docs.text is not None  # the workflow has read what `needs` says
        signed = signatures(docs.text, self.n_bands * self.n_rows, self.ngram, self.seed)
        return band_keys(signed, self.n_bands)
