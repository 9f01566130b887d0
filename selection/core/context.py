"""What a leaf that must learn from the corpus may ask for, without knowing that a store exists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from selection.core.documents import Documents
from selection.core.targets import Target

if TYPE_CHECKING:
    from selection.core.method import Needs


class Context(Protocol):
    """The corpus as `prepare` of a signal and `fit` of a text method see it; texts never come all at once."""

    def sample(self, n_docs: int, needs: Needs) -> Documents:
        """At most `n_docs` documents of the corpus, picked by a hash of their uid, so that the pick is stable."""
        ...

    def stream(self, needs: Needs) -> Iterable[Documents]:
        """The whole corpus, one part at a time."""
        ...

    def targets(self, keys: Sequence[str]) -> tuple[Target, ...]:
        """The target sets of the workspace with these content hashes, in this order."""
        ...

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """(n_texts, dim) vectors, rows of length 1, by the model that made the vectors of the corpus."""
        ...

    def components(self, keys: Callable[[Documents], np.ndarray], needs: Needs) -> np.ndarray:
        """Smallest doc_id of each document's component, where documents that share a key are joined. (n_docs,) integers

        `keys` gives (n_docs, n_bands) uint64 of a batch, which must depend on its rows and the signal's settings alone;
        a key is shared within its column only, and 0 is none.
        """
        ...
