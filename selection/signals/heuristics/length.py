"""How long a document is, in bytes, characters, words and sentences.

What a character, a word and a sentence are stands in the headers of `text.unicode_classes`, `text.words` and
`text.sentences`. Words of scripts without spaces are counted by the letter.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share


class Length(Signal):
    title: ClassVar[str] = "Length"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("n_bytes", "Bytes", "bytes of the document in UTF-8", "bytes", 0, "count"),
        Column("n_chars", "Characters", "Unicode code points", "characters", 0, "count"),
        Column(
            "n_words",
            "Words",
            "maximal runs of letters, numbers and marks, apostrophes between letters included; in scripts without spaces "
            "every letter counts as a word",
            "words",
            source="Gopher quality rules (Rae et al. 2021) bound it to 50..100,000; words are ours",
        ),
        Column(
            "n_sentences",
            "Sentences",
            "stretches with a word, divided at . ! ? … (or their like in other scripts) before white space, at 。！？ and at "
            "blank lines; a full stop after a single letter or before lower case does not divide",
            "sentences",
            source="C4 (Raffel et al. 2020) asks for 5, RedPajama v2 counts them; the division is ours",
        ),
        Column(
            "tokens_per_word",
            "Tokens a word",
            "n_tokens of the workspace's tokenizer / n_words, 0 without words; high for code, names and other languages",
            "tokens per word",
            source="own ratio; of tokenizers it is known as fertility",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        words = measures.words["n_words"]
        return {
            "n_bytes": measures.characters["n_bytes"].astype(np.float64),
            "n_chars": measures.characters["n_chars"].astype(np.float64),
            "n_words": words.astype(np.float64),
            "n_sentences": measures.sentences["n_sentences"].astype(np.float64),
            "tokens_per_word": share(docs.n_tokens, words),
        }
