"""Heuristic columns on texts short enough to count by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from selection.core.documents import Documents
from selection.core.registry import catalogue
from selection.core.signal import Signal

SIGNALS = catalogue("selection.signals.heuristics", Signal)


def value(column: str, *texts: str) -> np.ndarray | float:
    """The column of these texts; a number for one text."""
    leaf = next(s for s in SIGNALS.values() if any(c.name == column for c in s.columns))
    n = len(texts)
    docs = Documents(
        np.arange(n),
        np.arange(n).astype(np.uint64),
        np.full(n, 12),
        text=pa.array(texts, pa.large_string()),
    )
    values = leaf().score(docs, {})[column]
    return values if n > 1 else float(values[0])


def test_length_counts_words_not_spaces() -> None:
    assert value("n_words", "  two   words ") == 2
    assert value("n_bytes", "é") == 2 and value("n_chars", "é") == 1
    assert value("tokens_per_word", "two words four words") == 3  # 12 tokens


def test_mean_word_length_of_two_words() -> None:
    assert value("mean_word_length", "a bcd") == 2


def test_flesch_by_hand() -> None:
    # "The cat sat on the mat." 6 words, 1 sentence, 6 syllables
    assert value("flesch_reading_ease", "The cat sat on the mat.") == pytest.approx(
        206.835 - 6.09 - 84.6
    )
    assert value("flesch_kincaid_grade", "The cat sat on the mat.") == pytest.approx(
        2.34 + 11.8 - 15.59
    )
    assert value("automated_readability", "The cat sat on the mat.") == pytest.approx(
        4.71 * 17 / 6 + 3 - 21.43
    )


def test_fog_counts_words_of_three_syllables() -> None:
    assert value("gunning_fog", "Bananas are big.") == pytest.approx(0.4 * (3 + 100 / 3))


def test_lines_by_how_they_end() -> None:
    text = 'He said "yes."\nMenu\n- item one two\nand so on...\nif (x) {\n'
    assert value("terminal_line_share", text) == pytest.approx(
        2 / 5
    )  # an ellipsis ends in a full stop
    assert value("ellipsis_line_share", text) == pytest.approx(1 / 5)
    assert value("bullet_line_share", text) == pytest.approx(1 / 5)
    assert value("code_line_share", text) == pytest.approx(1 / 5)
    assert value("short_line_share", text) == 1


def test_characters_by_class() -> None:
    text = "aB3 $x."  # 3 letters, 1 digit, 1 space, 1 symbol, 1 punctuation mark
    assert value("letter_share", text) == pytest.approx(3 / 7)
    assert value("digit_share", text) == pytest.approx(1 / 7)
    assert value("symbol_share", text) == pytest.approx(1 / 7)
    assert value("punctuation_share", text) == pytest.approx(1 / 7)
    assert value("uppercase_share", text) == pytest.approx(1 / 3)


def test_the_most_frequent_pair_is_counted_with_its_space() -> None:
    assert value("top_2gram_share", "a b x a b y") == pytest.approx(2 * 3 / 11)
    assert value("top_2gram_share", "a b c d e f") == pytest.approx(3 / 11)  # none comes twice


def test_stop_words_of_english_and_of_german() -> None:
    english, german, menu = value(
        "stop_word_share", "the dog is in the house", "der Hund ist in dem Haus", "Home Cart Login"
    )
    assert english == pytest.approx(4 / 6) and german == pytest.approx(4 / 6) and menu == 0
    assert value("gopher_stop_words", "The king of the hill and that") == 4
    assert value("gopher_stop_words", "The King Of Kings") == 0  # datatrove compares as written


def test_manner_of_talk() -> None:
    text = "However we prove it because students click cookies"  # 8 words
    assert value("connective_share", text) == pytest.approx(2 / 8)  # however, because
    assert value("reasoning_word_share", text) == pytest.approx(2 / 8)  # prove, because
    assert value("teaching_word_share", text) == pytest.approx(1 / 8)
    assert value("boilerplate_word_share", text) == pytest.approx(2 / 8)
    assert value("personal_word_share", text) == pytest.approx(1 / 8)


def test_compression_orders_boilerplate_prose_and_noise() -> None:
    rng = np.random.default_rng(0)
    noise = "".join(map(chr, rng.integers(0x21, 0x7F, 3000)))
    prose = " ".join(
        rng.choice(["the", "river", "runs", "below", "hills", "and", "old", "stones"], 500)
    )
    ratios = value("compression_ratio", "Click here. " * 250, prose, noise)
    assert list(ratios) == sorted(ratios)
    assert value("compression_ratio", "") == 1


def test_rarity_counts_words_the_corpus_seldom_uses() -> None:
    texts = ["the cat the dog the end"] * 70 + ["the zyzzyva"]
    docs = Documents(
        np.arange(71), np.arange(71).astype(np.uint64), np.full(71, 5), text=pa.array(texts)
    )

    class Corpus:
        def sample(self, n_docs, needs):
            return docs

        def stream(self, needs):
            yield docs

    signal = SIGNALS["rarity"]()
    columns = signal.score(docs, signal.prepare(Corpus()))
    total = 70 * 6 + 2 + (1 << 18)
    the, once = -np.log2(212 / total), -np.log2(2 / total)
    assert columns["word_rarity"][-1] == pytest.approx((the + once) / 2)
    assert columns["rare_word_share"][[0, -1]].tolist() == [0, 0.5]


def test_the_words_that_a_language_uses_most_are_its_stop_words() -> None:
    german = "Der Hund und die Katze sind in dem Garten und schlafen unter den Bäumen der Nachbarn 7 7 7 7. "
    french = "Le chien et le chat sont dans le jardin et dorment sous les arbres de la maison de la ville. "
    texts = [german * 4, french * 4, "Hund Garten Nachbarn Katze schlafen Bäumen", "0 1 2 3 4 5"]
    docs = Documents(
        np.arange(4),
        np.arange(4).astype(np.uint64),
        np.full(4, 5),
        text=pa.array(texts, pa.large_string()),
    )

    class Corpus:
        def sample(self, n_docs, needs):
            return docs

    signal = SIGNALS["language_stop_words"](n_words=2, min_words=40)
    state = signal.prepare(Corpus())
    learnt = {
        row["language"]: set(row["stop words"].split()) for row in signal.facts(state)["learnt"]
    }
    assert learnt["de"] == {"der", "und"}  # 7 is more frequent, and no word
    assert "le" in learnt["fr"] and len(learnt) == 2
    values = signal.score(docs, state)["language_stop_words"]
    assert values[:3].tolist() == [2, 2, 0] and np.isnan(values[3])
    few = SIGNALS["language_stop_words"]()  # a small corpus has too few words for any list
    assert np.isnan(few.score(docs, few.prepare(Corpus()))["language_stop_words"]).all()
