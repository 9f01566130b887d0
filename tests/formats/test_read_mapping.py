"""Field mapping, guesses, templates, chat, chunks: small records whose rows can be checked by eye."""

import json
from pathlib import Path

import pytest

from selection.core.errors import BadInput, BadSetting, UnknownName
from selection.formats.readers import Fields, expand, gather, preview, read, settle
from selection.formats.readers.chunks import chunks, count_words
from selection.formats.readers.html_text import visible_text
from selection.formats.readers.template import Template, text_of


def rows_of(tmp_path, records, fields=None, name="data.json"):
    path = tmp_path / name
    path.write_text(json.dumps(records))
    (item,) = expand([path])
    (batch,) = read(item, fields or Fields())
    return batch


def test_nested_fields_leave_the_rest_as_metadata(tmp_path):
    record = {
        "data": {"body": "Some text.", "lang": "en"},
        "meta": {"set": "Books"},
        "when": "2020-01-02",
        "link": "https://a.example/x",
        "key": 7,
        "score": 0.5,
    }
    fields = Fields(text="data.body", source="meta.set", date="when", url="link", id="key")
    rows = rows_of(tmp_path, [record], fields)
    assert rows.text.to_pylist() == ["Some text."]
    assert (rows.id, rows.source, rows.date, rows.url) == (
        ["7"], ["Books"], ["2020-01-02"], ["https://a.example/x"],
    )  # fmt: skip
    assert rows.metadata == ['{"data":{"lang":"en"},"score":0.5}']


def test_without_a_source_the_file_names_it(tmp_path):
    rows = rows_of(tmp_path, [{"text": "a b"}, {"text": "c d", "source": None}], name="mine.json")
    assert rows.source == ["mine", "mine"]
    assert rows.id == [None, None]


def test_the_empty_name_maps_nothing(tmp_path):
    rows = rows_of(tmp_path, [{"text": "a b", "id": 1, "source": "s"}], Fields(id="", source=""))
    assert rows.id == [None]
    assert rows.source == ["data"]
    assert json.loads(rows.metadata[0]) == {"id": 1, "source": "s"}


def test_a_field_that_is_not_there_names_its_neighbours(tmp_path):
    with pytest.raises(UnknownName, match="did you mean body"):
        rows_of(tmp_path, [{"body": "x y", "n": 1}], Fields(text="bodi"))
    with pytest.raises(UnknownName, match="title"):
        rows_of(tmp_path, [{"body": "x y", "title": "t"}], Fields(template="{titel}: {body}"))


def test_no_text_column_names_what_there_is_and_the_remedy(tmp_path):
    with pytest.raises(BadInput) as error:
        rows_of(tmp_path, [{"height": 1.5, "width": 2}])
    for part in ("height", "width", "--text", "--template"):
        assert part in str(error.value)


def test_lists_of_sentences_join_with_spaces(tmp_path):
    rows = rows_of(tmp_path, [{"source": ["One.", "Two."], "paper_id": "p1"}])
    assert rows.text.to_pylist() == ["One. Two."]
    assert rows.source == ["data"]  # the column called source is the text here
    assert rows.id == ["p1"]


@pytest.mark.parametrize(
    "turns",
    [
        [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hi."}],
        [{"from": "human", "value": "Hello?"}, {"from": "gpt", "value": "Hi."}],
        [{"role": "user", "content": [{"type": "text", "text": "Hello?"}]}, {"role": "assistant", "content": "Hi."},
         {"role": "tool", "content": None}],
    ],
)  # fmt: skip
def test_chat_keeps_roles(tmp_path, turns):
    rows = rows_of(tmp_path, [{"messages": turns, "model": "m"}])
    assert rows.text.to_pylist() == ["user: Hello?\n\nassistant: Hi."]
    assert rows.metadata == ['{"model":"m"}']


def test_instructions_keep_roles_and_drop_an_empty_input(tmp_path):
    records = [
        {"instruction": "Add.", "input": "1 and 2", "output": "3", "kind": "sum"},
        {"instruction": "Greet.", "input": "", "output": "Hello!", "kind": "talk"},
    ]
    rows = rows_of(tmp_path, records)
    assert rows.text.to_pylist() == [
        "user: Add.\n1 and 2\n\nassistant: 3",
        "user: Greet.\n\nassistant: Hello!",
    ]
    assert rows.metadata == ['{"kind":"sum"}', '{"kind":"talk"}']


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("rows", "a: 1\nb.c: two\nd: x y"),
        ("{b.c}: {a}", "two: 1"),
        ("{{{a}}}\n{e}\nend {d}", "{1}\nend x y"),
    ],
)
def test_templates(template, text):
    assert Template(template).fill({"a": 1, "b": {"c": "two"}, "d": ["x", "y"], "e": None}) == text


@pytest.mark.parametrize(
    "template", ["{a.__class__!r}", "{a[0]}", "{a:>5}", "{", "}", "{}", "no columns"]
)
def test_templates_allow_plain_columns_only(template):
    with pytest.raises(BadSetting):
        Template(template)


def test_templates_look_up_columns_never_attributes():
    assert Template("{a.__class__} {a}").fill({"a": "x"}) == " x"


def test_a_choice_is_the_question_with_its_right_answer():
    choice = Template("choice")
    assert choice.fill({"query": "Which?", "choices": ["no", "yes"], "gold": 1}) == "Which?\nyes"
    assert (
        choice.fill({"context_options": ["He ran", "She ran"], "continuation": "home.", "gold": 0})
        == "He ran home."
    )


def test_values_that_are_no_text():
    assert text_of(float("nan")) is None
    assert text_of({"a": 1}) is None
    assert text_of(5) == "5"


def test_half_a_surrogate_beside_the_text_is_set_aside(tmp_path):
    import pyarrow as pa

    from selection.formats.readers.mapping import Mapper
    from selection.formats.readers.rows import Records

    records = [
        {"text": "ok", "x": "\ud800"},
        {"text": "fine", "x": 2**70},
        {"text": "\udc00", "x": 1},
    ]
    rows = Mapper(Fields(text="text"), "f").rows(
        Records([0, 1, 2], records, [b"a", b"b", b"c"], [], 3, 0)
    )
    assert rows.text == pa.array(["fine"], pa.large_string())
    assert rows.metadata == [f'{{"x":{2**70}}}']
    assert [(bad.row, bad.reason) for bad in rows.rejected] == [(0, "not UTF-8"), (2, "not UTF-8")]


def test_chunks_end_at_paragraphs():
    text = "one two three\n\nfour five\n\nsix seven eight nine\n\nten"
    assert chunks(text, 5) == ["one two three\n\nfour five", "six seven eight nine\n\nten"]
    assert chunks(text, 100) == [text]
    assert chunks("a b c d. e f g h. i j", 4) == ["a b c d.", "e f g h.", "i j"]
    assert chunks("a b c d e f g", 3) == ["a b c", "d e f", "g"]


def test_scripts_without_spaces_count_characters():
    assert count_words("three plain words") == 3
    assert count_words("\u4e2d\u6587 and \u306e") == 4
    pieces = chunks("\u4e2d" * 25, 10)
    assert [len(piece) for piece in pieces] == [10, 10, 5]


def test_chunks_share_their_row_and_number_their_ids(tmp_path):
    records = [
        {"id": "a", "text": "one two\n\nthree four"},
        {"id": "b", "text": "short"},
        {"id": None, "text": "p q\n\nr s"},
    ]
    rows = rows_of(tmp_path, records, Fields(chunk_words=2, max_chars=12))
    assert rows.id == ["a/0000", "a/0001", "b", None, None]
    assert rows.row == [0, 0, 1, 2, 2]
    assert rows.next_row == 3


def test_visible_text_of_hostile_html():
    title, text = visible_text(
        "<title>T</title><script>alert(1)</script><p>a<b>b</b>  c</p><svg><text>no</text></svg><pre>x\n  y</pre><p>last"
    )
    assert title == "T"
    assert text == "T\n\nab c\n\nx\n  y\n\nlast" or text == "T\n\nab c\n\nx\ny\n\nlast"
    assert visible_text("<p" * 1000)[0] == ""


def test_the_settled_mapping_is_that_of_the_beginning(tmp_path, monkeypatch):
    monkeypatch.setattr(gather, "MAX_ROWS", 1)
    path = tmp_path / "a.jsonl"
    path.write_text('{"content": "first", "id": 1}\n' + '{"text": "later"}\n')
    (item,) = expand([path])
    assert settle(item, Fields()).text == "content"
    (rest,) = read(item, Fields(), start_row=1)
    assert [bad.reason for bad in rest.rejected] == ["text is missing"]


def test_preview_of_a_table_offers_a_row_template(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("height,width\n1.5,2\n")
    (item,) = expand([Path(path)])
    seen = preview(item, Fields())
    assert seen.suggested.template == "rows"
    assert seen.documents[0]["text"] == "height: 1.5\nwidth: 2"
