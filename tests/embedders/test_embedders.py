"""The embedders' contract: float16 unit rows, one per document, the same however the corpus is cut into parts."""

import numpy as np
import pyarrow as pa
import pytest

from selection.core.errors import BackendUnavailable
from selection.core.model import Embedder
from selection.core.registry import catalogue
from selection.embedders.minilm import MiniLM
from selection.embedders.sentence_transformer import SentenceTransformer

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
    assert {"minilm", "sentence_transformer"} <= set(catalogue("selection.embedders", Embedder))


@pytest.mark.parametrize("embedder", [MiniLM(max_tokens=32), SentenceTransformer(max_tokens=32)])
def test_rows_are_float16_unit_and_like_texts_lie_close(embedder):
    embedder.load()
    vectors = embedder.embed(TEXTS)
    assert vectors.dtype == np.float16 and vectors.shape == (5, 384)
    rows = vectors.astype(np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=2e-3)  # an empty text has a vector too
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.3
    parts = np.concatenate([embedder.embed(TEXTS.slice(k, 1)) for k in range(5)])
    assert np.allclose(parts.astype(np.float32), rows, atol=2e-3)


def test_both_spellings_of_a_model_share_a_fingerprint():
    assert MiniLM().fingerprint() == SentenceTransformer().fingerprint()
    assert len(MiniLM().fingerprint()) == 64


def test_text_behind_max_tokens_does_not_count():
    head = "ocean " * 40
    text = pa.array([head + "finance " * 50, head + "poetry " * 50], pa.large_string())
    short, long = MiniLM(max_tokens=32).embed(text), MiniLM(max_tokens=128).embed(text)
    assert np.array_equal(short[0], short[1]) and not np.array_equal(long[0], long[1])


def test_a_model_that_is_not_there_is_one_sentence():
    with pytest.raises(BackendUnavailable, match="check the path"):
        SentenceTransformer(model="/no/such/model").load()
