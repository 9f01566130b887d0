"""Files are whole or absent, whatever happens while they are written."""

import errno

import pytest

from selection.core.errors import DiskFull
from selection.store import files


def test_a_failed_write_leaves_the_old_file_and_no_temporary_one(tmp_path):
    path = tmp_path / "facts.json"
    files.write_json(path, {"n": 1})
    with pytest.raises(RuntimeError), files.whole(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert files.read_json(path) == {"n": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["facts.json"]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    with (
        pytest.raises(DiskFull, match="must have room for part.parquet"),
        files.whole(tmp_path / "part.parquet"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []
