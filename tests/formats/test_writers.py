"""Export files: the rows survive every format, the bytes depend on the rows alone, and a failure leaves nothing."""

import csv
import hashlib
import io
import json
import sys

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.core.errors import BadInput, DiskFull, UnknownName
from selection.formats.writers import FORMATS, chunks, shards, write

HARD = [
    "plain",
    'a "quoted", text',
    "two\nlines",
    "carriage\r\nreturn",
    "",
    "tab\tand \\ backslash",
    "日本語 🙂",
    "=1+1",
    "\u2028 \x01 control",
    "NULL",
]
SCHEMA = pa.schema(
    [
        ("uid", pa.large_string()),
        ("text", pa.large_string()),
        ("n_tokens", pa.int64()),
        ("score", pa.float32()),
        ("metadata", pa.large_string()),
    ]
)


def table_of(texts, metadata=None):
    n = len(texts)
    return pa.table(
        {
            "uid": [f"id-{i}" for i in range(n)],
            "text": texts,
            "n_tokens": list(range(n)),
            "score": [None if i % 3 == 2 else i / 10 for i in range(n)],
            "metadata": metadata or ['{"lang":"en","n":1.50}'] * n,
        },
        schema=SCHEMA,
    )


def batched(table, sizes):
    """The table's rows in batches of the sizes given, over and over."""
    start, turn = 0, 0
    while start < table.num_rows:
        size = sizes[turn % len(sizes)]
        yield from table.slice(start, size).combine_chunks().to_batches()
        start, turn = start + size, turn + 1


def write_table(table, out, format, sizes=(4,), **options):
    return write(batched(table, sizes), table.schema, out, format, **options)


def lines_of(path):
    with zstandard.open(path, "rt", encoding="utf-8", newline="\n") as stream:
        return stream.read().split("\n")[:-1]


@pytest.mark.parametrize("format", FORMATS)
def test_facts_of_written_files_are_true(tmp_path, format):
    written = write_table(table_of(HARD), tmp_path / "out", format)
    on_disk = sorted(p for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert [w.path for w in written] == sorted(
        p.relative_to(tmp_path / "out").as_posix() for p in on_disk
    )
    for w in written:
        data = (tmp_path / "out" / w.path).read_bytes()
        assert (w.sha256, w.size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert sum(w.n_docs for w in written) == len(HARD)


def test_parquet_gives_the_same_table_back(tmp_path):
    table = table_of(HARD)
    write_table(table, tmp_path, "parquet")
    assert pq.read_table(tmp_path / "part-00000.parquet").equals(table)
    found = duckdb.sql(f"SELECT text FROM '{tmp_path}/part-*.parquet' ORDER BY n_tokens").fetchall()
    assert [row[0] for row in found] == HARD


def test_csv_survives_three_independent_readers(tmp_path):
    table = table_of(HARD)
    write_table(table, tmp_path, "csv")
    path = tmp_path / "part-00000.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["text"] for row in rows] == HARD
    assert [row["score"] for row in rows][:4] == ["0", "0.1", "", "0.3"]
    found = duckdb.sql(
        f"SELECT text FROM read_csv('{path}', all_varchar=true, header=true, delim=',', quote='\"', escape='\"',"
        " new_line='\\n', nullstr=['\\N'])"
    ).fetchall()
    assert [row[0] for row in found] == HARD
    arrow = pyarrow.csv.read_csv(
        path, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True)
    )
    assert arrow["text"].to_pylist() == HARD


def test_json_lines_are_one_object_a_line_with_metadata_inside(tmp_path):
    metadata = ['{"big":12345678901234567890123,"x":0.10}', '{"a":\n1}', "{broken", '"text"', "[1]"]
    table = table_of(HARD[:5], metadata)
    write_table(table, tmp_path, "jsonl.zst")
    lines = lines_of(tmp_path / "part-00000.jsonl.zst")
    rows = [json.loads(line) for line in lines]
    assert [row["text"] for row in rows] == HARD[:5]
    assert list(rows[0]) == SCHEMA.names
    assert rows[0]["metadata"] == {"big": 12345678901234567890123, "x": 0.1}
    assert '"x":0.10}' in lines[0]
    assert [row["metadata"] for row in rows[1:]] == [{"a": 1}, "{broken", '"text"', "[1]"]
    assert '"score":0.1,' in lines[1]
    found = duckdb.sql(f"SELECT text FROM read_json('{tmp_path}/part-00000.jsonl.zst')").fetchall()
    assert [row[0] for row in found] == HARD[:5]


def test_metadata_cannot_smuggle_a_second_object_or_key(tmp_path):
    attack = ['{"a":1},"text":"forged"', '{"a":1}\n{"text":"forged"}', '{"a":1}}\n{"uid":"x"']
    write_table(table_of(["honest"] * 3, attack), tmp_path, "jsonl.zst")
    rows = [json.loads(line) for line in lines_of(tmp_path / "part-00000.jsonl.zst")]
    assert [row["text"] for row in rows] == ["honest"] * 3
    assert [row["metadata"] for row in rows] == attack


def test_nan_and_nested_values_and_bytes_have_a_stated_form(tmp_path):
    table = pa.table(
        {
            "x": pa.array([float("nan"), 1.5, None]),
            "h": pa.array(np.array([0.5, 1, 2], np.float16)),
            "shares": pa.array([[1, 2], None, []], pa.list_(pa.int64())),
            "where": pa.array([{"a": "x,\ny"}, None, {"a": None}]),
            "raw": pa.array([b"\xff", b"", None]),
        }
    )
    write_table(table.select(["x", "h", "shares", "where", "raw"]), tmp_path / "j", "jsonl.zst")
    rows = [json.loads(line) for line in lines_of(tmp_path / "j/part-00000.jsonl.zst")]
    assert rows[0] == {
        "x": None,
        "h": 0.5,
        "shares": [1, 2],
        "where": {"a": "x,\ny"},
        "raw": "/w==",
    }
    write_table(table.select(["x", "h", "shares", "where"]), tmp_path / "c", "csv")
    with (tmp_path / "c/part-00000.csv").open(newline="") as stream:
        cells = list(csv.DictReader(stream))
    assert [json.loads(c["shares"]) if c["shares"] else None for c in cells] == [[1, 2], None, []]
    assert json.loads(cells[0]["where"]) == {"a": "x,\ny"}


@pytest.mark.parametrize("format", FORMATS)
def test_no_rows_still_carry_the_schema(tmp_path, format):
    written = write(iter(()), SCHEMA, tmp_path, format)
    assert sum(w.n_docs for w in written) == 0
    if format == "parquet":
        assert pq.read_schema(tmp_path / "part-00000.parquet") == SCHEMA
    if format == "csv":
        assert (tmp_path / "part-00000.csv").read_text() == ",".join(
            f'"{name}"' for name in SCHEMA.names
        ) + "\n"


@settings(max_examples=25, deadline=None)
@given(
    texts=st.lists(st.text(max_size=40), min_size=1, max_size=40),
    first=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    second=st.lists(st.integers(1, 50), min_size=1, max_size=4),
    format=st.sampled_from(["parquet", "jsonl.zst", "csv"]),
)
def test_bytes_do_not_depend_on_the_batching(
    tmp_path_factory, monkeypatch_module, texts, first, second, format
):
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    folder = tmp_path_factory.mktemp("same")
    table = table_of(texts)
    one = write_table(table, folder / "one", format, first, shard_bytes=400)
    two = write_table(table, folder / "two", format, second, shard_bytes=400)
    assert one == two


@pytest.fixture(scope="module")
def monkeypatch_module():
    """Chunks small enough that a handful of rows makes several, in several shards."""
    patch = pytest.MonkeyPatch()
    small = chunks.fixed_chunks
    patch.setattr(shards, "fixed_chunks", lambda b, s: small(b, s, max_rows=7, max_bytes=600))
    yield
    patch.undo()


def test_dictionary_columns_do_not_leak_their_order_of_arrival(tmp_path):
    kind = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([("source", kind)])
    whole = pa.record_batch([pa.array(["b", "a", "b"]).dictionary_encode()], schema=schema)
    parts = [
        pa.record_batch([pa.array(values).dictionary_encode()], schema=schema)
        for values in (["b"], ["a", "b"])
    ]
    one = write(iter([whole]), schema, tmp_path / "one", "parquet")
    assert one == write(iter(parts), schema, tmp_path / "two", "parquet")
    assert pq.read_table(tmp_path / "two")["source"].to_pylist() == ["b", "a", "b"]


def test_chunks_close_with_the_row_that_reaches_the_limit():
    schema = pa.schema([("text", pa.large_string())])
    batch = pa.record_batch([pa.array(["x" * 9] * 7, pa.large_string())], schema=schema)
    by_bytes = [c.num_rows for c in chunks.fixed_chunks(iter([batch]), schema, 100, 25)]
    assert by_bytes == [3, 3, 1]  # a row is 9 bytes and 1
    by_rows = [c.num_rows for c in chunks.fixed_chunks(iter([batch] * 2), schema, 4, 10**6)]
    assert by_rows == [4, 4, 4, 2]


def test_row_sizes_count_values_not_buffers():
    batch = pa.record_batch(
        {
            "s": pa.array(["ab", None, "é"]),
            "n": pa.array([1, 2, 3], pa.int32()),
            "l": pa.array([["abc", "d"], None, []], pa.list_(pa.string())),
            "d": pa.array([{"k": "xy"}, {"k": None}, None]),
        }
    )
    assert chunks.row_bytes(batch).tolist() == [1 + 2 + 4 + 4 + 2, 1 + 4, 1 + 2 + 4]
    assert chunks.row_bytes(batch.slice(2)).tolist() == [7]


def test_shards_end_past_their_size_and_keep_every_row(tmp_path, monkeypatch):
    fixed = chunks.fixed_chunks
    monkeypatch.setattr(shards, "fixed_chunks", lambda b, s: fixed(b, s, max_rows=10))
    noise = np.random.default_rng(0).bytes(40_000).hex()
    table = table_of([noise[i * 800 : (i + 1) * 800] for i in range(100)])
    written = write_table(table, tmp_path, "parquet", (33,), shard_bytes=10_000)
    assert len(written) > 3
    assert [w.path for w in written] == [f"part-{i:05d}.parquet" for i in range(len(written))]
    assert all(w.size_bytes >= 10_000 for w in written[:-1])
    assert pa.concat_tables(pq.read_table(tmp_path / w.path) for w in written).equals(table)


@pytest.mark.parametrize("format", FORMATS)
def test_a_failure_midway_leaves_nothing(tmp_path, format):
    def broken():
        yield from batched(table_of(HARD), (3,))
        raise RuntimeError("the store went away")

    with pytest.raises(RuntimeError, match="went away"):
        write(broken(), SCHEMA, tmp_path / "out", format)
    assert [p for p in (tmp_path / "out").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, format, monkeypatch):
    real = shards.HashedFile.write

    def write_little(self, data):
        if self.size_bytes + memoryview(data).nbytes > 300:
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(shards.HashedFile, "write", write_little)
    with pytest.raises(DiskFull, match="full"):
        write_table(table_of(HARD * 20), tmp_path / "out", format)
    assert [p for p in (tmp_path / "out").rglob("*") if p.is_file()] == []


def test_mistakes_are_named(tmp_path):
    table = table_of(HARD)
    with pytest.raises(UnknownName, match="parquet"):
        write_table(table, tmp_path, "parquett")
    write_table(table, tmp_path / "out", "csv")
    with pytest.raises(BadInput, match="earlier"):
        write_table(table, tmp_path / "out", "csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="folder"):
        write_table(table, tmp_path / "file", "csv")
    with pytest.raises(BadInput, match="columns"):
        write(batched(table, (2,)), pa.schema([("other", pa.int64())]), tmp_path / "b", "parquet")
    with pytest.raises(BadInput, match="convert"):
        wrong = pa.schema([(n, pa.int64()) for n in SCHEMA.names])
        write(batched(table, (2,)), wrong, tmp_path / "c", "parquet")


def test_the_file_behaves_as_arrow_and_zstd_expect(tmp_path):
    file = shards.HashedFile(tmp_path / "x")
    assert isinstance(file, shards.HashedFile) and not isinstance(file, io.IOBase)
    file.write(b"ab")
    file.write(memoryview(b"cd"))
    assert (file.tell(), file.sha256) == (4, hashlib.sha256(b"abcd").hexdigest())
    file.close()
    file.close()
    assert (tmp_path / "x").read_bytes() == b"abcd"


def test_what_a_killed_writer_left_is_swept(tmp_path):
    (tmp_path / ".shard-00007.partial").write_bytes(b"half")
    write_table(table_of(HARD), tmp_path, "csv")
    assert [p.name for p in tmp_path.iterdir()] == ["part-00000.csv"]


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
@pytest.mark.parametrize("format", ["parquet", "jsonl.zst", "csv"])
def test_peak_memory_does_not_grow_with_the_export(tmp_path, format):
    """A process of its own writes 40 MB and then 120 MB: the peak may rise by noise, not by the size."""
    import subprocess

    code = (
        "import sys, pathlib, pyarrow as pa, numpy as np\n"
        "from selection.formats.writers import write\n"
        "def peak():\n"
        "    lines = open('/proc/self/status').read().splitlines()\n"
        "    return int(next(x for x in lines if x.startswith('VmHWM')).split()[1]) // 1024\n"
        "schema = pa.schema([('text', pa.large_string())])\n"
        "def rows(n):\n"
        "    rng = np.random.default_rng(0)\n"
        "    batch = pa.record_batch([[rng.bytes(500).hex() for _ in range(1000)]], schema=schema)\n"
        "    for _ in range(n):\n"
        "        yield pa.record_batch([batch.column(0).take(rng.permutation(1000))], schema=schema)\n"
        "out, format = pathlib.Path(sys.argv[1]), sys.argv[2]\n"
        "write(rows(40), schema, out / 'a', format)\n"
        "first = peak()\n"
        "write(rows(120), schema, out / 'b', format)\n"
        "print(peak() - first)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), format],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout) < 40
