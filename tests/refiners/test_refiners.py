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
from selection.core.targets import Target
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
    if "targets" in REFINERS[name].model_fields:
        chosen = {"targets": ("0a",), **chosen}
    refiner = REFINERS[name](**chosen)
    return refiner.refine(pa.array(texts, pa.large_string()), refiner.prepare(Sets()))


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


ITEM = "Which of these twelve quite ordinary words would ever be found in this order?"


def cut(texts: list[str], **chosen):
    refiner = REFINERS["cut_passages"](targets=("0a",), **chosen)
    return refiner.refine(pa.array(texts, pa.large_string()), refiner.prepare(Sets()))


class Sets:
    """What `prepare` is handed: one benchmark of one item."""

    def targets(self, keys):
        return (Target("0a", "bench", pa.array([ITEM], pa.large_string())),)


def test_a_passage_goes_with_its_margin_and_short_pieces_go_too():
    before, after = "é" * 400 + " ", " " + "b" * 150
    found = cut([before + ITEM.upper() + after, "clean"], margin=10, min_piece=200)
    assert found.text.to_pylist() == [before[:-10], "clean"]
    rules_ = [REFINERS["cut_passages"].rules[rule] for rule in found.removed.rule]
    assert rules_ == ["benchmark passage", "short piece"]
    assert found.removed.row.tolist() == [0, 0]
    assert found.removed.text.to_pylist() == [
        before[-10:] + ITEM[:-1].upper() + "?" + after[:9],
        after[9:],
    ]


def test_passages_with_meeting_margins_are_one_and_documents_in_many_pieces_go_whole():
    near = f"{'a' * 300} {ITEM} and {ITEM} {'b' * 300}"
    found = cut([near], margin=20, min_piece=0)
    assert (
        len(found.removed) == 1 and found.text[0].as_py() == near[:281] + near[-282:]
    )  # the mark after the last word is of the margin
    pages = f" {'x' * 50} ".join([ITEM] * 12)
    found = cut([pages], margin=0, min_piece=0, max_pieces=10)
    assert found.text.to_pylist() == [""] and found.removed.text.to_pylist() == [pages]
    assert REFINERS["cut_passages"].rules[found.removed.rule[0]] == "too many pieces"


@given(st.lists(st.sampled_from([ITEM, ITEM.lower(), "a word ", "é. ", "\n"]), max_size=30))
@settings(max_examples=60, deadline=None)
def test_what_is_cut_and_what_stays_are_the_document(pieces):
    text = "".join(pieces)
    found = cut([text], margin=3, min_piece=5, max_pieces=100)
    n_items = sum(piece in (ITEM, ITEM.lower()) for piece in pieces)
    assert (len(found.removed) > 0) == (n_items > 0)
    left, place = "", 0
    for start, stop, gone in zip(found.removed.start, found.removed.stop, found.removed.text, strict=True):  # fmt: skip
        assert place <= start < stop and gone.as_py() == text[start:stop]
        left, place = left + text[place:start], stop
    assert found.text[0].as_py() == left + text[place:]


def test_without_a_benchmark_it_says_how_to_give_one():
    with pytest.raises(BadSetting, match="at least one target set.*--target FILE"):
        REFINERS["cut_passages"]().prepare(Sets())
