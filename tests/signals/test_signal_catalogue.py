"""The contract of signals, over the whole catalogue: what is declared is what comes, whatever the text and the batch."""

from __future__ import annotations

import io
import random
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from selection.core.documents import Categories, Documents, State
from selection.core.registry import catalogue
from selection.core.signal import Signal
from selection.core.targets import Target
from tests import tiny_models
from tests.text import slow_fasttext

SIGNALS = catalogue("selection.signals", Signal)
ODD = [
    *("", " ", "\n\n\n", "a", "7", ".", "'", "\u0301", "\x00", "\ufeff", "😀", "{", "@", "http://"),
    *("…" * 50, "👩‍👩‍👧" * 30, "e\u0301" * 200, "你好。世界" * 40, "สวัสดีชาวโลก", "שלום עולם"),
    *("مرحبا بالعالم. كيف حالك؟", "word " * 20_000, "x" * 100_000, "\n" * 100_000, "世" * 100_000),
    *("1 " * 3000, "line\n" * 5000),
]


@cache
def corpus() -> Documents:
    """240 documents of sentences, lists and odd strings, with vectors in three clusters and some in none."""
    rng = random.Random(5)
    words = ["the", "cat", "sat", "on", "a", "mat", "because", "it", "was", "warm"]
    words += [
        "however",
        "Newton",
        "explained",
        "gravity",
        "in",
        "1687",
        "and",
        "you",
        "click",
        "here",
    ]
    texts = list(ODD)
    while len(texts) < 240:
        sentences = [
            " ".join(rng.choices(words, k=rng.randint(2, 15))) for _ in range(rng.randint(1, 9))
        ]
        joint = rng.choice([". ", ".\n", "\n", "\n- ", "! "])
        texts.append(joint.join(s.capitalize() for s in sentences) + rng.choice([".", "", "?"]))
    n = len(texts)
    numbers = np.random.default_rng(3)
    vectors = numbers.normal(size=(n, 16)) + 3 * np.eye(16)[np.arange(n) % 3]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    codes = np.where(np.arange(n) % 11 == 0, -1, np.arange(n) % 3).astype(np.int32)
    return Documents(
        doc_id=np.arange(n),
        uid_hash=numbers.integers(0, 2**63, n).astype(np.uint64),
        n_tokens=np.array([len(t) // 4 for t in texts]),
        cluster=Categories(codes, ("red", "green", "blue")),
        embedding=vectors.astype(np.float16),
        text=pa.array(texts, pa.large_string()),
    )


TARGETS = {
    "0a": Target("0a", "ones", pa.array([f"Newton explained gravity {i}" for i in range(40)], pa.large_string())),
    "0b": Target("0b", "zeros", pa.array([f"the cat sat on a mat {i}" for i in range(40)], pa.large_string())),
}  # fmt: skip


class Workflow:
    """What `prepare` is given: the corpus above, in parts of 100."""

    def sample(self, n_docs, needs):
        return corpus().take(np.sort(np.argsort(corpus().uid_hash)[:n_docs]))

    def stream(self, needs):
        return corpus().batches(100)

    def targets(self, keys):
        return tuple(TARGETS[key] for key in keys)

    def vectors(self, texts):
        return np.random.default_rng(4).normal(size=(len(texts), 16))

    def components(self, keys, needs):
        """By Python sets: groups that share a key are poured together until none does."""
        groups = [{d} for d in range(len(corpus()))]
        for band in np.concatenate([keys(part) for part in self.stream(needs)]).T:
            first = {}
            for d, key in enumerate(band.tolist()):
                other = groups[first.setdefault(key, d)] if key else groups[d]
                if other is not groups[d]:
                    other |= groups[d]
                    for member in groups[d]:
                        groups[member] = other
        return np.array([min(group) for group in groups])


@cache
def rater(name: str) -> Signal:
    """A rater with a small model of the kind it wants, made here unless it comes with Winnow."""
    if name == "sentence_similarity":
        return SIGNALS[name]()
    folder = Path(tempfile.mkdtemp())
    if name == "meta_rater":
        model = str(tiny_models.classifier(folder / "m", 6, "modernbert"))
        return SIGNALS[name](
            professionalism=model, readability=model, reasoning=model, cleanliness=model
        )
    if name == "fasttext":
        words = [b"</s>", b"the", b"cat", b"Newton"]
        model = slow_fasttext.Model(words, ["hq", "cc"], [5, 4])
        return SIGNALS[name](model=str(slow_fasttext.write(model, folder / "m.bin")))
    n_labels = {"hugging_face": 3, "qurater": 4, "fineweb_edu": 1}[name]
    kind = "llama" if name == "qurater" else "bert"
    return SIGNALS[name](model=str(tiny_models.classifier(folder / "m", n_labels, kind)))


@cache
def prepared(name: str) -> tuple[Signal, State]:
    kind = SIGNALS[name]
    signal = (
        kind(targets=("0a",)) if kind.needs.targets else rater(name) if kind.needs.model else kind()
    )
    return signal, signal.prepare(Workflow())


@pytest.fixture(params=list(SIGNALS))
def case(request, monkeypatch) -> tuple[Signal, State]:
    from selection.backend import replicas
    from selection.backend.device import Device

    # in bf16 a document's number moves with the batch it is in
    monkeypatch.setattr(replicas, "devices", lambda: [Device("cpu")])
    return prepared(request.param)


def test_column_names_are_unique_and_facts_complete() -> None:
    columns = [column for leaf in SIGNALS.values() for column in leaf.columns]
    assert max(Counter(column.name for column in columns).values()) == 1
    for column in columns:
        assert column.name.isidentifier() and column.name == column.name.lower()
        assert column.title and len(column.definition) > 8 and column.polarity in (-1, 0, 1)
        assert column.source and (column.unit or column.kind != "number"), column.name


def test_every_leaf_says_what_it_is() -> None:
    for leaf in SIGNALS.values():
        assert leaf.title and len(leaf.summary()) > 20 and (leaf.columns or leaf.needs.model)
        assert all(field.description for field in leaf.model_fields.values())
        assert leaf(**leaf().model_dump(mode="json")) == leaf()


def test_columns_come_as_declared_finite_and_aligned(case) -> None:
    signal, state = case
    columns = signal.score(corpus(), state)
    assert list(columns) == [column.name for column in signal.yields()]
    for column in signal.yields():
        name, values = column.name, columns[column.name]
        assert values.shape == (len(corpus()),), name
        if column.kind != "number":
            assert all(value is None or (isinstance(value, str) and value) for value in values)
            continue
        assert values.dtype in (np.float32, np.float64), name
        if "not rated" in column.definition:
            assert np.isfinite(values).any(), name
            continue
        bad = np.flatnonzero(~np.isfinite(values))
        assert len(bad) == 0, (name, [corpus().text[int(d)].as_py()[:20] for d in bad])


def test_shares_lie_between_0_and_1(case) -> None:
    signal, state = case
    columns = signal.score(corpus(), state)
    for column in signal.yields():
        if column.unit == "share" and column.name != "compression_ratio":
            values = columns[column.name]
            assert values.min() >= 0 and values.max() <= 1, column.name


def agree(found: np.ndarray, wanted: np.ndarray, name: str, signal: Signal) -> None:
    if wanted.dtype == object or wanted.dtype.kind == "U":
        np.testing.assert_array_equal(found, wanted, err_msg=name)
    else:  # a model's sums depend on the batch in their last digits
        close = 1e-3 if signal.needs.model else 1e-6
        np.testing.assert_allclose(found, wanted, rtol=close, atol=close, err_msg=name)


def test_batches_agree_with_the_whole(case) -> None:
    signal, state = case
    whole = signal.score(corpus(), state)
    parts = [signal.score(part, state) for part in corpus().batches(37)]
    for name, values in whole.items():
        agree(np.concatenate([part[name] for part in parts]), values, name, signal)


def test_row_order_is_irrelevant(case) -> None:
    signal, state = case
    order = np.random.default_rng(1).permutation(len(corpus()))
    whole, shuffled = signal.score(corpus(), state), signal.score(corpus().take(order), state)
    for name, values in whole.items():
        agree(shuffled[name], values[order], name, signal)


def test_the_state_survives_a_file_without_pickle(case) -> None:
    signal, state = case
    file = io.BytesIO()
    np.savez(file, **state)
    file.seek(0)
    loaded = dict(np.load(file, allow_pickle=False))
    again = signal.score(corpus(), loaded)
    for name, values in signal.score(corpus(), state).items():
        np.testing.assert_array_equal(again[name], values)


def test_no_documents_give_no_values(case) -> None:
    signal, state = case
    columns = signal.score(corpus().take(slice(0, 0)), state)
    assert all(values.shape == (0,) for values in columns.values())


def test_scoring_leaves_what_is_remembered_alone(case) -> None:
    signal, state = case
    first = signal.score(corpus(), state)
    kept = {name: values.copy() for name, values in first.items()}
    for values in first.values():
        values[:] = -1  # a caller may do what it likes with its columns
    for name, values in signal.score(corpus(), state).items():
        np.testing.assert_array_equal(values, kept[name])
