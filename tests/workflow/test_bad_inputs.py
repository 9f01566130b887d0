"""Files as they come: each is either counted row by row or refused in one sentence, and the good rows are all there."""

import gzip
import json

import pytest

import selection
from selection.core.errors import DamagedPart
from tests.conftest import own_documents

GOOD = [json.dumps(row).encode() for row in own_documents(30)]


def lines(*extra):
    return b"\n".join([*GOOD, *extra]) + b"\n"


READABLE = {  # name -> (bytes, documents, quarantined)
    "bom.jsonl": (b"\xef\xbb\xbf" + lines(), 30, 0),
    "crlf.jsonl": (lines().replace(b"\n", b"\r\n"), 30, 0),
    "blank_lines.jsonl": (lines().replace(b"\n", b"\n\n"), 30, 0),
    "no_last_newline.jsonl": (lines().rstrip(b"\n"), 30, 0),
    "half_a_line.jsonl": (lines(b'{"id": "x", "text": "cut he'), 30, 1),
    "null_text.jsonl": (lines(b'{"id": "x", "text": null}'), 30, 1),
    "number_text.jsonl": (lines(b'{"id": "x", "text": {"a": 1}}'), 30, 1),
    "lone_surrogate.jsonl": (lines(b'{"id": "x", "text": "\\ud800 alone"}'), 30, 1),
    "latin_1.jsonl": (lines('{"id": "x", "text": "caf\xe9"}'.encode("latin-1")), 30, 1),
    "deep.jsonl": (
        lines(b'{"id": "x", "text": "ok", "m": ' + b"[" * 500 + b"]" * 500 + b"}"),
        31,
        0,
    ),
    "array.json": (b"[" + b",".join(GOOD) + b"]", 30, 0),
    "named_wrongly.csv": (lines(), 30, 0),
    "cut.jsonl.gz": (gzip.compress(lines())[:-12], 29, 1),
}
REFUSED = {  # name -> bytes
    "empty.jsonl": b"",
    "noise.bin": bytes(range(256)) * 64,
    "no_text.jsonl": b'{"id": 1, "n": 2}\n{"id": 2, "n": 3}\n',
    "torn.parquet": b"PAR1" + bytes(200),
    "torn.gz": gzip.compress(lines())[:8],
}


@pytest.mark.parametrize("name", READABLE)
def test_good_rows_are_kept_and_bad_ones_counted(tmp_path, name):
    data, n_docs, n_quarantined = READABLE[name]
    (tmp_path / name).write_bytes(data)
    space = selection.create(tmp_path / "space")
    report = selection.ingest(space, [tmp_path / name])
    assert (report.n_docs, report.n_quarantined) == (n_docs, n_quarantined), selection.quarantine(
        space
    )
    assert selection.status(space).n_docs == n_docs


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_a_corpus_is_one_sentence(tmp_path, name):
    (tmp_path / name).write_bytes(REFUSED[name])
    space = selection.create(tmp_path / "space")
    with pytest.raises(selection.WinnowError) as caught:
        selection.ingest(space, [tmp_path / name])
    sentence = str(caught.value)
    assert "\n" not in sentence and 30 < len(sentence) < 400
    assert selection.status(space).n_docs == 0


def test_a_good_file_after_a_refused_one_still_works(tmp_path):
    (tmp_path / "bad.jsonl").write_bytes(REFUSED["no_text.jsonl"])
    (tmp_path / "good.jsonl").write_bytes(lines())
    space = selection.create(tmp_path / "space")
    with pytest.raises(selection.WinnowError):
        selection.ingest(space, [tmp_path / "bad.jsonl"])
    assert selection.ingest(space, [tmp_path / "good.jsonl"]).n_docs == 30


@pytest.mark.parametrize("n_bytes", [0, 5_000])
def test_a_part_that_was_cut_on_disk_is_named_in_one_sentence(space, tmp_path, n_bytes):
    selection.draw(space, [selection.method("random")], "kept", 500)
    part = next(space.documents.glob("part-*.parquet"))
    part.write_bytes(part.read_bytes()[:n_bytes])
    for verb in (
        lambda: selection.score(space, ["length"]),
        lambda: selection.query_rows(space, "SELECT count(*) FROM documents"),
        lambda: selection.export(space, "kept", tmp_path / "out", "csv"),
    ):
        with pytest.raises(DamagedPart, match=r"is damaged .* put it back from a copy"):
            verb()
