"""Fixtures of the tests of verbs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.judging import RUBRIC


@pytest.fixture
def rubric(tmp_path: Path) -> str:
    """A rubric in a file of its own."""
    path = tmp_path / "two.toml"
    path.write_text(RUBRIC)
    return str(path)
