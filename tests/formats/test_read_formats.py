"""Each format, written here from a few own sentences: what comes back, and what is set aside and why."""

import bz2
import gzip
import json
import lzma

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from selection.core.errors import BadInput
from selection.formats.readers import REASONS, Fields, expand, fingerprint, preview, read

RECORDS = [
    {"id": i, "text": f"Sentence number {i} of a small corpus.", "score": i / 4} for i in range(7)
]
JSONL = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()


def everything(item, fields=None, start_row=0):
    """(texts, ids, metadata, rejected) of a whole input."""
    texts, ids, metadata, rejected = [], [], [], []
    for rows in read(item, fields or Fields(), start_row):
        assert (
            len(rows.text)
            == len(rows.id)
            == len(rows.source)
            == len(rows.row)
            == len(rows.metadata)
        )
        texts += rows.text.to_pylist()
        ids += rows.id
        metadata += [json.loads(one) for one in rows.metadata]
        rejected += rows.rejected
    assert all(bad.reason in REASONS for bad in rejected)
    return texts, ids, metadata, rejected


def one(path):
    (item,) = expand([path])
    return item


COMPRESSORS = {
    "jsonl": lambda raw: raw,
    "jsonl.gz": gzip.compress,
    "jsonl.zst": zstandard.compress,
    "jsonl.bz2": bz2.compress,
    "jsonl.xz": lzma.compress,
}


@pytest.mark.parametrize("suffix", COMPRESSORS)
def test_json_lines_plain_and_compressed(tmp_path, suffix):
    path = tmp_path / f"corpus.{suffix}"
    path.write_bytes(COMPRESSORS[suffix](JSONL))
    item = one(path)
    assert (item.kind, item.label) == ("jsonl", "corpus")
    texts, ids, metadata, rejected = everything(item)
    assert texts == [record["text"] for record in RECORDS]
    assert ids == [str(i) for i in range(7)]  # whole numbers become strings
    assert metadata[3] == {"score": 0.75}
    assert not rejected


def test_kind_is_told_by_content_not_by_name(tmp_path):
    (tmp_path / "a.csv").write_bytes(JSONL)
    pq.write_table(pa.Table.from_pylist(RECORDS), tmp_path / "b.txt")
    (tmp_path / "c.dat").write_bytes(
        gzip.compress(b"id,text\n1,one two\n2,three four\n3,five six\n")
    )
    (tmp_path / "d.json").write_bytes(JSONL)
    (tmp_path / "e").write_text(json.dumps(RECORDS))
    kinds = {path.name: one(path).kind for path in tmp_path.iterdir()}
    assert kinds == {
        "a.csv": "jsonl",
        "b.txt": "parquet",
        "c.dat": "csv",
        "d.json": "jsonl",
        "e": "json",
    }


def test_bad_lines_are_set_aside_with_their_number_and_bytes(tmp_path):
    lines = [
        b'{"text": "fine"}', b'{"text": "torn', b'{"text": "bad \xff byte"}', b'{"text": "half \\ud800 pair"}',
        b'{"other": 1}', b'{"text": "  \\n "}', b"", b'{"text": null}', b"[1, 2]", b'{"text": "nul \\u0000 here"}',
        b'{"text": "nan beside it", "score": NaN}', b'{"text": "' + b"x" * 50 + b'"}', b'"a bare string"',
    ]  # fmt: skip
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\n".join(lines))
    texts, _, metadata, rejected = everything(one(path), Fields(max_chars=40))
    assert texts == ["fine", "nan beside it", "a bare string"]
    assert metadata[1] == {"score": None}
    assert [(bad.row, bad.reason) for bad in rejected] == [
        (1, "broken JSON"), (2, "not UTF-8"), (3, "not UTF-8"), (4, "text is missing"), (5, "text is empty"),
        (7, "text is missing"), (8, "not a record"), (9, "not UTF-8"), (11, "text is over-long"),
    ]  # fmt: skip
    assert all(bad.raw == lines[bad.row] for bad in rejected)


@pytest.mark.parametrize("suffix", ["jsonl.gz", "jsonl.zst", "jsonl.bz2", "jsonl.xz"])
def test_a_truncated_file_gives_what_precedes_the_cut(tmp_path, suffix):
    import random

    noise = random.Random(0)
    n = 3000 if suffix.endswith("bz2") else 600  # bzip2 decodes 900 kB at once
    lines = [json.dumps({"text": f"{noise.getrandbits(4000):x}"}) for _ in range(n)]
    whole = COMPRESSORS[suffix](("\n".join(lines) + "\n").encode())
    path = tmp_path / f"cut.{suffix}"
    path.write_bytes(whole[: len(whole) // 2])
    texts, _, _, rejected = everything(one(path))
    expected = [json.loads(line)["text"] for line in lines]
    assert 0 < len(texts) < n
    assert texts == expected[: len(texts)]
    assert [bad.reason for bad in rejected] == ["file ends early"]
    assert rejected[0].row == len(texts)


def test_a_damaged_gzip_is_one_reject_and_no_crash(tmp_path):
    raw = bytearray(gzip.compress(JSONL * 5000))
    raw[len(raw) * 3 // 4] ^= 0xFF
    (tmp_path / "x.jsonl.gz").write_bytes(raw)
    texts, _, _, rejected = everything(one(tmp_path / "x.jsonl.gz"))
    assert 3500 < len(texts) <= 35000
    assert rejected[-1].reason in ("file is damaged", "file ends early")
    (tmp_path / "y.jsonl.gz").write_bytes(raw[:2] + b"\0" * 50)
    with pytest.raises(BadInput, match="file is damaged"):
        expand([tmp_path / "y.jsonl.gz"])


def test_records_nested_beyond_reason_are_no_crash(tmp_path):
    lines = ['{"text": "fine"}']
    lines += [f'{{"text": {"[" * depth}{"]" * depth}, "x": 1}}' for depth in (300, 1000, 5000)]
    lines += [
        f'{{"text": "deep beside", "x": {"[" * depth}{"]" * depth}}}' for depth in (300, 1000, 5000)
    ]
    (tmp_path / "deep.jsonl").write_text("\n".join(lines))
    texts, _, _, rejected = everything(one(tmp_path / "deep.jsonl"))
    assert texts[0] == "fine"
    assert len(texts) + len(rejected) == 7
    preview(one(tmp_path / "deep.jsonl"), Fields())


def test_json_array_streams_element_by_element(tmp_path):
    tricky = [
        {"text": 'brackets ] } [ { and "quotes" \\ and , commas'},
        {"text": "né", "deep": {"a": [1, {"b": "]"}]}},
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(tricky * 3, indent=2, ensure_ascii=False))
    texts, _, metadata, rejected = everything(one(path))
    assert texts == [record["text"] for record in tricky * 3]
    assert metadata[1] == {"deep": {"a": [1, {"b": "]"}]}}
    assert not rejected


def test_one_broken_element_of_an_array_spoils_only_itself(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('[{"text": "one"}, {"text" "two"}, 5, {"text": "three"}]')
    texts, _, _, rejected = everything(one(path))
    assert texts == ["one", "three"]
    assert [(bad.row, bad.reason, bad.raw) for bad in rejected] == [
        (1, "broken JSON", b'{"text" "two"}'),
        (2, "not a record", b"5"),
    ]


@pytest.mark.parametrize("cut", [35, 31, 19])
def test_a_torn_array_keeps_what_is_whole(tmp_path, cut):
    path = tmp_path / "a.json"
    path.write_text('[{"text": "one"}, {"text": "two"}, {"text": "three"}]'[:cut])
    texts, _, _, rejected = everything(one(path))
    assert texts == ["one", "two"][: len(texts)]
    assert len(texts) == (2 if cut == 35 else 1)
    assert [bad.reason for bad in rejected] == ["file ends early"]


def test_pretty_printed_objects_that_follow_each_other(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("\n".join(json.dumps(record, indent=1) for record in RECORDS))
    assert everything(one(path))[0] == [record["text"] for record in RECORDS]


def test_csv_with_lines_in_cells_and_a_column_without_a_name(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(
        b',text,label\r\n0,"two\nlines, ""quoted""",a\r\n1,plain,b\r\n\r\n2,bad \xff byte,c\r\n3,too,many,cells\r\n4,few\r\n'
    )
    texts, _, metadata, rejected = everything(one(path))
    assert texts == ['two\nlines, "quoted"', "plain", "few"]
    assert metadata[0] == {"unnamed_0": "0", "label": "a"}
    assert [(bad.row, bad.reason) for bad in rejected] == [
        (2, "not UTF-8"),
        (3, "wrong number of cells"),
    ]
    assert b"bad \xff byte" in rejected[0].raw


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    path = tmp_path / "t.csv"
    rows = [["id", "text"], ["1", "a, b; and more"], ["2", "c d"], ["3", "e f"]]
    path.write_text("\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows))
    assert everything(one(path))[0] == ["a, b; and more", "c d", "e f"]


def test_a_huge_cell_is_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,text\n1," + "word " * 100_000 + "\n")
    assert len(everything(one(path))[0][0]) == 500_000


def test_parquet_with_a_string_that_is_not_utf8(tmp_path):
    bad = pa.array([b"good", b"bad \xff", b"fine"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"text": bad}), tmp_path / "x.parquet")
    texts, _, _, rejected = everything(one(tmp_path / "x.parquet"))
    assert texts == ["good", "fine"]
    assert [(bad.row, bad.reason, bad.raw) for bad in rejected] == [(1, "not UTF-8", b"bad \xff")]


def test_parquet_row_groups_and_resume(tmp_path):
    table = pa.table(
        {"text": [f"row {i} of the table" for i in range(5000)], "n": list(range(5000))}
    )
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=700)
    item = one(tmp_path / "x.parquet")
    batches = list(read(item, Fields()))
    assert all(len(batch) <= 1000 for batch in batches)
    assert [row for batch in batches for row in batch.row] == list(range(5000))
    assert batches[-1].bytes_done <= item.size_bytes
    rest = everything(item, start_row=batches[2].next_row)[0]
    assert rest == table["text"].to_pylist()[batches[2].next_row :]


def test_a_parquet_file_without_its_end_is_one_sentence(tmp_path):
    pq.write_table(pa.Table.from_pylist(RECORDS), tmp_path / "x.parquet")
    raw = (tmp_path / "x.parquet").read_bytes()
    (tmp_path / "x.parquet").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(BadInput, match="must be whole"):
        everything(one(tmp_path / "x.parquet"))


def test_a_folder_of_texts_is_one_input(tmp_path):
    folder = tmp_path / "notes"
    (folder / "sub").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.txt").write_text("never read")
    (folder / "a.md").write_text("# Title\n\nBody of a.")
    (folder / "b.html").write_text(
        "<html><head><title>A page</title><style>p{}</style></head><body><script>var x = 1</script>"
        "<p>First &amp; last</p><div>more<br>lines</div></body></html>"
    )
    (folder / "c.txt").write_bytes(b"caf\xe9")
    (folder / "d.txt").write_text("   ")
    (folder / "sub" / "e.py").write_text("x = 1\n")
    item = one(folder)
    assert item.kind == "folder"
    rows = next(read(item, Fields()))
    assert rows.id == ["notes/a.md", "notes/b.html", "notes/sub/e.py"]
    assert rows.source == ["md", "html", "sub"]
    assert rows.text[1].as_py() == "A page\n\nFirst & last\n\nmore\nlines"
    assert json.loads(rows.metadata[1]) == {"path": "b.html", "title": "A page"}
    assert [(bad.row, bad.reason) for bad in rows.rejected] == [
        (2, "not UTF-8"),
        (3, "text is empty"),
    ]
    assert everything(item, start_row=4)[1] == ["notes/sub/e.py"]


def test_a_folder_of_data_files_is_its_files(tmp_path):
    (tmp_path / "b.jsonl").write_bytes(JSONL)
    (tmp_path / "a.csv").write_text("id,text\n1,one two\n")
    (tmp_path / "README.md").write_text("About these files.")
    assert [(item.label, item.kind) for item in expand([tmp_path])] == [
        ("a", "csv"),
        ("b", "jsonl"),
    ]


def test_a_torn_file_in_a_folder_is_set_aside_not_forgotten(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(JSONL)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(JSONL)[:20])
    good, torn = expand([tmp_path])
    assert len(everything(good)[0]) == 7
    assert [bad.reason for bad in everything(torn)[3]] == ["file ends early"]


def test_hugging_face_folders(tmp_path):
    datasets = pytest.importorskip("datasets")
    small = datasets.Dataset.from_list(RECORDS)
    small.save_to_disk(str(tmp_path / "single"), num_shards=2)
    datasets.DatasetDict({"train": small, "test": small.select(range(2))}).save_to_disk(
        str(tmp_path / "both")
    )
    item = one(tmp_path / "single")
    assert everything(item)[0] == [record["text"] for record in RECORDS]
    assert everything(item, start_row=5)[0] == [record["text"] for record in RECORDS[5:]]
    train, test = expand([tmp_path / "both"])
    assert [train.label, test.label] == ["both/train", "both/test"]
    assert len(everything(train)[0]) == 7
    assert len(everything(test)[0]) == 2


def test_a_hugging_face_folder_that_points_outside_is_refused(tmp_path):
    folder = tmp_path / "saved"
    folder.mkdir()
    (tmp_path / "secret.arrow").write_bytes(b"")
    (folder / "dataset_info.json").write_text("{}")
    (folder / "state.json").write_text(
        json.dumps({"_data_files": [{"filename": "../secret.arrow"}]})
    )
    with pytest.raises(BadInput):
        expand([folder])


@pytest.mark.parametrize("make", ["missing", "empty", "binary", "folder"])
def test_what_cannot_be_read_is_one_sentence(tmp_path, make):
    path = tmp_path / "x"
    if make == "empty":
        path.write_bytes(b"")
    elif make == "binary":
        path.write_bytes(bytes(range(256)) * 10)
    elif make == "folder":
        path.mkdir()
    with pytest.raises(BadInput) as error:
        expand([path])
    assert "\n" not in str(error.value)
    assert "x" in str(error.value)


def test_hub_addresses_through_a_local_filesystem(tmp_path, monkeypatch):
    from fsspec.implementations.dirfs import DirFileSystem
    from fsspec.implementations.local import LocalFileSystem

    from selection.formats.readers import remote

    data = tmp_path / "datasets" / "owner" / "name"
    data.mkdir(parents=True)
    (data / "a.jsonl.gz").write_bytes(gzip.compress(JSONL))
    pq.write_table(pa.Table.from_pylist(RECORDS), data / "b.parquet")
    (data / "README.md").write_text("card")
    monkeypatch.setattr(
        remote, "filesystem", lambda: DirFileSystem(str(tmp_path), LocalFileSystem())
    )
    items = expand(["hf://datasets/owner/name"])
    assert [item.kind for item in items] == ["jsonl", "parquet"]
    for item in items:
        assert everything(item)[0] == [record["text"] for record in RECORDS]
    assert fingerprint(items[0]) == fingerprint(one(data / "a.jsonl.gz"))
    with pytest.raises(BadInput, match="hf://"):
        expand(["hf://datasets/owner/nothing"])
    with pytest.raises(BadInput, match="hf://datasets/OWNER/NAME"):
        expand(["hf://owner/../x"])


def test_the_hub_out_of_reach_is_one_sentence(monkeypatch):
    from selection.core.errors import BackendUnavailable
    from selection.formats.readers import remote

    class Offline:
        def find(self, *_, **__):
            raise ConnectionError("no route\nto host")

    monkeypatch.setattr(remote, "filesystem", Offline)
    with pytest.raises(BackendUnavailable) as error:
        expand(["hf://datasets/owner/name"])
    assert "\n" not in str(error.value)


def test_fingerprints_follow_bytes_and_names(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(JSONL)
    (tmp_path / "b.jsonl").write_bytes(JSONL)
    first, second = expand([tmp_path])
    assert fingerprint(first) == fingerprint(second)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "x.txt").write_text("one")
    before = fingerprint(one(notes))
    (notes / "x.txt").rename(notes / "y.txt")
    assert fingerprint(one(notes)) != before


def test_preview_shows_columns_and_documents(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(JSONL)
    seen = preview(one(tmp_path / "a.jsonl"), Fields(), n=3)
    assert [column.name for column in seen.columns] == ["id", "text", "score"]
    assert [column.type for column in seen.columns] == ["whole number", "text", "number"]
    assert seen.suggested == Fields(text="text", id="id")
    assert [document["id"] for document in seen.documents] == ["0", "1", "2"]


@pytest.mark.parametrize("suffix", [".parquet", ".pq", ".arrow", ".feather"])
def test_a_file_that_is_not_what_its_name_says_is_refused_not_read_as_text(tmp_path, suffix):
    path = tmp_path / f"corpus{suffix}"
    path.write_text("<html>the download has failed</html>")
    with pytest.raises(BadInput, match=f"a file named {suffix} must begin with the mark"):
        expand([path])
