"""Workspaces: made, opened, refused, renamed, deleted."""

import json

import pytest

import selection
from selection.core.errors import BadSetting, UnknownName, WinnowError, WrongWorkspaceVersion


def test_opening_another_format_names_both_versions_and_the_way_out(tmp_path):
    space = selection.create(tmp_path / "old")
    facts = json.loads((space.path / "winnow.json").read_text())
    (space.path / "winnow.json").write_text(json.dumps({**facts, "format": 99}))
    with pytest.raises(
        WrongWorkspaceVersion, match=r"format 1, and .* has format 99; open it with the version"
    ):
        selection.open_workspace(space.path)


def test_a_folder_with_other_files_is_never_taken_over(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(WrongWorkspaceVersion, match="holds other files"):
        selection.create(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "precious"


def test_a_missing_workspace_says_how_to_make_one(tmp_path):
    with pytest.raises(UnknownName, match="make one with `ingest` or `demo`"):
        selection.open_workspace(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["../up", "", "a/b", ".hidden", "x" * 65])
def test_names_that_are_no_plain_folder_names_are_refused(space, name):
    with pytest.raises(BadSetting, match="name is 1 to 64"):
        selection.rename_workspace(space, name)


def test_rename_keeps_everything_and_delete_frees_it(space):
    renamed = selection.rename_workspace(space, "better")
    assert selection.status(renamed).n_docs == 300
    assert selection.delete_workspace(renamed) > 10_000
    assert not renamed.path.exists()


def test_rename_onto_another_workspace_is_refused(space, tmp_path):
    selection.create(tmp_path / "other")
    with pytest.raises(WinnowError, match="must be free"):
        selection.rename_workspace(space, "other")
