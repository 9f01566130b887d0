"""Teaching: fit a student on part of a lesson, measure it on the rest, and tell how it learns with more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from selection.core.documents import Documents, State
from selection.core.noise import uniform
from selection.core.student import Lesson, Ratings, Student
from selection.primitives import held_out
from selection.primitives.held_out import Agreement, agreement

Fit = Callable[[Documents, Lesson, str], State]
"""Fit on a lesson; the name tells it from the other fits of one student."""
TRUSTED = 0.5  # Spearman's correlation, or 2 AUC - 1 of two-valued ratings, below which a student is said to guess
HOW_SURE = (
    f"intervals are 95 %, of a sample: figures begin at {held_out.FEWEST} documents held out, intervals of R² and of the mean"
    f" error at {held_out.FEWEST_RESAMPLED}; a bin whose ratings are all alike has none"
)
_FEWEST = 10  # rows that a point of the curve is fitted on


def measure(
    student: Student,
    docs: Documents,
    lesson: Lesson,
    held: np.ndarray,
    names: list[str],
    seed: int,
    fit: Fit,
) -> dict[str, Any]:
    """Figures on documents held out, as JSON values; the student measured has not seen them. held: (n_docs,) bool

    A pair is held out with either of its documents. Every figure stands beside the number of documents it is of and its
    95 % interval; points of the curve share the documents held out, so they differ by less than their intervals say.
    """
    apart = np.asarray(held[lesson.rows.reshape(len(lesson), -1)].any(axis=1))
    train, test = lesson.take(~apart), lesson.take(apart)
    order = uniform(
        seed, docs.uid_hash[train.rows if train.rows.ndim == 1 else train.rows[:, 0]], 72
    )
    curve: list[dict[str, Any]] = []
    found: list[Agreement] = []
    for share in student.shares:
        part = train.take(order < share)
        if len(part) < _FEWEST and share < 1:
            continue
        found = _agreements(student, docs, test, fit(docs, part, f"{share:g}"))
        curve += [
            {"column": name, "n": len(part), "held_out": each.n, "spearman": each.spearman, "low": each.low,
             "high": each.high, "r2": each.r2, "r2_interval": each.intervals.get("r2")}
            for name, each in zip(names, found, strict=True)
        ]  # fmt: skip
    learnt = [
        {"column": name, "n_train": len(train), **asdict(each)}
        for name, each in zip(names, found, strict=True)
    ]
    calibration = {row["column"]: row.pop("calibration") for row in learnt}
    return {
        "learnt": learnt,
        "calibration": calibration,
        "curve": curve,
        "how_sure": HOW_SURE,
        **_warning(learnt),
    }


def _agreements(student: Student, docs: Documents, test: Lesson, state: State) -> list[Agreement]:
    scores = student.predict(docs, state)  # (n_docs, n_columns)
    if isinstance(test, Ratings):
        return [agreement(test.values[:, c], scores[test.rows, c]) for c in range(scores.shape[1])]
    ahead = scores[test.rows[:, 1], 0] - scores[test.rows[:, 0], 0]
    with np.errstate(over="ignore"):
        share = 1 / (1 + np.exp(-ahead))
    # which of a pair is first means nothing, so each counts both ways round
    truth, predicted = np.r_[test.values, 1 - test.values], np.r_[share, 1 - share]
    return [agreement(truth, predicted, n_independent=len(test))]


def _knows(row: dict[str, Any]) -> bool:
    if row["auc"] is not None:
        return 2 * row["auc"] - 1 >= TRUSTED
    return row["spearman"] is not None and row["spearman"] >= TRUSTED


def _warning(learnt: list[dict[str, Any]]) -> dict[str, str]:
    weak = [row for row in learnt if not _knows(row)]
    if not weak:
        return {}
    told = ", ".join(
        f"{row['column']} {'not measured' if row['spearman'] is None else format(row['spearman'], '.2f')}"
        for row in weak
    )
    return {
        "warning": f"rank correlation on documents held out below {TRUSTED} ({told}): it guesses more than it knows;"
        " rate more documents, or try another kind"
    }
