"""Expository: whether a text explains, as a textbook does, rather than tells a story, chats, sells or argues.

Tan and Wang, 2024, "1.5-Pints", arXiv:2408.03506: prefer expository, textbook-like text. Their code has no classifier and
the paper no formula, so this is our own: logistic regression on a dozen things that can be counted, each of which can be
looked at.

    log odds = bias + sum over features f of weight[f] * (min(value[f], cap[f]) - mean[f]) / sd[f]

- cues: phrases that define or exemplify ("is called", "refers to", "such as", "in other words") for each 100 words
- headings: lines that look like a heading, for each 100 words
- the rest are columns of `discourse`, `sentences`, `words` and `readability`

Weights were learnt from where texts come from, not from people's marks: encyclopedias, papers, patents and technical
standards against novels, speeches, film reviews, subtitles, tweets and forums. `python -m tests.benchmarks quality` tells
how it does on a source it has not seen, and `--write-expository` learns it again. English only.

Differs from the paper: all of it but the aim.
Cost: one pass over the text, and one by regular expressions.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.signal import Column, Columns, Context, Signal
from selection.signals.heuristics.discourse import Discourse
from selection.signals.heuristics.readability import Readability
from selection.signals.heuristics.sentences import Sentences
from selection.signals.heuristics.words import Words
from selection.text.measure import measure

pc: Any = pyarrow.compute  # its functions are made at run time, which no type checker sees

_CUES = (
    r"(?i)\b(?:(?:is|are|was|were) (?:called|known as|defined as|said to be|a (?:type|kind|form|branch|measure|method|set) of"
    r"|an example of|used (?:to|for|in|as)|based on|composed of|part of|one of)|refers? to|consists? of|means that|such as"
    r"|for (?:example|instance)|that is,|in other words|also known as|in (?:this|the following) (?:section|chapter|paper)"
    r"|(?:is|are) described|as follows|this (?:means|is because)|can be (?:used|seen|written|defined))\b"
)
_HEADINGS = r"(?m)^[ \t]*(?:#{1,6} +\S|=+ .+ =+|(?:Chapter|Section|Figure|Table) \d|\d+(?:\.\d+)*\.? +[A-Z])|^[=~-]{4,}$"
_COUNTED = (
    *("teaching_word_share", "connective_share", "reasoning_word_share", "personal_word_share"),
    *("hedge_share", "question_share", "exclamation_share", "capitalised_share"),
    *("mean_sentence_length", "mean_word_length", "learned_word_share"),
)
FEATURES = ("cues", "headings", *_COUNTED)
_LEARNT = Path(__file__).with_name("expository.json")
_SOURCE = "own classifier after the aim of 1.5-Pints, arXiv:2408.03506"


class Expository(Signal):
    title: ClassVar[str] = "Expository text"
    needs: ClassVar[Needs] = Needs(text=True)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "expository",
            "Expository",
            f"probability, at even prior odds, that a text explains, from {', '.join(FEATURES)}",
            "share",
            1,
            _SOURCE,
        ),
        Column(
            "expository_log_odds",
            "Expository, log odds",
            "log of that probability over its complement",
            "nats",
            1,
            _SOURCE,
        ),
    )

    def prepare(self, context: Context) -> State:
        """The weights go with the run, so that a recipe carries them."""
        return learnt()

    def score(self, docs: Documents, state: State) -> Columns:
        """A weighted sum of what was counted."""
        values = np.minimum(features(docs), state["cap"])
        log_odds = (
            float(state["bias"][0]) + (values - state["mean"]) / state["sd"] @ state["weight"]
        )
        return {"expository": 1 / (1 + np.exp(-log_odds)), "expository_log_odds": log_odds}


def features(docs: Documents) -> np.ndarray:
    """(n_docs, n_features) float64, in the order of `FEATURES`."""
    columns: dict[str, np.ndarray] = {}
    for source in (Discourse, Sentences, Words, Readability):
        columns.update(source().score(docs, {}))
    n_words = np.maximum(measure(docs.texts).words["n_words"], 1)
    counted = [columns[name] for name in _COUNTED]
    return np.column_stack(
        [*(100 * _found(docs.texts, p) / n_words for p in (_CUES, _HEADINGS)), *counted]
    )


@cache
def learnt() -> dict[str, np.ndarray]:
    """weight, mean, sd and cap of each feature, and the bias."""
    told = json.loads(_LEARNT.read_text(encoding="utf-8"))
    parts = {
        name: np.array([told["features"][feature][name] for feature in FEATURES])
        for name in ("weight", "mean", "sd", "cap")
    }
    return {**parts, "bias": np.array([told["bias"]])}


def _found(text: pa.LargeStringArray, pattern: str) -> np.ndarray:
    """(n_docs,) how often a pattern occurs, by RE2, whose time is linear in the text."""
    return np.asarray(pc.count_substring_regex(text, pattern), np.float64)
