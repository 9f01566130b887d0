"""Refiners: nothing is lost, nothing is made up, and the lines that go are those that the rules name."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.core.errors import BadSetting
from selection.core.refiner import Refiner
from selection.core.registry import catalogue
from selection.text.token_kinds import stops
from tests.text import slow_rules as rules
from tests.text.test_measures import made_up

REFINERS = catalogue("selection.refiners", Refiner)
STOPS = set(map(chr, stops()))
lines = st.lists(
    st.one_of(
        made_up,
        st.sampled_from(
            [
                "This is a line that ends.",
                "Menu",
                "Two words.",
                "We use cookies on this page.",
                "Please enable JavaScript now!",
                "As shown before [12] and [3] it is so.",
                "So they say [edit].",
                "你好 我们 都 在.",
                "",
            ]
        ),
    ),
    max_size=8,
).map("\n".join)


def refined(name: str, texts: list[str], **chosen):
    return REFINERS[name](**chosen).refine(pa.array(texts, pa.large_string()))


@pytest.mark.parametrize("name", REFINERS)
@given(st.lists(lines, max_size=3))
@settings(max_examples=60, deadline=None)
def test_the_spans_put_back_give_the_document(name, texts):
    found = refined(name, texts)
    for row, text in enumerate(texts):
        left, place = "", 0
        for k in [k for k in range(len(found.removed)) if found.removed.row[k] == row]:
            start, stop = int(found.removed.start[k]), int(found.removed.stop[k])
            assert place <= start < stop and found.removed.text[k].as_py() == text[start:stop]
            assert 0 <= found.removed.rule[k] < len(REFINERS[name].rules)
            left, place = left + text[place:start], stop
        assert found.text[row].as_py() == left + text[place:]
    whole = found.text.to_pylist()
    assert whole == [refined(name, [text]).text[0].as_py() for text in texts]


@given(lines)
@settings(max_examples=100, deadline=None)
def test_c4_keeps_the_lines_that_the_slow_rules_keep(text):
    text = text.replace("{", "(").replace("lorem", "dolor")
    kept = [line.strip(rules._SPACE) for line in rules.BREAKS.split(text)]
    kept = [rules.CITATION.sub("", line) for line in kept if rules.c4_rule(line) == "kept"]
    left = refined("c4_lines", [text]).text[0].as_py()
    assert [line.strip(rules._SPACE) for line in rules.BREAKS.split(left)][: len(kept)] == [
        line.strip(rules._SPACE) for line in kept
    ]
    assert not "".join(rules.BREAKS.split(left)[len(kept) :])


@given(lines)
@settings(max_examples=100, deadline=None)
def test_fineweb_lines_are_those_said_before_and_those_short_without_a_stop(text):
    seen, kept = set(), []
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        bare = line.removesuffix("\n")
        blank = not bare.strip(rules._SPACE)
        again = bare in seen
        seen.add(bare)
        if blank or not (again or (len(bare) <= 30 and bare[-1] not in STOPS)):
            kept.append(line)
    assert refined("fineweb_lines", [text]).text[0].as_py() == "".join(kept)


def test_each_line_is_told_the_rule_that_took_it():
    text = "Menu\nAll is well [1].\n\nWe use cookies here now.\nYes.\nOf javascript we say no."
    found = refined("c4_lines", [text])
    told = [
        (found.removed.text[k].as_py(), REFINERS["c4_lines"].rules[rule])
        for k, rule in enumerate(found.removed.rule)
    ]
    assert told == [
        ("Menu\n", "no terminal punctuation"),
        ("[1]", "citation"),
        ("\n", "empty line"),
        ("We use cookies here now.\n", "policy"),
        ("Yes.\n", "too few words"),
        ("Of javascript we say no.", "javascript"),
    ]
    assert found.text[0].as_py() == "All is well .\n"


def test_rules_that_are_off_take_nothing():
    text = "Menu\n\nWe use cookies here now [1].\nYes.\njavascript"
    chosen = dict(terminal_punctuation=False, min_words=0, javascript=False, policy=False)
    found = refined("c4_lines", [text], **chosen, citations=False, empty_lines=False)
    assert found.text[0].as_py() == text and len(found.removed) == 0
    assert (
        refined("fineweb_lines", ["a\na\n"], repeated=False, short_chars=-1).text[0].as_py()
        == "a\na\n"
    )


def test_every_refiner_says_what_it_is():
    for kind in REFINERS.values():
        assert kind.title and kind.cites and kind.rules and kind.summary().endswith(".")
        assert all(field.description for field in kind.model_fields.values())
        assert kind.build(kind().model_dump(mode="json")) == kind()
    with pytest.raises(BadSetting, match="has no setting"):
        REFINERS["c4_lines"].build({"nonsense": 1})
