"""The Hugging Face folder loads with the real library, offline, and its card holds data as data."""

import os
import re

import pyarrow as pa
import pytest
import yaml

from selection.formats.writers import card, chunks, huggingface, shards, write
from selection.formats.writers.dataset_card import escape, plain, yaml_text

SCHEMA = pa.schema(
    [
        ("uid", pa.string()),
        ("text", pa.large_string()),
        ("n_tokens", pa.int64()),
        ("score", pa.float32()),
        ("exact", pa.float64()),
        ("kept", pa.bool_()),
        ("labels", pa.list_(pa.string())),
        ("a: 'b' \"c\"", pa.int32()),
    ]
)
FACTS = {
    "method": "ODiS",
    "cites": "arXiv:2510.18909",
    "budget_tokens": 1_000_000,
    "n_docs": 12,
    "seed": 31415,
    "filters": ["gopher", "c4"],
    "settings": {"gate": 0.3, "axes": [1, 2]},
    "sources": {"wiki": {"n_docs": 10, "n_tokens": 900}, "web": {"n_docs": 2, "n_tokens": 99}},
    "columns": {"uid": "the user's id", "text": "the document"},
}
HOSTILE = (
    "x\n---\nlicense: mit\n# Title | <script>alert(1)</script> [a](javascript:b) ![i](u) `c` ```"
)


def rows_of(n):
    return pa.table(
        {
            "uid": [str(i) for i in range(n)],
            "text": [f"document {i}\nwith a second line" for i in range(n)],
            "n_tokens": range(n),
            "score": [i / 4 for i in range(n)],
            "exact": [i / 8 for i in range(n)],
            "kept": [i % 2 == 0 for i in range(n)],
            "labels": [["a"] * (i % 3) for i in range(n)],
            SCHEMA.names[-1]: range(n),
        },
        schema=SCHEMA,
    )


def front_matter(text):
    _, head, body = text.split("---\n", 2)
    return yaml.safe_load(head), body


@pytest.fixture
def offline(monkeypatch, tmp_path):
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.setitem(os.environ, name, "1")
    return str(tmp_path / "cache")


def test_the_folder_loads_with_the_real_library(tmp_path, offline, monkeypatch):
    datasets = pytest.importorskip("datasets")
    fixed = chunks.fixed_chunks
    monkeypatch.setattr(shards, "fixed_chunks", lambda b, s: fixed(b, s, max_rows=10))
    table = rows_of(25)
    written = write(
        iter(table.to_batches()), SCHEMA, tmp_path / "out", "hf", card("tiny", FACTS), shard_bytes=1
    )
    assert [w.path for w in written] == [
        "README.md",
        *(f"data/train-{i:05d}-of-00003.parquet" for i in range(3)),
    ]
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=offline)
    assert list(loaded) == ["train"]
    assert loaded["train"].num_rows == 25
    assert loaded["train"].column_names == SCHEMA.names
    assert loaded["train"].features["text"].dtype == "large_string"
    assert loaded["train"].features["score"].dtype == "float32"
    assert loaded["train"].to_list() == table.to_pylist()
    streamed = datasets.load_dataset(str(tmp_path / "out"), split="train", streaming=True)
    assert next(iter(streamed))["text"] == "document 0\nwith a second line"


def test_nested_columns_load_with_inferred_features(tmp_path, offline):
    datasets = pytest.importorskip("datasets")
    schema = pa.schema([("text", pa.string()), ("at", pa.struct([("x", pa.int64())]))])
    batch = pa.record_batch([pa.array(["a"]), pa.array([{"x": 1}])], schema=schema)
    write(iter([batch]), schema, tmp_path / "out", "hf")
    loaded = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=offline)
    assert loaded.to_list() == [{"text": "a", "at": {"x": 1}}]


def test_front_matter_states_size_splits_and_licence(tmp_path):
    write(iter(rows_of(5).to_batches()), SCHEMA, tmp_path, "hf", card("tiny", FACTS))
    head, body = front_matter((tmp_path / "README.md").read_text())
    assert head["license"] == "other"
    assert head["pretty_name"] == "tiny"
    assert head["size_categories"] == ["n<1K"]
    assert head["dataset_info"]["splits"][0]["num_examples"] == 5
    assert [f["name"] for f in head["dataset_info"]["features"]] == SCHEMA.names
    assert head["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*"}]
    assert body.lstrip().startswith("# tiny\n")


def test_a_folder_without_a_card_still_says_licence_other(tmp_path):
    write(iter(rows_of(2).to_batches()), SCHEMA, tmp_path, "hf")
    assert front_matter((tmp_path / "README.md").read_text())[0]["license"] == "other"


@pytest.mark.parametrize(
    ("n_docs", "name"), [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (10**13, "n>1T")]
)
def test_size_categories_are_the_hubs(n_docs, name):
    assert huggingface.size_category(n_docs) == name


def test_the_card_says_how_to_make_it_again():
    text = card("tiny", FACTS)
    assert "| Source | Documents | Tokens |" in text
    assert text.index("| wiki | 10 | 900 |") < text.index("| web | 2 | 99 |")
    assert "| budget tokens | 1,000,000 |" in text
    assert "| documents | 12 |" in text
    assert "| seed | 31415 |" in text
    assert '"gate": 0.3' in text
    assert "python -m selection apply recipe.json" in text
    assert text == card("tiny", dict(FACTS))
    for heading in ("How it was made", "Method and settings", "Sources", "Columns", "Reproduce"):
        assert f"## {heading}\n" in text


def test_hostile_names_stay_data():
    facts = {
        "method": HOSTILE,
        "settings": {"note": HOSTILE},
        "sources": {HOSTILE: {"n_docs": 1, "n_tokens": 1}},
        "columns": {HOSTILE: HOSTILE},
        "command": HOSTILE,
        "licence": HOSTILE,
        "licence_note": HOSTILE,
        "about": HOSTILE,
        "tags": [HOSTILE],
    }
    head, body = front_matter(card(HOSTILE, facts))
    assert set(head) == {"pretty_name", "license", "tags"}
    assert head["license"].startswith("x --- license: mit")
    outside = re.sub(r"^(`{3,4})\w+\n.*?^\1\n", "", body, flags=re.M | re.S)
    assert "```" not in outside.replace("\\`", "")
    assert not re.search(r"(?<!\\)[<\[`|]\s*(script|a\]|i\])", outside)
    headings = re.findall(r"^#+ .*$", outside, flags=re.M)
    assert headings[1:] == [
        "## How it was made",
        "## Method and settings",
        "## Sources",
        "## Columns",
        "## Reproduce",
        "## Licence",
    ]


def test_many_sources_are_summed_up():
    sources = {f"s{i:03d}": {"n_docs": 1, "n_tokens": 1000 - i} for i in range(60)}
    text = card("x", {"sources": sources})
    assert "| 10 others | 10 | 9,455 |" in text
    assert "s050" not in text


def test_a_long_name_is_cut():
    assert len(plain("word " * 10_000)) == 100
    assert escape("a_b|c<d>") == "a\\_b\\|c\\<d\\>"


@pytest.mark.parametrize(
    "text", ["", "a: b", 'q"q', "\x00\x7f\x85\u2028\ufeff", "日本 🙂", "{%- x"]
)
def test_yaml_text_reads_back_exactly(text):
    assert yaml.safe_load(yaml_text(text)) == text
