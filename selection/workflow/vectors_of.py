"""Vectors of any texts, by the model that made the corpus' own vectors, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from selection.core.errors import BadSetting
from selection.core.provenance import Run
from selection.store import artefacts
from selection.store.workspace import Workspace
from selection.workflow import embed


def vectors_of(space: Workspace, run: Run, texts: Sequence[str]) -> np.ndarray:
    """(n_texts, dim), rows of length 1; a `BadSetting` where that model is not to be had."""
    if run.what.startswith("attached "):
        raise BadSetting(
            "a sentence is compared by the model that made the vectors, and these were attached from a file; search by a"
            " document, or run `embed`"
        )
    leaf = embed.named(run.what, run.settings)
    if leaf.fingerprint() != run.inputs.get("weights"):
        raise BadSetting(
            f"a sentence is compared by the model that made the vectors, and {run.what} has other weights here; run"
            " `embed` again"
        )
    state = artefacts.load(space.artefacts, run.artefact) if run.artefact else {}
    return leaf.load(state)(pa.array(texts, pa.large_string()))
