"""Students: raters trained on ratings or votes of some documents, which then rate any document row by row.

A student learns from a *lesson*: ratings of documents, or votes on pairs of them. Rows of a lesson are positions in the
documents that come with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import numpy as np

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.settings import Leaf


@dataclass(frozen=True)
class Ratings:
    """rows (n,) int64; values (n, n_columns) float64, finite; fold (n,) int64, equal for documents not to be parted."""

    rows: np.ndarray
    values: np.ndarray
    fold: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, which: np.ndarray) -> Ratings:
        return Ratings(self.rows[which], self.values[which], self.fold[which])


@dataclass(frozen=True)
class Votes:
    """rows (n, 2) int64, a pair each; values (n,) float64, the share of votes in 0..1 for the second of the pair."""

    rows: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, which: np.ndarray) -> Votes:
        return Votes(self.rows[which], self.values[which])


Lesson = Ratings | Votes


class Kept(Protocol):
    """What one fit has kept so far, for when it is killed: saved now and then, loaded when it begins again."""

    def load(self) -> State | None:
        """What was last saved, or None."""
        ...

    def save(self, state: State) -> None:
        """Replace what was saved."""
        ...


class Student(Leaf):
    """One file a kind. Class facts: `needs` (what a batch must carry), `learns_from` and `shares` (of the learning curve)."""

    needs: ClassVar[Needs] = Needs(embedding=True)
    learns_from: ClassVar[Literal["ratings", "pairs"]] = "ratings"
    shares: ClassVar[tuple[float, ...]] = (0.125, 0.25, 0.5, 1.0)  # of what is not held out

    def required(self) -> Needs:
        """What this student needs with these settings: `needs`, plus the signals that the settings name."""
        return self.needs

    def fit(self, docs: Documents, lesson: Lesson) -> State:
        """Learn from a lesson on these documents; the same lesson gives the same state."""
        raise NotImplementedError

    def fingerprint(self) -> str:
        """Of a student that starts from a model, and so is slow: the hash of its weights, part of the run key."""
        return ""

    def fit_kept(self, docs: Documents, lesson: Lesson, kept: Kept) -> State:
        """`fit` of a slow student, which goes on from what was kept: the same state, killed on the way or not."""
        return self.fit(docs, lesson)

    def predict(self, docs: Documents, state: State) -> np.ndarray:
        """(n_docs, n_columns) float64. Pure: batches agree with the whole."""
        raise NotImplementedError
