"""Every statistic against its slow twin, on made-up Unicode text and on real documents; and facts counted by hand."""

from __future__ import annotations

import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.text.lexicon import LEARNED_ENDINGS, LISTS
from selection.text.measure import measure
from selection.text.token_kinds import SIGN, stops, token_kinds
from selection.text.unicode_classes import lower_table
from tests.text import slow_reference as slow
from tests.text import slow_rules as rules
from tests.text.made_up import made_up
from tests.text.slow_personal import personal
from tests.text.slow_redpajama import redpajama

DATA = pathlib.Path(__file__).parents[3] / "shared/datasets/mix_small.parquet"
SETS = {name: set(words) for name, words in LISTS.items()}
ENDINGS = set(LEARNED_ENDINGS)
SIGNS = {chr(code) for code in np.flatnonzero(token_kinds() & SIGN)}
STOPS = set(map(chr, stops()))


def expected(text: str) -> dict[str, dict[str, float]]:
    tokens = slow.words(text)
    return {
        "characters": slow.characters(text),
        "links": slow.links(text),
        "words": slow.word_counts(text, SETS, ENDINGS),
        "sentences": slow.sentences(text),
        "lines": slow.lines(text),
        "vocabulary": slow.vocabulary(tokens),
        "tokens": rules.token_counts(text, SIGNS),
        "repetition": rules.repetition(rules.tokens(text)),
        "raw_lines": rules.raw_lines(text, STOPS),
        "page_lines": rules.page_lines(text),
        "personal": personal(text),
        "redpajama": redpajama(text),
    }


def check(texts: list[str]) -> None:
    array = pa.array(texts, pa.large_string())
    measures = measure(array)
    for d, text in enumerate(texts):
        for family, values in expected(text).items():
            row = getattr(measures, family)[d]
            assert set(values) == set(row.dtype.names), family
            for name, value in values.items():
                assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-9), (family, name, text)


@given(st.lists(made_up, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_made_up_text_agrees_with_the_slow_reference(texts: list[str]) -> None:
    check(texts)


@pytest.mark.skipif(not DATA.exists(), reason="the development data sets are not here")
def test_real_documents_agree_with_the_slow_reference() -> None:
    texts = pq.read_table(DATA, columns=["text"])["text"].to_pylist()
    check([text for text in texts[::6] if len(text) < 6000])


def one(text: str, family: str) -> np.void:
    return getattr(measure(pa.array([text])), family)[0]


def test_a_field_that_was_met_before_counts_as_it_did_the_first_time() -> None:
    text = 'The house, "don\'t" (well-known) 3.5 US. end.\nHouse! the house,'
    check([text, text, "house,\x1fx house,\u00a0x house,\x00 house,", text])


def test_a_document_too_long_for_the_page_that_is_kept() -> None:
    text = "one two, three.\n" * 9000
    assert one(text, "words")["n_words"] == 27_000
    assert one(text, "words")["word_chars"] == 99_000  # more than 16 bits hold
    assert one(text, "page_lines")["kept_sentences"] == one(text, "lines")["n_lines"] == 9000


def test_an_apostrophe_joins_and_a_hyphen_divides() -> None:
    assert one("Don't well-known l’eau rock 'n' roll", "words")["n_words"] == 7


def test_chinese_and_thai_count_by_the_letter_with_its_marks() -> None:
    assert one("世界", "words")["n_words"] == 2
    assert one("กี่", "words")["n_words"] == 1  # one consonant with two marks
    assert one("한국어 글", "words")["n_words"] == 2  # Korean has spaces


def test_an_emoji_is_no_word() -> None:
    assert one("👩‍👩‍👧 🇩🇪 ok", "words")["n_words"] == 1


def test_initials_and_abbreviations_end_no_sentence() -> None:
    assert one("Mr. J. R. Smith, e.g. he, went. Then he slept!", "sentences")["n_sentences"] == 3
    # "Mr." before a capital does divide: only a dictionary could know
    assert one("It costs 3.50 today. No? Yes!", "sentences")["n_sentences"] == 3
    assert one("你好。世界！", "sentences")["n_sentences"] == 2


def test_of_three_equal_lines_two_are_duplicates() -> None:
    lines = one("same line\nother\nsame line\n same line\nsame line\n", "raw_lines")
    assert (lines["n_lines"], lines["n_duplicate_lines"]) == (6, 2)  # the last line is empty
    assert lines["duplicate_line_chars"] == lines["duplicate_filled_chars"] == 18


def test_entropy_of_four_equally_frequent_words_is_two_bits() -> None:
    assert one("a b c d a b c d", "vocabulary")["entropy"] == pytest.approx(2)


def test_yules_k_of_a_word_said_twice() -> None:
    assert one("ha ha", "vocabulary")["yules_k"] == pytest.approx(1e4 * (4 - 2) / 4)


def test_mtld_of_one_word_said_again_is_two() -> None:
    assert one("ha " * 40, "vocabulary")["mtld"] == pytest.approx(2)  # a factor every second word


def test_the_second_copy_of_a_sentence_is_repeated_and_the_first_is_not() -> None:
    half = one("one two three four five " * 2, "repetition")
    assert (
        half["repeated_5"] == 19 and half["top_2"] == 2 * 7
    )  # "one two", the first that comes twice


def test_syllables_of_common_words() -> None:
    known = {
        "cat": 1,
        "table": 2,
        "make": 1,
        "wanted": 2,
        "jumped": 1,
        "places": 2,
        "makes": 1,
        "banana": 3,
        "idea": 2,
    }
    for (
        word,
        count,
    ) in known.items():  # "idea" has three: vowels that meet are the price of the estimate
        assert one(word, "words")["n_syllables"] == count, word


def test_links_need_a_mark_and_something_after_it() -> None:
    links = one("See http://a.org/x, (www.b.org) or ask me@c.org; not www. nor xhttp://", "links")
    assert (links["n_urls"], links["n_emails"]) == (2, 1)
    assert links["url_chars"] == len("http://a.org/x,") + len("www.b.org")


def test_the_lower_case_table_is_that_of_python() -> None:
    table = lower_table()
    for code in range(0x20000):
        low = chr(code).lower()
        wanted = ord(low) if len(low) == 1 else code
        assert table[code] == (0x27 if code == 0x2019 else wanted), hex(code)
