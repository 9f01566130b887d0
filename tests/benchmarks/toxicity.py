"""The toxicity signal on tweets held out, and the making of its weights, which the repository ships.

The split is by a hash of a tweet's words, so copies and retweets of one text stay on one side.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from selection.core.documents import Documents
from selection.primitives.bag_logistic import Judged, judge, train
from selection.signals.classifiers import toxicity
from tests.conftest import DATASETS

pc: Any = pyarrow.compute  # its functions are made at run time, which no type checker sees
TWEETS = DATASETS / "labels/tweets_offensive.csv"
PROSE = ("books", "state_union", "inaugural", "peps")  # of the mix, all in the public domain
OTHERS = ("c4", "onestop", "wikitext", "xquad", "dolly", "OpenWebText2", "OpenSubtitles")
_PASSAGES = 10_000
HELD_OUT = 0.2
_FEWEST = 5  # tweets that hold a word
_EPOCHS, _RATE = 20, 0.5
_LISTED_Z = 3.0  # standard errors that a listed word's log odds ratio lies above 0
_LISTED_RATIO = 1.2  # below stand words of talk and of dialect, not of offence
_OF_TWEETS = {"rt", "http", "https", "co", "amp", "www"}  # what the medium says, not the writer


def tweets() -> tuple[list[str], np.ndarray, np.ndarray]:
    """Texts, whether they were marked offensive or hateful, and whether they are held out."""
    with TWEETS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [row["tweet"] for row in rows]
    held = np.array([_share(text) < HELD_OUT for text in texts])
    return texts, np.array([row["class"] != "2" for row in rows]), held


def held_out() -> dict[str, Judged]:
    """Column -> how it tells offensive from neither, on tweets that nothing was learnt from."""
    texts, offensive, held = tweets()
    signal = toxicity.Toxicity()
    docs = _documents([text for text, out in zip(texts, held, strict=True) if out])
    columns = signal.score(docs, toxicity.learnt())
    return {name: judge(values - 0.5, offensive[held]) for name, values in columns.items()}


def weights() -> dict[str, np.ndarray]:
    """What `toxicity.npz` holds, learnt again: the same bytes every time."""
    texts, offensive, held = tweets()
    learn = [text for text, out in zip(texts, held, strict=True) if not out]
    neutral = _passages()
    positive = np.concatenate([offensive[~held], np.zeros(len(neutral), bool)])
    learn += neutral
    counts = Counter(word for text in learn for word in set(_words(text)))
    known = sorted(word for word, n in counts.items() if n >= _FEWEST and word not in _OF_TWEETS)
    of_word, _ = toxicity.WORDS.buckets(pa.array(known, pa.large_string()))
    ids, bounds = toxicity.WORDS.buckets(pa.array(learn, pa.large_string()))
    places = np.unique(of_word)
    found = np.searchsorted(places, ids).clip(max=len(places) - 1)
    other = len(places)  # the bucket of all unknown words, whose weight is made 0
    rows = np.where(places[found] == ids, found, other)
    theta, bias = _trained(rows, bounds, positive, other)
    n = int((~held).sum())  # the list sets offensive tweets against other tweets, not against books
    ratio, error = _log_odds(rows[: bounds[n]], bounds[: n + 1], positive[:n], other)
    listed = (ratio / error >= _LISTED_Z) & (ratio >= _LISTED_RATIO)
    return {
        "words": places.astype(np.int32),
        "weights": theta.astype(np.float16),
        "bias": np.array([bias], np.float32),
        "list_words": places[listed].astype(np.int32),
        "list_weights": ratio[listed].astype(np.float16),
    }


def write() -> Path:
    """Make the shipped file again."""
    np.savez_compressed(toxicity._LEARNT, allow_pickle=False, **weights())
    return toxicity._LEARNT


def report() -> Iterator[str]:
    """Area under the curve with a 95 % interval, for the model, its worst passage and the list."""
    yield "### Toxicity\n\n| column | AUC | 95 % | accuracy at even odds | tweets held out |\n|---|---:|---:|---:|---:|"
    for name, found in held_out().items():
        low, high = found.auc - 1.96 * found.auc_se, found.auc + 1.96 * found.auc_se
        accuracy = "–" if name == "toxic_word_weight" else f"{found.accuracy:.3f}"
        n = found.n_positive + found.n_negative
        yield f"| `{name}` | {found.auc:.3f} | {low:.3f}–{high:.3f} | {accuracy} | {n:,} |"
    yield from _flagged()


def _passages() -> list[str]:
    """Neutral prose of as many words as a passage: without it every "she" and "her" is learnt as a sign of offence."""
    table = pq.read_table(DATASETS / "mix.parquet", columns=["text", "source"])
    texts = table["text"].filter(pc.is_in(table["source"], pa.array(PROSE))).to_pylist()
    words = [word for text in texts for word in text.split()]
    starts = np.random.default_rng(0).integers(0, len(words) - toxicity.PASSAGE, _PASSAGES)
    return [" ".join(words[start : start + toxicity.PASSAGE]) for start in starts]


def _flagged() -> Iterator[str]:
    """How much of other text has a passage that is called offensive at even odds: nearly all of it is not."""
    table = pq.read_table(DATASETS / "mix.parquet", columns=["text", "source"])
    yield "\n| text that nothing was learnt from | documents | with a passage above 0.5 | above 0.9 |\n|---|---:|---:|---:|"
    for source in OTHERS:
        texts = table["text"].filter(pc.equal(table["source"], source)).to_pylist()
        worst = toxicity.Toxicity().score(_documents(texts), toxicity.learnt())["toxicity_worst"]
        yield f"| {source} | {len(texts):,} | {(worst > 0.5).mean():.1%} | {(worst > 0.9).mean():.1%} |"


def _trained(
    rows: np.ndarray, bounds: np.ndarray, positive: np.ndarray, other: int
) -> tuple[np.ndarray, float]:
    rng = np.random.default_rng(0)
    theta, bias = train(rows, bounds, positive, other + 1, _EPOCHS, _RATE, rng)
    return theta[:other], bias


def _log_odds(
    rows: np.ndarray, bounds: np.ndarray, positive: np.ndarray, other: int
) -> tuple[np.ndarray, np.ndarray]:
    """Log odds ratio of each word between the classes, and its standard error (Monroe et al. 2008, eq. 15 to 22)."""
    owner = np.repeat(positive, np.diff(bounds))
    prior = np.bincount(rows, minlength=other + 1).astype(float)
    prior = np.maximum(prior * 500 / prior.sum(), 1e-3)  # a word of the prose alone is in neither
    yes, no = (
        (np.bincount(rows[owner == side], minlength=other + 1) + prior)[:other]
        for side in (True, False)
    )
    ratio = np.log(yes / (yes.sum() - yes)) - np.log(no / (no.sum() - no))
    return ratio, np.sqrt(1 / yes + 1 / no)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]{2,}", _plain(text))


def _plain(text: str) -> str:
    return re.sub(r"https?://\S+|@\w+|&#?\w+;", " ", text.lower())


def _share(text: str) -> float:
    said = " ".join(word for word in _words(text) if word not in _OF_TWEETS)
    return int(hashlib.sha256(said.encode()).hexdigest()[:8], 16) / 2**32


def _documents(texts: list[str]) -> Documents:
    n: Any = len(texts)
    return Documents(
        np.arange(n),
        np.arange(n, dtype=np.uint64),
        np.ones(n, np.int64),
        text=pa.array(texts, pa.large_string()),
    )
