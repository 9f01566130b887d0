"""Whatever JSON can hold becomes a document or is set aside; nothing is lost, and reading goes on where it stopped."""

import json
import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selection.formats.readers import Fields, expand, gather, read
from selection.formats.readers.chunks import chunks, count_words
from selection.formats.readers.json_values import elements

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6
)  # fmt: skip
RECORDS = st.lists(
    st.fixed_dictionaries({"text": VALUES}, optional={"id": VALUES, "source": VALUES, "x": VALUES, "a.b": VALUES}) | VALUES,
    max_size=12,
)  # fmt: skip
FIELDS = Fields(text="text", id="id", source="source")


def written(folder, records, suffix):
    path = Path(folder) / f"data.{suffix}"
    if suffix == "jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    else:
        path.write_text(json.dumps(records, indent=1))
    from selection.formats.readers import Input

    return Input(path, suffix, path.stat().st_size, "data")


@pytest.mark.parametrize("suffix", ["jsonl", "json"])
@given(records=RECORDS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_record_is_a_document_or_set_aside(suffix, records):
    first = {"text": "a sure beginning", "id": "i", "source": "s"}
    records = [first, *records]
    with tempfile.TemporaryDirectory() as folder:
        batches = list(read(written(folder, records, suffix), FIELDS))
    rows = [row for batch in batches for row in batch.row]
    bad = [one.row for batch in batches for one in batch.rejected]
    assert sorted(rows + bad) == list(range(len(records)))
    for batch in batches:
        for place, row in enumerate(batch.row):
            record = records[row]
            given_text = record["text"] if isinstance(record, dict) else record
            if isinstance(given_text, str):
                assert batch.text[place].as_py() == given_text
            if isinstance(record, dict) and "x" in record:
                assert same(json.loads(batch.metadata[place])["x"], record["x"])


def same(found, given_value):
    """Equal, but that whole numbers beyond 64 bits may be rounded and infinities become null."""
    if isinstance(given_value, dict):
        return found.keys() == given_value.keys() and all(
            same(found[k], v) for k, v in given_value.items()
        )
    if isinstance(given_value, list):
        return len(found) == len(given_value) and all(map(same, found, given_value))
    if isinstance(given_value, float) and math.isinf(given_value):
        return found is None
    return found == given_value or (abs(given_value) >= 2**63 and math.isclose(found, given_value))


def _table(records):
    return [
        (r, batch.id[p], batch.text[p].as_py(), batch.metadata[p])
        for batch in records
        for p, r in enumerate(batch.row)
    ]


@pytest.mark.parametrize("suffix", ["jsonl", "json"])
@given(records=RECORDS, size=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_reading_resumes_after_any_batch(suffix, records, size):
    records = [{"text": "a sure beginning", "id": "i", "source": "s"}, *records]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "MAX_ROWS", size)
        item = written(folder, records, suffix)
        batches = list(read(item, FIELDS))
        for place, batch in enumerate(batches):
            again = list(read(item, FIELDS, batch.next_row))
            assert _table(again) == _table(batches[place + 1 :])
            assert [b.rejected for b in again] == [b.rejected for b in batches[place + 1 :]]


@given(
    records=st.lists(VALUES, max_size=8), size=st.integers(1, 9), indent=st.sampled_from([None, 1])
)
@settings(max_examples=100, deadline=None)
def test_an_array_is_cut_the_same_however_its_bytes_arrive(records, size, indent):
    raw = json.dumps(records, indent=indent, ensure_ascii=False).encode(errors="replace")

    class Drops:
        fault = None

        def blocks(self):
            yield from (raw[start : start + size] for start in range(0, len(raw), size))

    found = list(elements(Drops()))
    assert all(whole for _, whole in found)
    assert [json.loads(one) for one, _ in found] == json.loads(raw)


@given(
    rows=st.lists(
        st.tuples(st.text(max_size=20), st.text(min_size=1, max_size=20)), min_size=1, max_size=10
    )
)
@settings(max_examples=100, deadline=None)
def test_csv_rows_are_documents_or_set_aside(rows):
    import csv
    import io

    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("title", "text"), *rows])
    raw = out.getvalue().encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(raw)
        (item,) = expand([path])
        batches = list(read(item, Fields(text="text")))
    n_docs = sum(len(batch) for batch in batches)
    assert n_docs + sum(len(batch.rejected) for batch in batches) == len(rows)
    kept = [text for _, text in rows if text.strip() and "\0" not in text]
    assert [text for batch in batches for text in batch.text.to_pylist()] == kept


@given(text=st.text(alphabet="ab .\n\u4e2d\u3002", max_size=200), size=st.integers(1, 12))
@settings(max_examples=200, deadline=None)
def test_chunks_lose_nothing_but_white_space(text, size):
    pieces = chunks(text, size)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    if text.strip():
        assert all(count_words(piece) <= size for piece in pieces)
