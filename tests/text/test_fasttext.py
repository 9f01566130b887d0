"""fastText files: read and predicted as the slow reference does, and as the package does where it is installed."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.core.errors import BadInput
from selection.text.fasttext import FastText, fasttext
from selection.text.fasttext_file import read_fasttext
from tests.text.slow_fasttext import Model, predict, write

WORDS = [b"</s>", b"the", b"cat", b"na\xc3\xafve", "你好".encode(), b"a", b"mat,"]
TEXTS = [
    "", "the cat", "the  naïve\tcat\nsat on a mat, 你好 世界", "__label__yes the __label__other cat", "a\x00b\x0bthe\x0cc",
    "é" * 40, "the cat " * 300, " \n ",
]  # fmt: skip
YES_NO = {"labels": ["yes", "no"], "counts": [9, 4]}
FIVE = {"labels": list("vwxyz"), "counts": [20, 9, 9, 5, 1]}


def large(texts):
    return pa.array(texts, pa.large_string())


@pytest.mark.parametrize(
    "model",
    [
        Model(WORDS, **YES_NO),
        Model(WORDS, **YES_NO, dim=1),  # more labels than columns: nothing is multiplied ahead
        Model(WORDS, **FIVE, longest=4, bucket=7),
        Model(WORDS, **FIVE, longest=1, bucket=0),
        Model(WORDS, **FIVE, minn=2, maxn=4),
        Model(WORDS, **FIVE, minn=1, maxn=1),
        Model(WORDS, **FIVE, loss=1),
        Model(WORDS, **FIVE, loss=1, dim=8),
        Model(WORDS, **FIVE, loss=2),
        Model(WORDS, **FIVE, loss=4),
        Model(WORDS, **FIVE, kept={3: 0, 17: 1, 20: 2, 49: 3}, minn=2, maxn=3),
        Model(WORDS, **YES_NO, kept={}, dim=7),
        Model(WORDS[1:], **YES_NO),  # without a row for the end of the text
    ],
    ids=lambda model: (
        f"{len(model.labels)} labels, loss {model.loss}, {model.longest}-grams, {model.maxn}"
    ),
)
def test_probabilities_are_those_of_the_slow_reference(tmp_path, model):
    found = FastText(read_fasttext(write(model, tmp_path / "m.bin")))
    assert found.labels == tuple(model.labels)
    wanted = [predict(model, text) for text in TEXTS]
    np.testing.assert_allclose(found.probabilities(large(TEXTS)), wanted, atol=2e-6)


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.integers(0, 3))
def test_any_text_is_predicted_alike(tmp_path_factory, texts, seed):
    model = Model(WORDS, **FIVE, minn=2, maxn=3, longest=3, seed=seed)
    found = FastText(read_fasttext(write(model, tmp_path_factory.mktemp("m") / "m.bin")))
    wanted = [predict(model, text) for text in texts]
    np.testing.assert_allclose(found.probabilities(large(texts)), wanted, atol=2e-6)


def test_an_older_file_has_no_subwords(tmp_path):
    model = Model(WORDS, **FIVE, minn=2, maxn=3)
    old = FastText(read_fasttext(write(model, tmp_path / "m.bin", version=11)))
    model.maxn = 0
    wanted = [predict(model, text) for text in TEXTS]
    np.testing.assert_allclose(old.probabilities(large(TEXTS)), wanted, atol=2e-6)


def test_a_file_cut_anywhere_is_one_sentence(tmp_path):
    whole = write(Model(WORDS, **FIVE, kept={3: 0}), tmp_path / "m.bin").read_bytes()
    for size in [*range(0, len(whole) - 1, 7), len(whole) - 1]:
        (tmp_path / "cut.bin").write_bytes(whole[:size])
        with pytest.raises(BadInput, match="fastText model is") as error:
            read_fasttext(tmp_path / "cut.bin")
        assert "\n" not in str(error.value)


def test_a_broken_byte_never_reads_beyond_a_table(tmp_path):
    whole = bytearray(write(Model(WORDS, **FIVE, kept={3: 0}), tmp_path / "m.bin").read_bytes())
    rng = np.random.default_rng(0)
    for _ in range(300):
        broken = bytearray(whole)
        broken[rng.integers(0, 260)] = rng.integers(0, 256)
        (tmp_path / "b.bin").write_bytes(broken)
        try:
            FastText(read_fasttext(tmp_path / "b.bin")).probabilities(large(TEXTS))
        except BadInput:
            pass


def test_other_files_are_refused(tmp_path):
    (tmp_path / "words.bin").write_text("not a model at all")
    with pytest.raises(BadInput, match="is none"):
        read_fasttext(tmp_path / "words.bin")
    with pytest.raises(BadInput, match="check the path"):
        fasttext(tmp_path / "absent.bin")


@pytest.mark.parametrize("options", [
    {"wordNgrams": 2, "bucket": 5000},
    {"wordNgrams": 3, "bucket": 3000, "minn": 2, "maxn": 4},
    {"loss": "hs"},
    {"loss": "ova"},
], ids=str)  # fmt: skip
def test_the_package_says_the_same(tmp_path, options):
    """Where `fasttext` (MIT, not kept up any more, so in no requirements) happens to be installed."""
    package = pytest.importorskip("fasttext")
    lines = [
        f"__label__{'abc'[k % 3]} the cat number {k % 17} sat on mat {k % 5}" for k in range(600)
    ]
    (tmp_path / "train.txt").write_text("\n".join(lines) + "\n")
    made = package.train_supervised(
        str(tmp_path / "train.txt"), thread=1, verbose=0, dim=8, **options
    )
    made.save_model(str(tmp_path / "m.bin"))
    found = fasttext(tmp_path / "m.bin")
    for text, row in zip(TEXTS, found.probabilities(large(TEXTS)), strict=True):
        for value, label in made.f.predict(text.replace("\n", " ") + "\n", -1, 0.0, "strict"):
            assert abs(row[found.labels.index(label.removeprefix("__label__"))] - value) < 1e-5
