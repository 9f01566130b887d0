"""Ingest: nothing is lost, nothing is doubled, and a kill costs at most one part."""

import json
import os
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import selection
from selection.core.errors import BadInput, BadSetting, MissingDocuments
from selection.store import documents
from tests.conftest import own_documents, write_jsonl


def table(space, columns):
    return documents.read_columns(space, columns).to_pylist()


def test_doc_id_is_dense_and_in_order_of_ingestion(space):
    rows = table(space, ["doc_id", "uid", "row"])
    assert [row["doc_id"] for row in rows] == list(range(300))
    assert [row["uid"] for row in rows] == [f"own/{i:05d}" for i in range(300)]
    assert [row["row"] for row in rows] == list(range(300))


def test_the_same_bytes_again_are_a_no_op(space, corpus_file):
    before = sorted(p.name for p in space.documents.iterdir())
    report = selection.ingest(space, [corpus_file])
    assert (report.n_docs, report.unchanged) == (0, ["corpus"])
    assert sorted(p.name for p in space.documents.iterdir()) == before


def test_another_file_appends(space, tmp_path):
    more = [{**row, "id": f"more/{i}"} for i, row in enumerate(own_documents(20, seed=5))]
    assert selection.ingest(space, [write_jsonl(tmp_path / "more.jsonl", more)]).n_docs == 20
    assert [row["doc_id"] for row in table(space, ["doc_id"])][-1] == 319


def test_an_id_given_twice_goes_to_quarantine_with_its_text(tmp_path):
    rows = [
        {"id": "a", "text": "first"},
        {"id": "b", "text": "second"},
        {"id": "a", "text": "third"},
    ]
    space = selection.create(tmp_path / "twice")
    report = selection.ingest(space, [write_jsonl(tmp_path / "twice.jsonl", rows)])
    assert (report.n_docs, report.reasons) == (2, {"duplicate id": 1})
    _, quarantined = selection.quarantine(space)
    assert quarantined[0]["row"] == 2 and "third" in quarantined[0]["raw"]


def test_equal_texts_without_ids_are_all_kept_under_numbered_hashes(tmp_path):
    space = selection.create(tmp_path / "same")
    selection.ingest(
        space, [write_jsonl(tmp_path / "same.jsonl", [{"text": "one and the same"}] * 3)]
    )
    uids = [row["uid"] for row in table(space, ["uid"])]
    assert uids[1] == f"{uids[0]}-2" and uids[2] == f"{uids[0]}-3"


def test_every_row_is_a_document_or_in_quarantine(tmp_path):
    good = [json.dumps(row).encode() for row in own_documents(40)]
    bad = [b"{broken", b'{"id": 1}', b'{"text": "  "}', b'{"text": "\xff\xfe"}', b"[1, 2]"]
    lines = good[:20] + bad + good[20:]
    (tmp_path / "mixed.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    space = selection.create(tmp_path / "mixed")
    report = selection.ingest(space, [tmp_path / "mixed.jsonl"])
    assert (report.n_docs, report.n_quarantined) == (40, 5)
    counts, rows = selection.quarantine(space)
    assert sum(count["n_rows"] for count in counts) == 5
    assert [row["row"] for row in rows] == [20, 21, 22, 23, 24]
    assert rows[0]["raw"] == "{broken"


def test_only_bad_rows_is_one_sentence_and_they_can_still_be_looked_at(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"text": ""}\n{"text": " "}\n')
    space = selection.create(tmp_path / "bad")
    with pytest.raises(
        MissingDocuments, match=r"all 2 rows were quarantined \(2 × text is empty\)"
    ):
        selection.ingest(space, [tmp_path / "bad.jsonl"])
    assert selection.quarantine(space)[0] == [{"reason": "text is empty", "n_rows": 2}]


def test_a_wrong_field_leaves_nothing_behind(tmp_path, corpus_file):
    space = selection.create(tmp_path / "wrong")
    with pytest.raises((BadInput, selection.WinnowError), match="txet"):
        selection.ingest(space, [corpus_file], selection.Fields(text="txet"))
    assert selection.status(space).n_docs == 0


def test_a_second_tokenizer_is_refused(space, tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers

    other = Tokenizer(models.WordLevel({"river": 0, "[UNK]": 1}, unk_token="[UNK]"))
    other.pre_tokenizer = pre_tokenizers.Whitespace()
    other.save(str(tmp_path / "tokenizer.json"))
    file = write_jsonl(tmp_path / "more.jsonl", [{"id": "z", "text": "river stone"}])
    with pytest.raises(BadSetting, match="one tokenizer"):
        selection.ingest(space, [file], tokenizer=tmp_path / "tokenizer.json")
    fresh = selection.create(tmp_path / "fresh")
    selection.ingest(fresh, [file], tokenizer=tmp_path / "tokenizer.json")
    assert table(fresh, ["n_tokens"]) == [{"n_tokens": 2}]


def test_killed_in_the_middle_it_goes_on_and_loses_nothing(tmp_path):
    rows = own_documents(12_000)
    file = write_jsonl(tmp_path / "large.jsonl", rows)
    place = tmp_path / "killed"
    command = [sys.executable, "-m", "selection", "ingest", str(place), str(file)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if (place / "documents").is_dir() and any(
            p.name.startswith("part-") for p in (place / "documents").iterdir()
        ):
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.005)
    process.wait()
    assert process.returncode == -signal.SIGKILL, "the ingest was over before it could be killed"
    space = selection.open_workspace(place)
    kept = documents.list_parts(space)
    assert kept and documents.n_documents(space) < len(rows)
    stamps = [part.path.stat().st_mtime_ns for part in kept]
    selection.ingest(space, [file])
    assert [row["uid"] for row in table(space, ["uid"])] == [row["id"] for row in rows]
    assert [part.path.stat().st_mtime_ns for part in kept] == stamps, (
        "finished parts were written again"
    )


def test_parts_stay_within_their_bounds(tmp_path):
    long = pa.table({"id": [str(i) for i in range(40)], "text": ["river stone " * 60_000] * 40})
    pq.write_table(long, tmp_path / "long.parquet")
    space = selection.create(tmp_path / "long")
    selection.ingest(space, [tmp_path / "long.parquet"])
    sizes = [documents.read_part(part, ["text"]).nbytes for part in documents.list_parts(space)]
    assert len(sizes) > 1 and max(sizes) <= documents.MAX_BYTES + 10_000


def test_a_file_whose_ids_are_all_taken_adds_nothing_and_says_so(space, corpus_file, tmp_path):
    rows = [json.loads(line) for line in corpus_file.read_text().splitlines()]
    again = write_jsonl(tmp_path / "again.jsonl", [{**row, "note": 1} for row in rows])
    report = selection.ingest(space, [again])
    assert (report.n_docs, report.n_quarantined) == (0, 300)
