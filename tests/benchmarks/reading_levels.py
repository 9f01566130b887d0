"""OneStopEnglish: are the three versions of an article put in the order of their reading level, by raters of difficulty?

Articles are learnt from in ten folds, so none is rated by a student that has seen it; a fine-tuned encoder, which takes
minutes a fold on a CPU, in three. Text length alone gets most triples right, so everything is also asked of the first 250
words of each text, where length can tell nothing. Students of vectors read 256 tokens of either.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import selection
from selection.core.documents import Documents
from selection.core.method import Needs
from selection.core.registry import catalogue
from selection.core.signal import Signal
from selection.core.student import Ratings, Student
from selection.primitives.intervals import wilson
from selection.signals.students.encoder import EncoderStudent
from selection.signals.students.ngrams import NGramsStudent
from selection.signals.students.ridge import RidgeStudent
from selection.signals.students.signals import SignalsStudent
from selection.workflow import load
from tests.conftest import DATASETS

LEVELS = ("elementary", "intermediate", "advanced")
ARTICLES = DATASETS / "labels/onestop_english.parquet"
N_ARTICLES = 189
_N_FOLDS, _SLOW_FOLDS = 10, 3


def ordered(values: np.ndarray, level: np.ndarray, article: np.ndarray) -> int:
    """Articles whose three versions have values that rise with their level."""
    return sum(
        bool((np.diff(values[rows[np.argsort(level[rows])]]) > 0).all())
        for rows in (np.flatnonzero(article == each) for each in range(N_ARTICLES))
    )


def out_of_fold(
    student: Student, docs: Documents, level: np.ndarray, article: np.ndarray
) -> np.ndarray:
    """(n_docs,) ratings of a student that has not seen the article."""
    predicted = np.empty(len(docs))
    n_folds = _SLOW_FOLDS if isinstance(student, EncoderStudent) else _N_FOLDS
    for fold in range(n_folds):
        rows, apart = np.flatnonzero(article % n_folds != fold), article % n_folds == fold
        state = student.fit(docs, Ratings(rows, level[rows, None], article[rows] % 5))
        predicted[apart] = student.predict(docs.take(np.flatnonzero(apart)), state)[:, 0]
    return predicted


def measured(n_words: int | None, folder: Path, students: tuple[Student, ...]) -> dict[str, int]:
    """Rater -> articles in order, on whole texts or their first words."""
    table = pq.read_table(ARTICLES)
    texts = [" ".join(t.split()[:n_words]) if n_words else t for t in table["text"].to_pylist()]
    pq.write_table(
        pa.table({"id": [f"o{k}" for k in range(len(texts))], "text": texts}),
        folder / "onestop.parquet",
    )
    space = selection.create(folder / "space")
    selection.ingest(space, [folder / "onestop.parquet"])
    if any(student.needs.embedding for student in students):
        selection.embed(space)
    names = ("flesch_kincaid_grade", "dale_chall")
    wanted = {*SignalsStudent().signals, *names}
    leaves = catalogue("selection.signals", Signal).items()
    rater = "required_expertise__statistics"
    selection.score(
        space, [k for k, leaf in leaves if {c.name for c in leaf.columns} & {*wanted, rater}]
    )
    rows = np.arange(len(texts))
    needs = Needs(
        signals=(*sorted(wanted), rater),
        text=True,
        embedding=any(s.needs.embedding for s in students),
    )
    docs = load.take(space, rows, needs)
    level = np.array([LEVELS.index(each) for each in table["level"].to_pylist()], float)
    article = np.unique(table["article"].to_pylist(), return_inverse=True)[1]
    found = {"text length (words)": np.array([len(text.split()) for text in texts], float)}
    found |= {name: docs.signals[name] for name in (*names, rater)}
    in_order = {name: ordered(values, level, article) for name, values in found.items()}
    for student in students:  # told one by one, since a fine-tuned encoder takes its time
        n = ordered(out_of_fold(student, docs, level, article), level, article)
        in_order[f"student {student.id()}"] = n
        print(
            f"{student.id()}, first {n_words} words: {n}"
            if n_words
            else f"{student.id()}, whole: {n}",
            file=sys.stderr,
        )
    return in_order


def report(encoder: bool = False) -> Iterator[str]:
    """Articles in order with a 95 % interval, of whole texts and of their first 250 words; `encoder` takes half an hour."""
    students: tuple[Student, ...] = (SignalsStudent(), NGramsStudent(), RidgeStudent())
    if encoder:
        students = (*students, EncoderStudent.build({}))
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        whole = measured(None, Path(first), students)
        start = measured(250, Path(second), students)
    yield (
        "### OneStopEnglish: three levels of an article in order, of 189\n\n"
        "| rater | whole texts | 95 % | first 250 words | 95 % |\n|---|---:|---:|---:|---:|"
    )
    for name in whole:
        cells = []
        for n in (whole[name], start[name]):
            share = wilson(n, N_ARTICLES)
            cells += [
                f"{n} ({n / N_ARTICLES:.1%})",
                f"{100 * share.low:.1f}–{100 * share.high:.1f}",
            ]
        yield f"| {name} | {' | '.join(cells)} |"
