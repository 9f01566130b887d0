"""Toxicity: how much a text, or its worst passage, reads like offensive speech, by a linear model of its words.

    logit(passage) = bias + mean over its words w of weight[w]        toxicity = 1 / (1 + exp(-logit))

A passage is 32 words in a row (a shorter text is one passage): a slur in a long page is as visible as in a short one.
Beside it stands a word list with weights: words that offensive texts use far more often, each with its log odds ratio
(Monroe et al. 2008, "Fightin' Words", with a Dirichlet prior of the words of all texts).

Both were learnt from tweets that people marked as hateful, offensive or neither (Davidson et al. 2017, arXiv:1703.04009,
MIT), the model also from passages of public-domain prose as neutral, without which it takes every "she" of a novel for a
sign of offence. A fifth of the 24,783 tweets was held out: `python -m tests.benchmarks quality` says how the model does on
those and how much ordinary text it calls offensive, and `--write-toxicity` makes the weights again. Words are kept as
hashes, so no list of slurs lies in the repository. A list of your own, one `word<TAB>weight` a line, takes its place.

What it is not: it knows English words of tweets, not meaning. It flags quotation, reclaimed words and discussion of
offence; labels of these tweets are known to be harsher on African American English (Sap et al. 2019, ACL P19-1163); words of
other languages count as neutral. Look at the documents before you drop them.

Cost: one look-up per word.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.errors import BadInput
from selection.core.method import Needs
from selection.core.signal import Column, Columns, Context, Signal
from selection.text.ngrams import NGrams

WORDS = NGrams(
    1, 1 << 24
)  # so many buckets that an unknown word meets a known one once in 3,000 times
PASSAGE = 32
_LEARNT = Path(__file__).with_name("toxicity.npz")
_SOURCE = "linear model of words, learnt from Davidson et al. 2017 (MIT)"
_PART_ROWS = 256  # documents looked up at a time, to bound memory


class Toxicity(Signal):
    title: ClassVar[str] = "Toxicity"
    needs: ClassVar[Needs] = Needs(text=True)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "toxicity",
            "Toxicity",
            "probability, at even prior odds, that a text of these words is offensive",
            "share",
            -1,
            _SOURCE,
        ),
        Column(
            "toxicity_worst",
            "Toxicity of the worst passage",
            f"the highest such probability of any {PASSAGE} words in a row",
            "share",
            -1,
            _SOURCE,
        ),
        Column(
            "toxic_word_weight",
            "Toxic words",
            "weights of the words on the list, added up, for each 100 words of the text",
            "nats per 100 words",
            -1,
            "word list with weights, learnt from Davidson et al. 2017 (MIT)",
        ),
    )

    words: str = Field(
        "",
        description="A file with your own list, one word, a tab and its weight a line; empty: the list that was learnt.",
    )

    def fingerprint(self) -> str:
        if not self.words:
            return ""
        ids, weights = read_list(Path(self.words).expanduser())
        return hashlib.sha256(ids.tobytes() + weights.tobytes()).hexdigest()

    def prepare(self, context: Context) -> State:
        """The weights go with the run, so that a recipe carries them."""
        state = dict(learnt())
        if self.words:
            state["list_words"], state["list_weights"] = read_list(Path(self.words).expanduser())
        return state

    def score(self, docs: Documents, state: State) -> Columns:
        """Look-ups in two sorted tables."""
        found = [
            _scored(docs.take(slice(start, start + _PART_ROWS)), state)
            for start in range(0, len(docs), _PART_ROWS)
        ]
        joined = np.concatenate([np.zeros((3, 0)), *found], axis=1)
        return {column.name: joined[k] for k, column in enumerate(self.columns)}


@cache
def learnt() -> dict[str, np.ndarray]:
    """words, weights: the model's, words ascending; bias; list_words, list_weights: the list's."""
    with np.load(_LEARNT, allow_pickle=False) as arrays:
        return dict(arrays)


def read_list(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Hashes, ascending, and weights of a word list; a `BadInput` names the line that is none."""
    import pyarrow as pa

    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"a word list is a UTF-8 file, and {path} cannot be read as one") from None
    weights: dict[int, float] = {}
    for number, line in enumerate(lines, start=1):
        word, _, weight = line.partition("\t")
        ids, _ = WORDS.buckets(pa.array([word], pa.large_string()))
        try:
            weights[int(ids[0])] = float(weight)
            if len(ids) != 1:
                raise ValueError
        except (ValueError, IndexError):
            raise BadInput(
                f"a word list has one word, a tab and a number a line, and line {number} of {path.name} has not"
            ) from None
    rows = sorted(weights.items())
    return np.array([w for w, _ in rows], np.int32), np.array([w for _, w in rows], np.float32)


def _scored(docs: Documents, state: State) -> np.ndarray:
    """(3, n_docs)"""
    ids, bounds = WORDS.buckets(docs.texts)
    weights = _looked_up(ids, state["words"], state["weights"])
    listed = np.add.reduceat(
        np.append(_looked_up(ids, state["list_words"], state["list_weights"]), 0), bounds[:-1]
    )
    n_words = np.diff(bounds)
    there = np.maximum(n_words, 1)
    total = np.concatenate([[0.0], np.cumsum(weights)])
    whole = (total[bounds[1:]] - total[bounds[:-1]]) / there
    worst = _worst(total, bounds, whole)
    bias = float(state["bias"][0])
    logits = np.where(n_words > 0, np.stack([whole, worst]) + bias, bias)
    return np.concatenate([1 / (1 + np.exp(-logits)), [100 * listed * (n_words > 0) / there]])


def _worst(total: np.ndarray, bounds: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """(n_docs,) the highest mean weight of any passage; `total` is the running sum over all words of all documents."""
    n_passages = np.maximum(np.diff(bounds) - PASSAGE + 1, 0)
    first = np.concatenate([[0], np.cumsum(n_passages)]).astype(np.int64)
    place = np.repeat(bounds[:-1] - first[:-1], n_passages) + np.arange(first[-1])
    means = (total[place + PASSAGE] - total[place]) / PASSAGE
    highest = np.maximum.reduceat(np.append(means, -np.inf), first[:-1])
    return np.where(n_passages > 0, highest, whole)


def _looked_up(ids: np.ndarray, words: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(n_words,) float64 weight of each word, 0 for one that is not known."""
    if len(words) == 0:
        return np.zeros(len(ids))
    at = np.minimum(np.searchsorted(words, ids), len(words) - 1)
    return np.where(words[at] == ids, weights[at].astype(np.float64), 0.0)
