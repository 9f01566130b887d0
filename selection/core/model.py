"""The three small contracts around vectors: embedder, clusterer and projection.

An embedder turns text into vectors, a clusterer vectors into labels, a projection vectors into points. Each
fits a state once and then works row by row, so new documents join an existing embedding, clustering or map.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from selection.core.documents import State
from selection.core.settings import Leaf

if TYPE_CHECKING:
    import pyarrow as pa


Embed = Callable[["pa.LargeStringArray"], np.ndarray]
"""Texts to (n_docs, dim) float16, rows of length 1; the same however the texts are batched, but for rounding."""

LongDocuments = Annotated[
    Literal["cut", "chunks"],
    Field(
        description="cut: only the first max_tokens are read; chunks: all are, and the vector is the token-weighted mean."
    ),
]
BatchTokens = Annotated[
    int,
    Field(
        ge=0,
        le=1 << 20,
        description="Tokens computed at once, padding included; 0 takes what suits the device.",
    ),
]


class Embedder(Leaf):
    """Text to unit vectors. `prepare` happens once per run, `load` once per process; what it returns runs part by part."""

    def fingerprint(self) -> str:
        """Hash of the weights or of the model's name and revision; part of the run key."""
        raise NotImplementedError

    def prepare(self) -> State:
        """What is made from the weights and kept with the run, such as a distilled table; nothing by default."""
        return {}

    def load(self, state: State) -> Embed:
        """Read the model; raises `BackendUnavailable` in one sentence when it is missing or unsafe."""
        raise NotImplementedError

    def facts(self, embed: Embed, sample: pa.LargeStringArray) -> dict[str, Any]:
        """What the vectors of some documents say about the embedding, as JSON values for people."""
        return {}


class Clusterer(Leaf):
    """Unit vectors to cluster numbers."""

    def sized(self, n_docs: int) -> Self:
        """The same clusterer with automatic settings made for a corpus of `n_docs`, of which `fit` may see a sample."""
        return self

    def sees(self, n_docs: int) -> int:
        """How many of `n_docs` vectors `fit` reads; all, unless it takes a sample."""
        return n_docs

    def fit(self, vectors: np.ndarray, seed: int) -> State:
        """Learn from (n_docs, dim) vectors; the caller decides how many fit in memory."""
        raise NotImplementedError

    def assign(self, vectors: np.ndarray, state: State) -> np.ndarray:
        """(n_docs,) int32; -1 is noise."""
        raise NotImplementedError


class Projection(Leaf):
    """Unit vectors to points of a map."""

    preview: ClassVar[bool] = False  # cheap enough to show before the real map is ready

    def sees(self, n_docs: int) -> int:
        """How many of `n_docs` vectors `fit` reads; all, unless it takes a sample."""
        return n_docs

    def fit(self, vectors: np.ndarray, seed: int) -> State:
        """Learn from (n_docs, dim) vectors; must leave what `place` needs."""
        raise NotImplementedError

    def place(self, vectors: np.ndarray, state: State) -> np.ndarray:
        """(n_docs, 2) float32."""
        raise NotImplementedError
