"""Stop words of any language: how many of the words that its language uses most a document uses too.

Penedo et al. 2025 (FineWeb2), arXiv:2506.20920, section 4: the stop words of a language are the words above a cut in frequency,
and two of them must occur, as Gopher asks of eight English words.

The languages of a sample of the corpus are told (`text.language`), the words of each counted in lower case, and its `n_words`
most frequent ones that hold a letter are its stop words. In scripts without spaces, words are single characters.

Differs from the paper:
- the frequencies are those of the corpus, not of Wikipedia, so a list knows no language that the corpus lacks
- a number of words instead of a cut: the published lists are of 15 (German), 16 (Turkish), 18 (French) and 22 (Chinese) words,
  and their cut is not stated there
- words count in lower case, tokens of datatrove as they are written
- a language with under `min_words` words in the sample has no list, and its documents no value
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Context, Signal
from selection.signals.heuristics.corpus_words import SampledDocuments
from selection.text import language
from selection.text.hashing import table_of, table_size
from selection.text.key_words import words_at
from selection.text.measure import Measures, measure
from selection.text.unigrams import listed_types

if TYPE_CHECKING:
    import pyarrow as pa

_SPARSE = 4  # times as large as it must be is a table of words, so that most words meet an empty place at once
_TRIED = 4  # times as many of the most frequent words as are wanted, some of which are numbers
_NO_LANGUAGE = "zxx"


class LanguageStopWords(Signal):
    title: ClassVar[str] = "Stop words of the language"
    version: ClassVar[int] = 2
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "language_stop_words",
            "Stop words of its language",
            "how many of the most frequent words of the document's language, as the corpus writes it, occur in lower case; not "
            "rated where the corpus has too little of the language",
            "words",
            1,
            "FineWeb2 (Penedo et al. 2025): at least 2",
        ),
    )

    n_words: int = Field(
        16, ge=2, le=200, description="How many words of a language are its stop words."
    )
    min_words: int = Field(
        1000, ge=1, description="Languages with fewer words than this in the sample have no list."
    )
    n_sampled: SampledDocuments = 16384

    def prepare(self, context: Context) -> State:
        """A list a language: its name, documents in the sample, words as text, and their hashes as a table."""
        docs = context.sample(self.n_sampled, self.needs)
        measures, codes = (
            measure(docs.text),
            language.detect(docs.texts, language.FIRST_BYTES, language.MOST_BYTES)[0],
        )
        of_type = np.repeat(codes, np.diff(measures.type_offsets))
        found: list[tuple[str, int, str, np.ndarray]] = []
        for code in np.unique(codes[codes >= 0]):
            here, name = np.flatnonzero(of_type == code), language.languages()[code]
            if name != _NO_LANGUAGE and measures.type_counts[here].sum() >= self.min_words:
                words, hashes = self._most_frequent(docs.texts, measures, here)
                found.append((name, int((codes == code).sum()), " ".join(words), hashes))
        names, n_docs, words, tables = zip(*found, strict=True) if found else ((), (), (), ())
        return {
            "languages": np.array(names, np.str_),
            "n_docs": np.array(n_docs, np.int64),
            "words": np.array(words, np.str_),
            "tables": np.array(tables, np.uint64).reshape(len(names), self._table_size()),
        }

    def _most_frequent(
        self, text: pa.LargeStringArray, measures: Measures, here: np.ndarray
    ) -> tuple[list[str], np.ndarray]:
        """Words, and the table of their hashes, among the types `here`."""
        given = measures.type_hashes[here]
        hashes, first, which = np.unique(given, return_index=True, return_inverse=True)
        counts = np.bincount(which, measures.type_counts[here])
        best = np.lexsort((hashes, -counts))[: _TRIED * self.n_words]
        chosen = here[first[best]]
        docs = np.searchsorted(measures.type_offsets, chosen, "right") - 1
        words = words_at(text, docs, measures, chosen).to_pylist()
        kept = [k for k, word in enumerate(words) if any(map(str.isalpha, word))][: self.n_words]
        return [words[k] for k in kept], table_of(hashes[best[kept]], _SPARSE * self.n_words)

    def _table_size(self) -> int:
        """Slots of a list's table, the same for every language, and where there is no list at all."""
        return table_size(_SPARSE * self.n_words)

    def facts(self, state: State) -> dict[str, Any]:
        """The lists, most documents first."""
        rows = zip(state["languages"], state["n_docs"], state["words"], strict=True)
        learnt = [
            {"language": str(a), "documents": int(b), "stop words": str(c)} for a, b, c in rows
        ]
        return {"learnt": sorted(learnt, key=lambda row: (-row["documents"], row["language"]))}

    def score(self, docs: Documents, state: State) -> Columns:
        """NaN without a list."""
        place = {str(name): row for row, name in enumerate(state["languages"])}
        rows = np.array([*(place.get(name, -1) for name in language.languages()), -1])
        row = rows[language.detect(docs.texts, language.FIRST_BYTES, language.MOST_BYTES)[0]]
        found = listed_types(measure(docs.text), state["tables"], row)
        return {"language_stop_words": np.where(row >= 0, found, np.nan)}
