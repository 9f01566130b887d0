"""Decisions of the published filters beside datatrove 0.10.1 on the same documents.

With Winnow's tokens and sentences handed to datatrove, every decision and its reason are the same. With datatrove's own
(spaCy's blank English, which needs no download) a few decisions differ; each is named below with what is read differently.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from selection.core.documents import Documents
from selection.core.registry import catalogue
from selection.core.signal import Signal
from selection.workflow.weigh import named
from tests.text import slow_reference as slow
from tests.text import slow_rules as rules

pytest.importorskip("datatrove", reason="a reference package of tests/requirements.txt")
pytest.importorskip("spacy", reason="a reference package of tests/requirements.txt")
pytestmark = pytest.mark.slow

SIGNALS = catalogue("selection.signals.heuristics", Signal)
FILTERS = {
    "gopher_quality": {},
    "gopher_repetition": {},
    "c4": {},
    "c4_open": {"terminal_punctuation": False},
    "fineweb": {},
}
REASONS = {
    "gopher_short_doc": "gopher_words >= 50",
    "gopher_long_doc": "gopher_words <= 100000",
    "gopher_below_avg_threshold": "gopher_word_length >= 3",
    "gopher_above_avg_threshold": "gopher_word_length <= 10",
    "gopher_too_many_hashes": "gopher_hash_ratio <= 0.1",
    "gopher_too_many_ellipsis": "gopher_ellipsis_ratio <= 0.1",
    "gopher_too_many_bullets": "gopher_bullet_share <= 0.9",
    "gopher_too_many_end_ellipsis": "gopher_ellipsis_share <= 0.3",
    "gopher_below_alpha_threshold": "gopher_letter_share >= 0.8",
    "gopher_enough_stop_words": "gopher_stop_words >= 2",
    "dup_para_frac": "dup_paragraph_share <= 0.3",
    "dup_para_char_frac": "dup_paragraph_char_share <= 0.2",
    "dup_line_frac": "dup_line_share <= 0.3",
    "dup_line_char_frac": "dup_line_char_share <= 0.2",
    "top_2_gram": "top_2gram_share <= 0.2",
    "top_3_gram": "top_3gram_share <= 0.18",
    "top_4_gram": "top_4gram_share <= 0.16",
    **{f"duplicated_{n}_n_grams": f"repeated_{n}gram_share <= {(20 - n) / 100:.12g}" for n in range(5, 11)},
    "line_punct_ratio": "fineweb_stop_line_share >= 0.12",
    "short_line_ratio": "fineweb_short_line_share <= 0.67",
    "char_dup_ratio": "fineweb_dup_char_share <= 0.01",
    "list_ratio": "fineweb_newline_ratio <= 0.3",
}  # fmt: skip
CONDEMNED = {
    "lorem_ipsum": "lorem_lines <= 0",
    "curly_bracket": "curly_lines <= 0",
    "too_few_sentences": "sentences >= 5",
}
CHINESE = (
    "Chinese: a character is a token, and spaCy's English takes what stands between spaces for one"
)
DOCTOR = "Dr., Corp., Mr. and Ltd. before a capital end no sentence for spaCy, which has a list of abbreviations"
DIGIT = "spaCy ends a sentence after a single digit or letter and a full stop, where ours sees a numeral or initial"
DIFFERENT = {
    "gopher_quality": {
        "Mr. and Corp. are one token for spaCy, which has a list of abbreviations": [
            "c4p/000758",
            "books/1854_dickens_hard-times/0222",
            "books/1854_dickens_hard-times/0242",
        ],
        "): is one token for spaCy, an emoticon": ["peps/pep-0340/005"],
    },
    "gopher_repetition": {
        "): is one token for spaCy, an emoticon": [
            "peps/pep-0379/001",
            "python/financial/equated_monthly_installments",
            "tldr/es/common/clamscan",
        ],
        "'' is one token for spaCy, a quotation mark": ["peps/pep-0512/002", "peps/pep-0512/004"],
        CHINESE: [
            *(f"xquad/zh/{n}" for n in ("0030", "0048", "0055", "0057", "0068", "0082", "0092", "0103", "0104")),
            *(f"xquad/zh/{n}" for n in ("0118", "0133", "0145", "0179", "0201", "0211", "0228", "0236")),
            *(f"tldr/zh/common/{page}" for page in ("cargo-metadata", "git-authors", "jstack", "jupytext")),
            *("tldr/zh/common/pwgen", "tldr/zh/common/yadm-init", "tldr/zh/android/pkg", "tldr/zh/linux/a2dissite"),
            *("tldr/zh/linux/blkid", "tldr/zh/linux/mbw", "tldr/zh/windows/get-filehash"),
        ],
    },
    "c4": {
        DIGIT: ["gsm8k/003796", "gsm8k/005784", "gsm8k/006329"],
        DOCTOR: ["c4/000612", "c4p/000758"],
        "ours ends no sentence before lower case": ["fineweb-edu/000129", "scitldr/001025"],
        "ours ends a sentence at … or ... before white space": ["c4/000109", "c4p/000889"],
        "ours ends a sentence at a mark that white space follows, not a comma": [
            "dolly/000656",
            "books/1722_defoe_journal-of-the-plague-year/0003",
        ],
        "spaCy knows no full stop behind an Arabic letter and mark": ["xquad/ar/0024"],
    },
    "c4_open": {
        DIGIT: ["gsm8k/003796", "gsm8k/005784", "gsm8k/006329", "pile/000833"],
        DOCTOR: ["c4/000612", "c4p/001240", "gsm8k/001026"],
        "ours ends no sentence before lower case": ["fineweb-edu/000129"],
        "ours ends a sentence at … or ... before white space": ["c4/000109"],
        "ours ends a sentence at a mark that white space follows, not inside code or before a comma": [
            "dolly/000656",
            "pile/000794",
            "books/1722_defoe_journal-of-the-plague-year/0003",
            "books/1722_defoe_journal-of-the-plague-year/0121",
        ],
        "spaCy knows no full stop behind an Arabic letter and mark": ["xquad/ar/0024"],
        "Chinese: 。 ends a sentence of ours anywhere, one of spaCy's English only before white space": [
            *(f"xquad/zh/{n}" for n in ("0013", "0030", "0052", "0057", "0075", "0092", "0103", "0110")),
            *(f"xquad/zh/{n}" for n in ("0116", "0133", "0140", "0201", "0211", "0236")),
        ],
    },
    "fineweb": {CHINESE: ["tldr/zh/common/umask", "udhr/cmn_hant"]},
}  # fmt: skip


@cache
def our_reasons(texts: tuple[str, ...]) -> dict[str, list[str]]:
    """filter -> the rule that dropped each document, "" for those it keeps."""
    n = len(texts)
    docs = Documents(
        np.arange(n),
        np.arange(n).astype(np.uint64),
        np.ones(n, np.int64),
        text=pa.array(texts, pa.large_string()),
    )
    columns: dict[str, np.ndarray] = {}
    for name in ("gopher", "repetition", "c4", "fineweb"):
        columns.update(SIGNALS[name]().score(docs, {}))
    rated = Documents(docs.doc_id, docs.uid_hash, docs.n_tokens, signals=columns)
    methods = {each: named(each.removesuffix("_open"), s) for each, s in FILTERS.items()}
    return {
        each: method.weigh(rated, {}).because["rule"].tolist() for each, method in methods.items()
    }


def their_reasons(texts: tuple[str, ...], language, monkeypatch) -> dict[str, list[str]]:
    """The same from datatrove, its reasons in our words."""
    from datatrove.data import Document
    from datatrove.pipeline import filters
    from datatrove.utils import text as reading

    made = {
        "gopher_quality": filters.GopherQualityFilter(language=language),
        "gopher_repetition": filters.GopherRepetitionFilter(language=language),
        "c4": filters.C4QualityFilter(language=language),
        "c4_open": filters.C4QualityFilter(language=language, filter_no_terminal_punct=False),
        "fineweb": filters.FineWebQualityFilter(language=language),
    }
    remembered = lru_cache(4096)(reading.split_into_parts.__wrapped__)  # both of C4 read each line
    monkeypatch.setattr(reading, "split_into_parts", remembered)
    found: dict[str, list[str]] = {name: [] for name in made}
    for number, text in enumerate(texts):
        for name, each in made.items():
            kept = each.filter(Document(text=text, id=str(number)))
            found[name].append("" if kept is True else _in_our_words(name, kept[1]))
    return found


def _in_our_words(name: str, reason: str) -> str:
    return REASONS[reason] if reason in REASONS else f"{name}_{CONDEMNED[reason]}"


@pytest.fixture(scope="module")
def corpus(mix_small) -> tuple[tuple[str, ...], tuple[str, ...]]:
    table = pq.read_table(mix_small, columns=["id", "text"])
    return tuple(table["id"].to_pylist()), tuple(table["text"].to_pylist())


def test_with_our_tokens_every_decision_and_reason_is_datatroves(corpus, monkeypatch):
    from datatrove.utils.word_tokenizers import WordTokenizer

    class Ours(WordTokenizer):
        def word_tokenize(self, text):
            return rules.tokens(text)

        def sent_tokenize(self, text):
            raise NotImplementedError

        def span_tokenize(self, text):
            return [(i, i + 1) for i in range(slow.sentences(text)["n_sentences"])]

    ids, texts = corpus
    ours, theirs = our_reasons(texts), their_reasons(texts, Ours("winnow"), monkeypatch)
    for name in FILTERS:
        differ = [
            (ids[i], ours[name][i], theirs[name][i])
            for i in range(len(ids))
            if ours[name][i] != theirs[name][i]
        ]
        assert differ == [], name


def test_with_spacys_tokens_the_documents_that_differ_are_these(corpus, monkeypatch):
    ids, texts = corpus
    ours, theirs = our_reasons(texts), their_reasons(texts, "eng", monkeypatch)
    for name in FILTERS:
        differ = {
            ids[i] for i in range(len(ids)) if (ours[name][i] == "") != (theirs[name][i] == "")
        }
        known = [each for listed in DIFFERENT[name].values() for each in listed]
        assert differ == set(known) and len(known) == len(differ), name


def test_what_the_refiner_leaves_is_the_text_that_datatroves_c4_leaves(corpus):
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter

    from selection.workflow.refine import named as refiner

    ids, texts = corpus
    lines_only = C4QualityFilter(
        min_num_sentences=-1, filter_lorem_ipsum=False, filter_curly_bracket=False
    )
    left = refiner("c4_lines").refine(pa.array(texts, pa.large_string())).text.to_pylist()
    for number, text in enumerate(texts):
        theirs = Document(text=text, id=ids[number])
        assert lines_only.filter(theirs) is True
        pairs = ((theirs.text, "\n"), (left[number], None))
        kept, ours = (
            [line.strip() for line in (t.split(at) if at else t.splitlines()) if line.strip()]
            for t, at in pairs
        )
        assert ours == kept, ids[number]
