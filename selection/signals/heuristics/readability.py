"""Readability formulas for English, from words, sentences, letters and estimated syllables.

    flesch_reading_ease   206.835 - 1.015 words/sentences - 84.6 syllables/words   (Flesch 1948)
    flesch_kincaid_grade  0.39 words/sentences + 11.8 syllables/words - 15.59      (Kincaid et al. 1975)
    gunning_fog           0.4 (words/sentences + 100 complex/words)                (Gunning 1952)
    smog                  1.043 sqrt(30 complex/sentences) + 3.1291                (McLaughlin 1969)
    coleman_liau          5.88 letters/words - 29.6 sentences/words - 15.8         (Coleman and Liau 1975)
    automated_readability 4.71 characters/words + 0.5 words/sentences - 21.43      (Senter and Smith 1967)
    dale_chall            0.1579 * 100 hard/words + 0.0496 words/sentences, + 3.6365 where hard/words > 0.05
                                                                                   (Dale and Chall 1948)
    lix                   words/sentences + 100 long/words                         (Björnsson 1968)

`hard` words hold a letter and are no form of one of the easy words of `text.easy_words`, an own list in place of the
original, which may not be shipped; names count as any word, though the paper takes them for easy. `complex` words have
three or more syllables, with no exception made for names or endings; `long` ones more than 6 characters; syllables are
estimated (`text.syllables`, with the error measured). Documents without words get 0. Other languages and code get a number
too, which means little: the constants were fitted to English prose, and grades over 20 or below 0 are no grades.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share


def _column(name: str, title: str, formula: str, unit: str, source: str) -> Column:
    return Column(name, title, f"{formula}; 0 without words", unit, 0, source)


class Readability(Signal):
    title: ClassVar[str] = "Readability"
    columns: ClassVar[tuple[Column, ...]] = (
        _column(
            "flesch_reading_ease",
            "Flesch reading ease",
            "206.835 - 1.015 n_words/n_sentences - 84.6 syllables/n_words; higher is easier",
            "points",
            "Flesch 1948",
        ),
        _column(
            "flesch_kincaid_grade",
            "Flesch-Kincaid grade",
            "0.39 n_words/n_sentences + 11.8 syllables/n_words - 15.59",
            "school grade",
            "Kincaid et al. 1975",
        ),
        _column(
            "gunning_fog",
            "Gunning fog",
            "0.4 (n_words/n_sentences + 100 words of three or more syllables/n_words)",
            "school grade",
            "Gunning 1952",
        ),
        _column(
            "smog",
            "SMOG",
            "1.043 sqrt(30 words of three or more syllables/n_sentences) + 3.1291",
            "school grade",
            "McLaughlin 1969",
        ),
        _column(
            "coleman_liau",
            "Coleman-Liau",
            "5.88 letters/n_words - 29.6 n_sentences/n_words - 15.8",
            "school grade",
            "Coleman and Liau 1975",
        ),
        _column(
            "automated_readability",
            "Automated readability",
            "4.71 characters of words/n_words + 0.5 n_words/n_sentences - 21.43",
            "school grade",
            "Senter and Smith 1967",
        ),
        _column(
            "dale_chall",
            "Dale-Chall",
            "15.79 hard words/n_words + 0.0496 n_words/n_sentences, + 3.6365 where hard words/n_words > 0.05; hard are words "
            "with a letter that are no form of one of 1,373 easy words",
            "points",
            "Dale and Chall 1948, with an own list of easy words",
        ),
        _column(
            "lix",
            "LIX",
            "n_words/n_sentences + 100 words of more than 6 characters/n_words",
            "points",
            "Björnsson 1968",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        words = measures.words
        n_words, n_sentences = words["n_words"], measures.sentences["n_sentences"]
        length = share(n_words, n_sentences)
        syllables = share(words["n_syllables"], n_words)
        complex_share = share(words["n_complex_words"], n_words)
        letters = share(measures.characters["n_letters"], n_words)
        hard = share(words["n_letter_words"] - words["n_easy_words"], n_words)
        grades = {
            "flesch_reading_ease": 206.835 - 1.015 * length - 84.6 * syllables,
            "flesch_kincaid_grade": 0.39 * length + 11.8 * syllables - 15.59,
            "gunning_fog": 0.4 * (length + 100 * complex_share),
            "smog": 1.043 * np.sqrt(30 * share(words["n_complex_words"], n_sentences)) + 3.1291,
            "coleman_liau": 5.88 * letters - 29.6 * share(n_sentences, n_words) - 15.8,
            "automated_readability": 4.71 * share(words["word_chars"], n_words)
            + 0.5 * length
            - 21.43,
            "dale_chall": 15.79 * hard + 0.0496 * length + 3.6365 * (hard > 0.05),
            "lix": length + 100 * share(words["n_long_words"], n_words),
        }
        return {name: np.where(n_words > 0, grade, 0.0) for name, grade in grades.items()}
