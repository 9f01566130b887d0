"""RedPajama's rules: the eleven of RedPajama v2 that Meta-rater mixes with model scores, by RedPajama's own definitions.

Weber et al. 2024, arXiv:2411.12372; Zhuang et al. 2025 (Meta-rater), arXiv:2504.14194.

They differ from the columns of like name in what a word, a sentence and a line is (`text.redpajama`), so that thresholds
and weights published for them hold. The three line rules are one number a line there; here the mean over the lines, which
is not stated in the paper. Documents without words or lines get 0, where RedPajama has null.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share


def _column(name: str, title: str, definition: str, unit: str) -> Column:
    return Column(name, f"{title} (RedPajama)", definition, unit, 0, "RedPajama v2, in Meta-rater")


_NORMALISED = "text without ASCII punctuation, in lower case, divided at white space"


class RedPajama(Signal):
    title: ClassVar[str] = "RedPajama's rules"
    columns: ClassVar[tuple[Column, ...]] = (
        _column(
            "rps_doc_word_count", "Words", f"normalised words, which are {_NORMALISED}", "words"
        ),
        _column(
            "rps_doc_mean_word_length",
            "Mean word length",
            "characters in NFD of the normalised words / their number",
            "characters",
        ),
        _column(
            "rps_doc_frac_unique_words",
            "Unique words",
            "different normalised words / normalised words",
            "share",
        ),
        _column(
            "rps_doc_unigram_entropy",
            "Unigram entropy",
            "-sum p ln p over the normalised words",
            "nats per word",
        ),
        _column(
            "rps_doc_frac_no_alph_words",
            "Words without a letter",
            "tokens (runs of \\w, or of neither \\w nor white space) without a letter A-Z or a-z / tokens",
            "share",
        ),
        _column(
            "rps_doc_num_sentences",
            "Sentences",
            "stretches between runs of . ! ? that hold a letter, number or _",
            "sentences",
        ),
        *(
            _column(
                f"rps_doc_frac_chars_top_{n}gram",
                f"Most frequent {n}-gram",
                f"characters of the most frequent {n}-gram of normalised words (the first of equals) x its occurrences / "
                "characters of all; 0 where none occurs twice; above 1 where occurrences overlap",
                "ratio",
            )
            for n in (2, 3)
        ),
        _column(
            "rps_lines_ending_with_terminal_punctution_mark",
            "Lines that end a sentence",
            "lines whose last character but white space is . ! ? or ” / lines (spelt as in RedPajama)",
            "share",
        ),
        _column(
            "rps_lines_uppercase_letter_fraction",
            "Upper case in lines",
            "mean over the lines of: upper-case letters / characters, the line feed included",
            "share",
        ),
        _column(
            "rps_lines_numerical_chars_fraction",
            "Numbers in lines",
            "mean over the lines of: numeric characters / characters, both after normalising the line; an empty line has 0",
            "share",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        rows = measure(docs.text).redpajama
        n_words, n_lines, chars = rows["n_words"], rows["n_lines"], rows["word_chars"]
        tokens = rows["n_tokens"]
        return {
            "rps_doc_word_count": n_words.astype(np.float64),
            "rps_doc_mean_word_length": share(chars, n_words),
            "rps_doc_frac_unique_words": share(rows["n_types"], n_words),
            "rps_doc_unigram_entropy": rows["entropy"].copy(),
            "rps_doc_frac_no_alph_words": share(tokens - rows["n_alphabetic_tokens"], tokens),
            "rps_doc_num_sentences": rows["n_sentences"].astype(np.float64),
            "rps_doc_frac_chars_top_2gram": share(rows["top_2"], chars),
            "rps_doc_frac_chars_top_3gram": share(rows["top_3"], chars),
            "rps_lines_ending_with_terminal_punctution_mark": share(
                rows["n_terminal_lines"], n_lines
            ),
            "rps_lines_uppercase_letter_fraction": share(rows["upper_share_sum"], n_lines),
            "rps_lines_numerical_chars_fraction": share(rows["numeric_share_sum"], n_lines),
        }
