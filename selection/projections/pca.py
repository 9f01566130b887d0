"""PCA: the flat shadow of the vectors with the largest variance; there at once, while a better map is made.

Pearson, 1901, Philosophical Magazine 2(11). The d * d covariance is diagonalised exactly; the entry of largest size
in a component is made positive, so the map is never mirrored by chance.

Cost: one pass over the vectors, n * dim * dim; placing a document needs that document alone.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import State
from selection.core.model import Projection
from selection.primitives.principal_components import principal_components, project


class PCA(Projection):
    title: ClassVar = "PCA"
    preview: ClassVar = True

    def fit(self, vectors: np.ndarray, seed: int) -> State:
        del seed  # nothing is random here
        mean, components = principal_components(vectors, 2)
        return {"mean": mean, "components": components}

    def place(self, vectors: np.ndarray, state: State) -> np.ndarray:
        return project(vectors, state["mean"], state["components"])
