"""Random draws of equal tokens beside saved subsets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import selection
from selection.workflow import control


@pytest.fixture
def space(tmp_path: Path) -> selection.Workspace:
    rows = [f'{{"id": "d{i}", "text": "{"word " * (5 + i % 23)}number {i}"}}' for i in range(300)]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    space = selection.create(tmp_path / "space")
    selection.ingest(space, [tmp_path / "rows.jsonl"])
    for name in ("longest", "random"):
        selection.draw(space, [selection.method(name)], name, 900)
    return space


def test_a_control_holds_the_tokens_of_the_subset_it_stands_beside(
    space: selection.Workspace,
) -> None:
    result = control.compare_with_control(space, ["longest"], "longest", 3)
    tokens = [one.n_tokens for one in result.comparison.subsets]
    longest_document = int(selection.tokens(space).max())
    assert result.n_subsets == 1 and len(tokens) == 4
    assert all(tokens[0] - longest_document < drawn <= tokens[0] for drawn in tokens[1:])


def test_the_table_folds_the_seeds_into_mean_and_deviation(space: selection.Workspace) -> None:
    result = control.compare_with_control(space, ["longest", "random"], "longest", 3)
    rows = result.table()
    assert [row["method"] for row in rows] == ["longest", "random", "random", "random"]
    drawn = [one.length.mean_subset for one in result.comparison.subsets[2:]]
    assert rows[2]["mean_tokens"] == pytest.approx(np.mean(drawn))
    assert rows[3]["mean_tokens"] == pytest.approx(np.std(drawn, ddof=1))
    assert rows[2]["distinct_documents"] is None  # there is no embedding
    assert rows[0]["length_ratio"] > rows[2]["length_ratio"] + 2 * rows[3]["length_ratio"]


def test_overlap_with_chance_is_near_chance_and_keeps_the_own_pairs(
    space: selection.Workspace,
) -> None:
    plain = control.compare_with_control(space, ["longest", "random"])
    result = control.compare_with_control(space, ["longest", "random"], "random", 5)
    names, share, lift = result.overlap("documents")
    assert names == ["longest", "random", "random"]
    assert share[:2, :2] == pytest.approx(plain.overlap("documents")[1])
    assert 0.5 < lift[2, 0] < 1.6 and np.isfinite(lift[2, 2])
    seeds = result.comparison.overlap.documents.lift[0, 2:]
    assert lift[0, 2] == pytest.approx(seeds.mean())
