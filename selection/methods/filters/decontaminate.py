"""Decontaminate: find documents that hold passages of benchmark items, and say which item, which words and where.

A document is contaminated when it has `n_words` words in a row that an item of a target has too, words being normalised
(lower case, no diacritics, every number one 0, no punctuation). Items that are shorter are looked for as a whole, down to
`shortest` words; still shorter ones cannot be told from chance and are counted in the facts.

    log_weight[d] = -inf if contaminated and mode is drop, else 0

Sources: n-gram overlap of 13 words with a window, Brown et al. 2020 (GPT-3), arXiv:2005.14165, appendix C; 12 words and
the normalisation as in datatrove's NGramsDecontFilter; 8 to 13 in BETR, arXiv:2507.12466.

Differs from datatrove:
- an item is its question and its right answer, and all of its passages count; there, by default, only those that touch
  the answer
- passages of which fewer than half the words differ are left out: since all numbers are alike, tables would match tables
- items shorter than a passage are found as a whole, where datatrove passes them over
- words are runs of letters and numbers, not an English tokenizer's

`because` holds the target and the row of the item whose passage comes first, its text, the character where it begins, and how
many passages were found. Finding is exact up to collisions of 64-bit hashes.

Cost: one pass at the speed of `text.passages`; the state is 12 bytes a passage of the targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from selection.core.context import Context
from selection.core.documents import Documents, State
from selection.core.method import Needs, TextMethod
from selection.core.targets import PassageWords, ShortestItem, Target, TargetKeys, targets_field
from selection.core.weights import Scale, Weights
from selection.text.passages import Found, Passages, find_passages, index_passages

_SHOWN = 300  # characters of a passage


class Decontaminate(TextMethod):
    """Drop or flag what holds benchmark items."""

    title: ClassVar[str] = "Decontaminate"
    cites: ClassVar[str] = "arXiv:2005.14165"
    needs: ClassVar[Needs] = Needs(text=True, targets=True)
    scale: ClassVar[Scale] = "none"
    sampler: ClassVar[str] = "top"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "GPT-3, 13 words": {"n_words": 13},
        "datatrove, 12 words": {"n_words": 12},
        "BETR, 8 words": {"n_words": 8},
    }

    targets: TargetKeys = targets_field("The benchmarks whose items must not be in the selection.")
    n_words: PassageWords = 12
    shortest: ShortestItem = 8
    mode: Literal["drop", "flag"] = Field(
        "drop", description="Never draw contaminated documents, or only say which they are."
    )

    def fit(self, corpus: Context, targets: Sequence[Target]) -> State:
        """The passages of all items, each known by the first item that has it."""
        items = pa.concat_arrays([target.text for target in targets])
        passages = index_passages(items, self.n_words, min(self.shortest, self.n_words))
        sizes = np.array([len(target) for target in targets])
        return {
            "keys": passages.keys,
            "texts": passages.texts,
            "lengths": passages.lengths,
            "item_words": passages.n_words,
            "item_target": np.repeat(np.arange(len(targets), dtype=np.int32), sizes),
            "item_row": np.concatenate([np.arange(size, dtype=np.int32) for size in sizes]),
            "names": np.array([target.name for target in targets]),
        }

    def weigh(self, docs: Documents, state: State) -> Weights:
        """0 or -inf, with item, passage and place of the first hit."""
        index = Passages(state["keys"], state["texts"], state["lengths"], state["item_words"])
        found = find_passages(docs.texts, index)
        hit = found.n_hits > 0
        item = np.maximum(found.text, 0)
        target = np.where(hit, state["item_target"][item], -1)
        names = np.append(state["names"].astype(object), "")
        rules = np.append([f"no passage of {name}" for name in state["names"]], "").astype(object)
        passage, where = _passages(docs.texts, found)
        because: dict[str, np.ndarray] = {
            "target": names[target],
            "target_row": np.where(hit, state["item_row"][item], np.nan),
            "passage": passage,
            "where": where,
            "n_passages": found.n_hits,
        }
        if self.mode == "drop":
            because["rule"] = rules[target]
        return Weights(np.where(hit & (self.mode == "drop"), -np.inf, 0.0), because)

    def facts(self, state: State) -> dict[str, Any]:
        """Per target: items, passages, and items that are too short to be found."""
        target, words = state["item_target"], state["item_words"]
        shortest = min(self.shortest, self.n_words)
        passages = np.bincount(target[state["texts"]], minlength=len(state["names"]))
        learnt = [
            {
                "target": str(name),
                "items": int((target == number).sum()),
                "passages": int(passages[number]),
                "items_too_short": int(((target == number) & (words < shortest)).sum()),
            }
            for number, name in enumerate(state["names"])
        ]
        short = sum(row["items_too_short"] for row in learnt)
        warning = f"{short:,} items have fewer than {shortest} words and cannot be found"
        return {"learnt": learnt, **({"warning": warning} if short else {})}

    def found(self, weights: Weights) -> dict[str, Any]:
        """Per target: contaminated documents, and how many of its items come first in one."""
        names, rows = weights.because["target"], weights.because["target_row"]
        return {
            "found": [
                {
                    "target": str(name),
                    "documents": int((names == name).sum()),
                    "items": len(np.unique(rows[names == name])),
                    "passages": int(weights.because["n_passages"][names == name].sum()),
                }
                for name in sorted(set(names.tolist()) - {""})
            ]
        }


def _passages(texts: pa.LargeStringArray, found: Found) -> tuple[np.ndarray, np.ndarray]:
    """The words of the first passage of each document that has one, and the character where they begin (NaN: none)."""
    passage = np.full(len(texts), "", object)
    where = np.full(len(texts), np.nan)
    for row in np.flatnonzero(found.n_hits):
        data = texts[int(row)].as_py().encode()
        first, last = int(found.first[row]), int(found.last[row])
        passage[row] = data[first:last].decode()[:_SHOWN]
        where[row] = len(data[:first].decode())
    return passage, where
