"""A person's own columns: the same numbers from every format, and errors that list what did not match."""

import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.core.errors import BadInput, UnknownName
from selection.formats.sidecars import Sidecar, align, match, read_sidecar

ROWS = [
    {"id": "a", "score": 1.5, "grade": 3, "x": 0.0, "y": 1.0, "label": "news"},
    {"id": "b", "score": None, "grade": 4, "x": 2.0, "y": 3.0, "label": "code"},
    {"id": "c", "score": -2.0, "grade": 5, "x": 4.0, "y": 5.0, "label": None},
]


def written(folder, suffix):
    path = folder / f"scores.{suffix}"
    if suffix == "parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif suffix == "csv":
        lines = [",".join("" if v is None else str(v) for v in row.values()) for row in ROWS]
        path.write_text("\n".join([",".join(ROWS[0]), *lines]))
    elif suffix == "json":
        path.write_text(json.dumps(ROWS))
    else:
        raw = "\n".join(json.dumps(row) for row in ROWS).encode()
        path.write_bytes(gzip.compress(raw) if suffix.endswith("gz") else raw)
    return path


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "jsonl.gz", "json"])
def test_the_same_numbers_from_every_format(tmp_path, suffix):
    found = read_sidecar(written(tmp_path, suffix))
    assert found.ids == ["a", "b", "c"]
    assert list(found.columns) == ["score", "grade", "x", "y", "label"]
    np.testing.assert_array_equal(found.columns["score"], [1.5, np.nan, -2.0])
    assert found.columns["grade"].dtype == np.int64
    assert found.columns["grade"].tolist() == [3, 4, 5]
    assert found.columns["label"].tolist()[:2] == ["news", "code"]
    assert sorted(found.numbers()) == ["grade", "score", "x", "y"]


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float64()), pa.list_(pa.float32(), 2), pa.large_list(pa.int8())]
)
def test_vectors_in_parquet(tmp_path, kind):
    table = pa.table({"uid": ["p", "q"], "vector": pa.array([[1, 2], [3, 4]], kind)})
    pq.write_table(table, tmp_path / "v.parquet")
    found = read_sidecar(tmp_path / "v.parquet")
    assert found.ids == ["p", "q"]
    assert found.vectors()["vector"].dtype == np.float32
    assert found.vectors()["vector"].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "rows", [[[1.0, 2.0], [3.0]], [[1.0, 2.0], None], [[1.0, float("nan")], [1.0, 2.0]]]
)
@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_uneven_or_missing_vectors_are_refused(tmp_path, rows, suffix):
    path = tmp_path / f"v.{suffix}"
    if suffix == "parquet":
        pq.write_table(pa.table({"id": ["p", "q"], "vector": rows}), path)
    else:
        path.write_text(
            "\n".join(json.dumps({"id": i, "vector": row}) for i, row in enumerate(rows))
        )
    with pytest.raises(BadInput, match="vector"):
        read_sidecar(path)


def test_arrays_by_position_or_with_ids_beside(tmp_path):
    vectors = np.arange(6, dtype=np.float16).reshape(3, 2)
    np.save(tmp_path / "v.npy", vectors)
    found = read_sidecar(tmp_path / "v.npy")
    assert found.ids is None
    assert align(found, ["a", "b", "c"]).tolist() == [0, 1, 2]
    with pytest.raises(BadInput, match="3 rows for 4 documents"):
        align(found, ["a", "b", "c", "d"])
    (tmp_path / "v.ids.txt").write_text("c\na\nb\n")
    found = read_sidecar(tmp_path / "v.npy")
    rows = align(found, ["a", "b", "c"])
    assert found.columns["v"][rows].tolist() == [[2, 3], [4, 5], [0, 1]]
    (tmp_path / "v.ids.txt").write_text("c\na\n")
    with pytest.raises(BadInput, match="2 ids for 3 rows"):
        read_sidecar(tmp_path / "v.npy")
    (tmp_path / "v.ids.txt").unlink()
    pq.write_table(pa.table({"any": [7, 8, 9]}), tmp_path / "v.ids.parquet")
    assert read_sidecar(tmp_path / "v.npy").ids == ["7", "8", "9"]


def test_a_pickled_array_is_never_loaded(tmp_path):
    np.save(tmp_path / "v.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(BadInput, match="plain array"):
        read_sidecar(tmp_path / "v.npy")


def test_an_id_column_that_is_not_there(tmp_path):
    with pytest.raises(UnknownName, match="did you mean id"):
        read_sidecar(written(tmp_path, "parquet"), "idd")
    assert read_sidecar(written(tmp_path, "parquet"), "grade").ids == ["3", "4", "5"]


def test_without_an_id_column_rows_go_by_position(tmp_path):
    (tmp_path / "s.csv").write_text("x,y\n1,2\n3,4\n")
    found = read_sidecar(tmp_path / "s.csv")
    assert found.ids is None
    assert len(found) == 2


def test_a_broken_row_is_an_error_here(tmp_path):
    (tmp_path / "s.jsonl").write_text('{"id": 1, "s": 2}\n{"id": 2, "s"\n')
    with pytest.raises(BadInput, match="row 1 of s is not"):
        read_sidecar(tmp_path / "s.jsonl")


def test_match_says_what_is_left_over_on_both_sides():
    found = match(["b", "z", "a"], ["a", "b", "c"])
    assert found.rows.tolist() == [2, 0, -1]
    assert found.unmatched_ids == ["z"]
    assert found.missing_uids == ["c"]


def test_the_error_counts_both_sides_and_lists_five():
    ids = [f"mine-{i}" for i in range(8)]
    uids = [f"theirs-{i}" for i in range(1200)]
    with pytest.raises(BadInput) as error:
        align(Sidecar(ids, {"s": np.zeros(8)}), uids)
    message = str(error.value)
    for part in (
        "8 of the file's 8 ids",
        "mine-0, mine-1, mine-2, mine-3, mine-4, …",
        "1,200 of 1,200",
        "theirs-4",
    ):
        assert part in message
    assert "mine-5" not in message


def test_part_of_the_corpus_may_be_rated_when_asked():
    sidecar = Sidecar(["b"], {"s": np.ones(1)})
    assert align(sidecar, ["a", "b"], partial=True).tolist() == [-1, 0]
    with pytest.raises(BadInput, match="1 of 2 documents are not in the file"):
        align(sidecar, ["a", "b"])


def test_an_id_that_comes_twice_is_refused():
    with pytest.raises(BadInput, match=r"1 come more often \(a\)"):
        match(["a", "a", "b"], ["a", "b"])


@given(
    st.lists(st.text(max_size=4), unique=True, max_size=20),
    st.lists(st.text(max_size=4), unique=True, max_size=20),
)
def test_match_agrees_with_a_dictionary(ids, uids):
    found = match(ids, uids)
    place = {name: row for row, name in enumerate(ids)}
    assert found.rows.tolist() == [place.get(uid, -1) for uid in uids]
    assert found.unmatched_ids == [name for name in ids if name not in set(uids)]
    assert found.missing_uids == [uid for uid in uids if uid not in place]
