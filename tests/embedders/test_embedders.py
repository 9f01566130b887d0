"""The embedders' contract: float16 unit rows, one per document, the same however the corpus is cut into parts."""

import inspect

import numpy as np
import pyarrow as pa
import pytest
from tokenizers import Tokenizer

from selection.backend.model_folder import locate
from selection.core.errors import BackendUnavailable
from selection.core.model import Embedder
from selection.core.registry import catalogue
from selection.embedders.minilm import MiniLM
from selection.embedders.sentence_transformer import SentenceTransformer
from selection.embedders.static import Static

TEXTS = pa.array(
    [
        "The cat sat on the mat.",
        "A cat is sitting on a rug.",
        "Interest rates rose again.",
        "",
        None,
    ],
    pa.large_string(),
)


def test_the_folder_holds_these_embedders():
    assert {"minilm", "sentence_transformer", "static"} <= set(
        catalogue("selection.embedders", Embedder)
    )


@pytest.mark.parametrize("embedder", [MiniLM(max_tokens=32), SentenceTransformer(max_tokens=32)])
def test_rows_are_float16_unit_and_like_texts_lie_close(embedder):
    embed = embedder.load(embedder.prepare())
    vectors = embed(TEXTS)
    assert vectors.dtype == np.float16 and vectors.shape == (5, 384)
    rows = vectors.astype(np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=2e-3)  # an empty text has a vector too
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.3
    parts = np.concatenate([embed(TEXTS.slice(k, 1)) for k in range(5)])
    assert np.allclose(parts.astype(np.float32), rows, atol=2e-3)


def test_both_spellings_of_a_model_share_a_fingerprint():
    assert MiniLM().fingerprint() == SentenceTransformer().fingerprint()
    assert len(MiniLM().fingerprint()) == 64


def test_text_behind_max_tokens_does_not_count():
    head = "ocean " * 40
    text = pa.array([head + "finance " * 50, head + "poetry " * 50], pa.large_string())
    short, long = (MiniLM(max_tokens=n).load({})(text) for n in (32, 128))
    assert np.array_equal(short[0], short[1]) and not np.array_equal(long[0], long[1])


def test_a_model_that_is_not_there_is_one_sentence():
    with pytest.raises(BackendUnavailable, match="check the path"):
        SentenceTransformer(model="/no/such/model").load({})


@pytest.fixture(scope="module")
def table():
    return Static(n_dims=128).prepare()


def test_the_static_embedder_is_a_look_up_that_agrees_with_minilm_far_beyond_chance(table):
    static = Static(n_dims=128)
    embed = static.load(table)
    vectors = embed(TEXTS).astype(np.float32)
    assert vectors.shape == (5, 128) and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=2e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    parts = np.concatenate([embed(TEXTS.slice(k, 1)) for k in range(5)])
    assert np.allclose(parts.astype(np.float32), vectors, atol=2e-3)
    prose = pa.array(
        [doc for doc in map(inspect.getdoc, vars(np).values()) if doc], pa.large_string()
    )
    facts = static.facts(embed, prose.slice(0, 200))
    assert facts["n"] == 200 and facts["agreement_at_10"] > 5 * facts["agreement_by_chance"]


def test_a_static_vector_is_the_mean_of_the_rows_of_its_tokens(table):
    rows = table["table"].astype(np.float32)
    tokenizer = Tokenizer.from_file(str(locate("all-MiniLM-L6-v2") / "tokenizer.json"))
    text = "curating text for language models"
    mean = rows[tokenizer.encode(text, add_special_tokens=False).ids].mean(axis=0)
    vector = Static(n_dims=128).load(table)(pa.array([text], pa.large_string()))[0]
    assert np.allclose(vector, mean / np.linalg.norm(mean), atol=1e-3)
