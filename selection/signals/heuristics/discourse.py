"""What kind of talk a text is: joining, reasoning, teaching, selling, chatting, by English words of each manner.

Each share is the words of one short own list (`text.lexicon`) / n_words, 0 without words. The lists are English, so other
languages get values near 0.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share


def _share(name: str, title: str, examples: str, polarity: Literal[-1, 0, 1] = 0) -> Column:
    return Column(
        f"{name}_share", title, f"words such as {examples} / n_words", "share", polarity, "own list"
    )


class Discourse(Signal):
    title: ClassVar[str] = "Discourse"
    columns: ClassVar[tuple[Column, ...]] = (
        _share("connective", "Connectives", "however, therefore, although, first, meanwhile", 1),
        _share("reasoning_word", "Reasoning words", "because, if, suppose, prove, hence"),
        _share("teaching_word", "Teaching words", "example, define, theory, students, explain", 1),
        _share(
            "boilerplate_word", "Boilerplate words", "click, cookies, subscribe, cart, login", -1
        ),
        _share("personal_word", "Personal words", "I, you, we, my, lol"),
        _share("hedge", "Opinion words", "maybe, think, amazing, always, best", -1),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        words = measure(docs.text).words
        n_words = words["n_words"]
        return {
            "connective_share": share(words["n_connectives"], n_words),
            "reasoning_word_share": share(words["n_reasoning_words"], n_words),
            "teaching_word_share": share(words["n_teaching_words"], n_words),
            "boilerplate_word_share": share(words["n_boilerplate_words"], n_words),
            "personal_word_share": share(words["n_personal_words"], n_words),
            "hedge_share": share(words["n_hedges"], n_words),
        }
