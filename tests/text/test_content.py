"""Content hashes: equal exactly where Python says that the texts are."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.text.content import content_hashes
from tests.text import slow_reference as slow

texts = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.lists(st.sampled_from(["a", "A", " ", "\n\t", "É", "é", "ab" * 5, "\x00"])).map("".join),
    ),
    min_size=1,
    max_size=12,
)


def normalised(text: str) -> str:
    spaced = "".join(" " if c in slow.SPACES else c for c in slow.lower(text))
    return " ".join(word for word in spaced.split(" ") if word)


@given(texts)
@settings(deadline=None, max_examples=200)
def test_hashes_are_equal_exactly_where_the_texts_are(documents: list[str]) -> None:
    text = pa.array(documents)
    for wanted, hashes in (
        (documents, content_hashes(text)),
        ([normalised(d) for d in documents], content_hashes(text, normalised=True)),
    ):
        assert len(set(zip(wanted, hashes.tolist(), strict=True))) == len(set(wanted))
        assert len(set(hashes.tolist())) == len(set(wanted)) and 0 not in hashes


def test_real_text_has_as_many_hashes_as_pythons_hash_tells_apart(mix_small) -> None:
    text = pq.read_table(mix_small, columns=["text"]).column(0).combine_chunks()
    prefixes = pa.array([t[:n] for t in text.to_pylist()[:500] for n in (7, 8, 9, 40, len(t))])
    told = {hash(t) for t in prefixes.to_pylist()}
    assert len(set(content_hashes(prefixes).tolist())) == len(told)
