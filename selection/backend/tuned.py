"""Tuned: an encoder that was taught to rate, read from the files that teaching left in an artefact."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa

from selection.backend import model_folder
from selection.backend.device import on_one_core
from selection.backend.encoder import Encoder
from selection.backend.fine_tune import Course, State, Tuner
from selection.core.errors import BackendUnavailable
from selection.primitives.ridge import PENALTIES, fit_ridge

_HEAD = ("weights", "intercept")
# a ridge that hardly shrinks has weights so large that the encoder's first steps throw its ratings about
_PENALTIES = tuple(penalty for penalty in PENALTIES if penalty >= 0.1)
Keep = Callable[[State], None]


def fingerprint(model: str) -> str:
    """`name@commit`, or the sha256 of the files of the model that is taught."""
    return model_folder.fingerprint(model)


def teach(
    model: str,
    course: Course,
    text: pa.Array,
    values: np.ndarray,
    fold: np.ndarray,
    kept: Mapping[str, np.ndarray] | None = None,
    keep: Keep = lambda state: None,
) -> State:
    """The state of a taught encoder, from (n,) texts, (n, n_columns) values and folds; `kept` is what `keep` was last given."""
    folder = model_folder.locate(model)
    middle, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-12)
    wanted = (values - middle) / spread
    vectors = Encoder(folder, course.max_tokens, 0).encode(text)
    ridge = fit_ridge(vectors, wanted, fold, _PENALTIES)
    tuner = Tuner(folder, course)
    head = {"weights": ridge.weights, "intercept": ridge.intercept}
    ids = tuner.tokenizer.ids(text)
    with on_one_core():
        for step, total, state in tuner.run(ids, wanted, head, dict(kept) if kept else None):
            if step < total:
                keep(state())
    found = tuner.head()
    return {
        **tuner.files(),
        "weights": found["weights"] * spread,
        "intercept": found["intercept"] * spread + middle,
    }


def rate(text: pa.Array, state: Mapping[str, np.ndarray]) -> np.ndarray:
    """(n_docs, n_columns) float64."""
    if len(text) == 0:
        return np.zeros((0, state["weights"].shape[1]))
    vectors = _loaded(_Packed.of(state)).encode(text).astype(np.float64)
    return vectors @ state["weights"] + state["intercept"]


@dataclass(frozen=True)
class _Packed:
    """Files that are equal when their contents are."""

    digest: str
    files: Mapping[str, np.ndarray] = field(compare=False)

    @classmethod
    def of(cls, state: Mapping[str, np.ndarray]) -> _Packed:
        files = {name: data for name, data in state.items() if name not in _HEAD}
        digest = hashlib.sha256()
        for name in sorted(files):
            digest.update(name.encode() + b"\0" + np.ascontiguousarray(files[name]).tobytes())
        return cls(digest.hexdigest(), files)


@lru_cache(maxsize=2)
def _loaded(packed: _Packed) -> Encoder:
    with TemporaryDirectory(prefix="winnow-") as name:
        folder = Path(name)
        for file, data in packed.files.items():
            path = (folder / file).resolve()
            if not path.is_relative_to(folder.resolve()):
                raise BackendUnavailable(
                    f"an artefact holds files of its own folder, got {file!r}; restore the artefact"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(np.asarray(data, np.uint8).tobytes())
        return Encoder(folder, 0, 0)
