"""Target sets: one by content, whole or absent, read as any file can be read."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import selection
from selection.store import targets
from tests.conftest import DATASETS, write_jsonl

ITEMS = [{"question": "What runs?", "answer": "A river."}, {"question": "What stands?", "answer": "A stone."}]  # fmt: skip


def test_equal_texts_are_one_target_whatever_file_they_came_in(space, tmp_path):
    first = selection.add_target(space, write_jsonl(tmp_path / "quiz.jsonl", ITEMS))
    pq.write_table(pa.Table.from_pylist(ITEMS), tmp_path / "other.parquet")
    assert selection.add_target(space, tmp_path / "other.parquet") == first
    (facts,) = selection.list_targets(space)
    assert (facts["key"], facts["name"], facts["n_items"]) == (first, "quiz", 2)
    assert targets.read(space, first).text.to_pylist() == [
        "What runs?\nA river.",
        "What stands?\nA stone.",
    ]


def test_a_named_column_or_template_overrides_the_rule_and_is_another_target(space, tmp_path):
    file = write_jsonl(tmp_path / "quiz.jsonl", ITEMS)
    whole, asked = (
        selection.add_target(space, file),
        selection.add_target(space, file, "question"),
    )
    turned = selection.add_target(space, file, "{answer} {question}")
    assert len({whole, asked, turned}) == 3
    assert targets.read(space, asked).text.to_pylist() == ["What runs?", "What stands?"]
    assert targets.read(space, turned).text[0].as_py() == "A river. What runs?"
    rest = json.loads(selection.read_target(space, asked)["fields"][0].as_py())
    assert rest == {"answer": "A river."}


def test_a_target_is_found_by_key_beginning_of_key_or_name(space, tmp_path):
    key = selection.add_target(space, write_jsonl(tmp_path / "quiz.jsonl", ITEMS))
    assert targets.find(space, key) == targets.find(space, key[:6]) == key
    assert targets.find(space, "quiz") == key
    with pytest.raises(
        selection.WinnowError, match="there is no target 'quizz'.*did you mean quiz"
    ):
        targets.find(space, "quizz")


def test_a_file_without_texts_is_one_sentence(space, tmp_path):
    file = write_jsonl(tmp_path / "none.jsonl", [{"question": "", "answer": ""}])
    with pytest.raises(selection.WinnowError, match="at least one text"):
        selection.add_target(space, file)
    assert selection.list_targets(space) == []


def test_the_key_tells_items_apart_and_keeps_their_order():
    keys = [
        targets.key_of(pa.array(texts, pa.large_string()))
        for texts in (["ab", "c"], ["a", "bc"], ["c", "ab"], ["abc"])
    ]
    assert len(set(keys)) == 4


KNOWN = {
    "arc_easy": "Question: Which statement best explains why photosynthesis is the foundation",
    "gsm8k_test": "Janet’s ducks lay 16 eggs per day.",
    "humaneval": "from typing import List",
    "openbookqa": "A person wants to start saving money",
    "piqa": "Question: How do I ready a guinea pig cage",
    "winogrande": "Sarah was a much better surgeon than Maria so Maria always got the easier cases.",
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_text_of_known_benchmarks_is_question_and_right_answer(name, space, mix_small):
    file = DATASETS / "targets" / f"{name}.jsonl"
    target = targets.read(space, selection.add_target(space, file))
    lines = file.read_text().splitlines()
    assert len(target) == len(lines)
    first, record = target.text[0].as_py(), json.loads(lines[0])
    assert first.startswith(KNOWN[name])
    assert "user:" not in first and "assistant:" not in first
    if "choices" in record:
        assert first.endswith(record["choices"][record["gold"]])
    if name == "gsm8k_test":
        assert first.endswith(record["chain_of_thought"] + "\n" + record["answer"])
    if name == "humaneval":
        assert first == record["prompt"] + record["canonical_solution"]
