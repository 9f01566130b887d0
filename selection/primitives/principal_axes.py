"""Principal axes: orthogonal directions of quality, from correlated signals.

He et al., 2025, "Learning from the Best, Differently" (ODiS), arXiv:2510.18909, step 2: PCA on the score vectors.

    Z = scaled signals;   R = Z'Z / (n - 1) = V diag(l) V',  l descending
    n_axes = min(k_max, smallest k with sum(l[:k]) / sum(l) >= tau)
    scores = Z V[:, :n_axes] diag(l)^(-1/2) T diag(sign)      T: identity, or a varimax rotation

On the fitted sample the scores have mean 0, variance 1 and no correlation. An eigenvector has no sign: each axis points
where its polarity-weighted loadings sum above zero, or, when that sum is below a tenth of the loadings' size, where its
largest loading is positive. Columns are put in order of name first, so the order given cannot matter.

Differs from the paper:
- scaling, the sign rule and what happens to missing values are not stated in the paper; tau as a share of variance
  is a guess
- axes after the first are contrasts: neither end is good by itself

Cost: fit is one pass of n_docs * n_signals^2 over a sample in memory; `project` is row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from selection.core.errors import BadInput, BadSetting, MissingSignal
from selection.primitives.axes_settings import AxesSettings
from selection.primitives.column_scaling import ColumnScaling
from selection.primitives.parallel_analysis import noise_floor
from selection.primitives.varimax import varimax


@dataclass(frozen=True)
class AxesModel:
    """What projecting needs, and what the fit found. d signals used, k axes kept."""

    names: tuple[str, ...]  # (d,) signals used, in order of name
    polarity: np.ndarray  # (d,) int64, +1, 0 or -1
    dropped: Mapping[str, str]  # signal -> why it is not used
    scaling: ColumnScaling
    vectors: np.ndarray  # V, (d, d), unit columns
    eigenvalues: np.ndarray  # l, (d,), descending, sum d
    rotation: np.ndarray  # T, (k, k), orthogonal
    signs: np.ndarray  # (k,) +1 or -1
    noise_floor: np.ndarray  # (d,) eigenvalues of unrelated columns, 95th percentile
    n_rows_used: int
    n_rows_missing: int  # left out, or filled by medians

    @property
    def n_axes(self) -> int:
        """How many axes are kept."""
        return len(self.signs)

    @property
    def loadings(self) -> np.ndarray:
        """(d, k) correlation of each signal with each axis."""
        kept = self.vectors[:, : self.n_axes] * np.sqrt(self.eigenvalues[: self.n_axes])
        return kept @ self.rotation * self.signs

    @property
    def explained(self) -> np.ndarray:
        """(k,) share of the signals' variance that each axis explains."""
        return (self.loadings**2).sum(axis=0) / len(self.names)

    @property
    def n_kaiser(self) -> int:
        """Advice: how many eigenvalues exceed 1."""
        return int((self.eigenvalues > 1).sum())

    @property
    def n_parallel(self) -> int:
        """Advice: how many leading eigenvalues exceed those of unrelated columns."""
        return int(np.cumprod(self.eigenvalues > self.noise_floor).sum())

    def to_state(self) -> dict[str, np.ndarray]:
        """Named arrays (numbers and text), for an artefact without pickle."""
        return {
            "names": np.array(self.names),
            "polarity": self.polarity,
            "dropped": np.array([list(item) for item in self.dropped.items()], str).reshape(-1, 2),
            **self.scaling.to_state(),
            "vectors": self.vectors,
            "eigenvalues": self.eigenvalues,
            "rotation": self.rotation,
            "signs": self.signs,
            "noise_floor": self.noise_floor,
            "n_rows": np.array([self.n_rows_used, self.n_rows_missing], np.int64),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray]) -> AxesModel:
        """The inverse of `to_state`."""
        return cls(
            names=tuple(str(name) for name in state["names"]),
            polarity=state["polarity"],
            dropped={str(name): str(reason) for name, reason in state["dropped"]},
            scaling=ColumnScaling.from_state(state),
            vectors=state["vectors"],
            eigenvalues=state["eigenvalues"],
            rotation=state["rotation"],
            signs=state["signs"],
            noise_floor=state["noise_floor"],
            n_rows_used=int(state["n_rows"][0]),
            n_rows_missing=int(state["n_rows"][1]),
        )

    def to_json(self) -> dict[str, list]:
        """Plain lists, for a recipe; floats survive JSON bit for bit."""
        return {name: array.tolist() for name, array in self.to_state().items()}

    @classmethod
    def from_json(cls, lists: Mapping[str, list]) -> AxesModel:
        """The inverse of `to_json`."""
        whole, text = ("polarity", "knot_lengths", "n_rows"), ("names", "dropped")
        state = {
            name: np.array(
                value, np.int64 if name in whole else str if name in text else np.float64
            )
            for name, value in lists.items()
        }
        state["dropped"] = state["dropped"].reshape(-1, 2)
        return cls.from_state(state)


def fit_axes(
    values: np.ndarray,
    polarity: Sequence[int] | np.ndarray,
    names: Sequence[str],
    settings: AxesSettings,
    rng: np.random.Generator,
) -> AxesModel:
    """Axes of (n_docs, n_signals) values; NaN is missing. `rng` only feeds the noise floor.

    Raises `MissingSignal` when fewer than two signals or three documents can be used, `BadSetting` for too many axes.
    """
    names, values, polarity = _by_name(names, values, polarity)
    complete, median, n_missing = _complete(values, settings)
    dropped = _unusable(values, complete, names)
    kept = [i for i, name in enumerate(names) if name not in dropped]
    _require(names, kept, dropped, len(complete))
    scaling = ColumnScaling.fit(
        complete[:, kept],
        by_rank=settings.scaling == "rank_normal",
        median=median[kept] if settings.missing == "median" else np.empty(0),
    )
    scaled = scaling.apply(complete[:, kept])
    eigenvalues, vectors = _decompose(scaled)
    n_axes = _number(eigenvalues, settings, kept)
    loadings = vectors[:, :n_axes] * np.sqrt(eigenvalues[:n_axes])
    rotation = varimax(loadings) if settings.rotation == "varimax" else np.eye(n_axes)
    return AxesModel(
        names=tuple(names[i] for i in kept),
        polarity=polarity[kept],
        dropped=dropped,
        scaling=scaling,
        vectors=vectors,
        eigenvalues=eigenvalues,
        rotation=rotation,
        signs=_signs(loadings @ rotation, polarity[kept]),
        noise_floor=noise_floor(scaled, rng),
        n_rows_used=len(complete),
        n_rows_missing=n_missing,
    )


def _by_name(
    names: Sequence[str], values: np.ndarray, polarity: Sequence[int] | np.ndarray
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Columns in order of name, so that the order given cannot matter; an infinite value is refused."""
    order = sorted(range(len(names)), key=lambda i: names[i])
    names, values = [names[i] for i in order], np.asarray(values, np.float64)[:, order]
    if np.isinf(values).any():
        bad = names[int(np.isinf(values).any(axis=0).argmax())]
        raise BadInput(
            f"axes need finite signals, got an infinite {bad}; score it again or leave it out"
        )
    return names, values, np.asarray(polarity, np.int64)[order]


def _require(
    names: Sequence[str], kept: Sequence[int], dropped: Mapping[str, str], n_complete: int
) -> None:
    if len(kept) >= 2 and n_complete >= 3:
        return
    why = "; ".join(f"{name} {reason}" for name, reason in dropped.items())
    raise MissingSignal(
        f"axes need at least 2 signals that vary over at least 3 complete documents, got {len(kept)} of {len(names)} "
        f"signals over {n_complete} documents{f' ({why})' if why else ''}; score more, or name other signals"
    )


def project(model: AxesModel, values: np.ndarray) -> np.ndarray:
    """(n_docs, k) scores of (n_docs, d) values whose columns stand in order of `model.names`; a missing value gives NaN."""
    k = model.n_axes
    weights = model.vectors[:, :k] / np.sqrt(model.eigenvalues[:k]) @ model.rotation * model.signs
    return model.scaling.apply(np.asarray(values, np.float64)) @ weights


def flip(model: AxesModel, axis: int) -> AxesModel:
    """The same model with axis number `axis` (from 1) pointing the other way."""
    if not 1 <= axis <= model.n_axes:
        raise BadSetting(f"axis must lie in 1..{model.n_axes} (the number of axes), got {axis}")
    signs = model.signs.copy()
    signs[axis - 1] *= -1
    return replace(model, signs=signs)


def _complete(values: np.ndarray, settings: AxesSettings) -> tuple[np.ndarray, np.ndarray, int]:
    """Rows to fit on, medians, and how many rows lacked a value; a column without any value is left to `_unusable`."""
    absent = np.isnan(values)
    rated = ~absent.all(axis=0) if len(values) else np.ones(values.shape[1], bool)
    lacking = absent[:, rated].any(axis=1)
    median = np.full(values.shape[1], np.nan)
    if settings.missing == "median" and len(values):
        median[rated] = np.nanmedian(values[:, rated], axis=0)
        return np.where(absent, median, values), median, int(lacking.sum())
    return values[~lacking], median, int(lacking.sum())


def _unusable(values: np.ndarray, complete: np.ndarray, names: Sequence[str]) -> dict[str, str]:
    """Signals that cannot take part, each with its reason."""
    dropped = {}
    for i, name in enumerate(names):
        if len(values) and np.isnan(values[:, i]).all():
            dropped[name] = "is rated for no document"
        elif len(complete) and np.ptp(complete[:, i]) <= 1e-12 * np.abs(complete[:, i]).max():
            dropped[name] = f"is constant ({complete[0, i]:g})"
    return dropped


def _decompose(scaled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Descending eigenvalues and eigenvectors of the correlation matrix; the sign of a vector is not meaningful yet."""
    eigenvalues, vectors = np.linalg.eigh(scaled.T @ scaled / (len(scaled) - 1))
    return np.maximum(eigenvalues[::-1], 0), vectors[:, ::-1].copy()


def _number(eigenvalues: np.ndarray, settings: AxesSettings, kept: Sequence[int]) -> int:
    independent = int((eigenvalues > 1e-10 * len(kept)).sum())
    if settings.n_axes > independent:
        raise BadSetting(
            f"n_axes must lie in 1..{independent} (the number of independent signals that vary), got {settings.n_axes}"
        )
    share = np.cumsum(eigenvalues) / eigenvalues.sum()
    automatic = int(np.searchsorted(share, settings.tau - 1e-12)) + 1
    return settings.n_axes or min(settings.k_max, automatic, independent)


def _signs(loadings: np.ndarray, polarity: np.ndarray) -> np.ndarray:
    """(k,) the sign rule of the header; loadings that tie for largest are settled by name."""
    leaning = polarity @ loadings
    size = np.abs(loadings)
    largest = (size >= size.max(axis=0) - 1e-9).argmax(axis=0)
    undecided = np.abs(leaning) < 0.1 * size.sum(axis=0)
    chosen = np.where(undecided, loadings[largest, np.arange(loadings.shape[1])], leaning)
    return np.where(chosen < 0, -1.0, 1.0)
