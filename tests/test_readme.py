"""The README is true: its commands run, its table is the catalogue, its Python is the facade."""

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import selection
from selection.workflow.catalogue import methods_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_table_of_methods_is_the_catalogue():
    shown = README.split("-->\n", 1)[1].split("<!-- /methods -->")[0].strip()
    assert shown == methods_table()


def test_the_two_commands_name_files_that_exist():
    run, test, *_ = blocks("sh")
    assert run.strip() == "pip install -r requirements.txt && streamlit run app.py"
    assert test.strip() == "pip install -r requirements.txt && pytest"
    assert (ROOT / "requirements.txt").exists() and (ROOT / "app.py").exists()


def test_every_requirement_is_pinned():
    lines = [
        line
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line and line[0] != "#"
    ]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.]*", line) for line in lines)
    assert "torch==2.13.0" in lines


def test_the_shell_block_runs_as_it_stands(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "samples").symlink_to(ROOT / "data" / "samples")
    (tmp_path / "selection").symlink_to(ROOT / "selection")
    commands = blocks("sh")[2].strip().splitlines()
    assert [shlex.split(command)[3] for command in commands][:2] == ["ingest", "score"]
    for command in commands:
        words = shlex.split(command)
        assert words[:3] == ["python", "-m", "selection"]
        done = subprocess.run(
            [sys.executable, *words[1:]], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    first, again = (tmp_path / "exports" / name / "manifest.json" for name in ("best", "again"))
    assert first.read_bytes() == again.read_bytes()


def test_the_python_block_uses_names_of_the_facade():
    used = {
        node.attr
        for node in ast.walk(ast.parse(blocks("python")[0]))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "selection"
    }
    assert used and all(hasattr(selection, name) for name in used)


def test_every_picture_and_file_it_names_exists():
    for path in re.findall(r"\]\(((?!http)[^)#]+)\)", README):
        assert (ROOT / path).exists(), path


def test_every_verb_of_the_shell_is_one_of_the_documented_nouns_and_has_help():
    from selection.__main__ import _VERBS

    for name, verb in _VERBS.items():
        assert verb.__doc__ and verb.__doc__.strip().endswith("."), name


def test_nothing_of_the_facade_is_a_dead_name():
    for name in selection.__all__:
        assert getattr(selection, name) is not None
