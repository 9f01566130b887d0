"""Duplicates from file to draw: planted pairs, growth, a killed run, larger than memory, recipes."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest

import selection
from selection.core.progress import Step
from selection.store import bands, runs
from tests.conftest import DATASETS, own_documents, write_jsonl


def space_of(tmp_path, rows, name="space"):
    made = selection.create(tmp_path / name)
    selection.ingest(made, [write_jsonl(tmp_path / f"{name}.jsonl", rows)])
    return made


def planted(n_docs=60):
    """Different documents, then copies: of 3 with other bytes, of 5 unchanged, of 5 again."""
    rng = np.random.default_rng(1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    word = lambda: "".join(rng.choice(letters, 6))  # noqa: E731
    texts = [" ".join(word() for _ in range(80)) for _ in range(n_docs)]
    texts += [texts[3].upper().replace(" ", "  ", 3), texts[5], texts[5]]
    return [{"id": f"d{i}", "text": text, "source": "own"} for i, text in enumerate(texts)]


@pytest.mark.parametrize("size", [100, 1000])
def test_recall_and_precision_on_planted_pairs_are_1(tmp_path, mix_small, size):
    folder = DATASETS / "dedup"
    lines = (folder / f"articles_{size}.train").read_text().splitlines()
    rows = [dict(zip(("id", "text"), line.split(" ", 1), strict=True)) for line in lines]
    space = space_of(tmp_path, rows)
    selection.score(space, ["near_duplicates"])
    cluster = selection.signal_values(space, "near_duplicate_cluster")
    found = set()
    for number in np.unique(cluster):
        names = [rows[d]["id"] for d in np.flatnonzero(cluster == number)]
        found |= {frozenset(pair) for pair in combinations(names, 2)}
    truth = (folder / f"articles_{size}.truth").read_text().splitlines()
    assert len(truth) == {100: 5, 1000: 10}[size]
    assert found == {frozenset(line.split()) for line in truth}


def test_clusters_sizes_and_ranks_of_copies(tmp_path):
    space = space_of(tmp_path, planted())
    selection.score(space, ["near_duplicates", "exact_duplicates"])
    values = {name: selection.signal_values(space, name) for name in selection.signal_names(space)}
    assert values["near_duplicate_cluster"][60:].tolist() == [3, 5, 5]
    assert values["near_duplicate_size"][[3, 5, 60, 61, 62, 7]].tolist() == [2, 3, 2, 3, 3, 1]
    assert values["near_duplicate_rank"][[3, 5, 60, 61, 62]].tolist() == [1, 1, 2, 2, 3]
    assert values["exact_duplicate_cluster"][60:].tolist() == [60, 5, 5]
    selection.score(space, ["exact_duplicates"], {"compare": "text"})
    assert selection.signal_values(space, "exact_duplicate_cluster")[60:].tolist() == [3, 5, 5]


def test_new_documents_are_hashed_alone_and_all_are_grouped_again(tmp_path):
    rows = planted()
    space = space_of(tmp_path, rows[:-1])
    (before,) = selection.score(space, ["near_duplicates"])
    stamps = {path: path.stat().st_mtime_ns for path in space.bands.rglob("*.parquet")}
    selection.ingest(space, [write_jsonl(tmp_path / "late.jsonl", [{**rows[-1], "id": "late"}])])
    assert "near_duplicate_size" in selection.status(space).incomplete
    (after,) = selection.score(space, ["near_duplicates"])
    assert after.key != before.key and runs.covers(space, after)
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert len(list(space.bands.rglob("*.parquet"))) == len(stamps) + 1
    assert selection.signal_values(space, "near_duplicate_size")[[5, 60, 61]].tolist() == [3, 2, 3]
    assert "near_duplicate_size" in selection.status(space).signals
    selection.reclaim(space)
    assert runs.find(space, before.key) is None and runs.find(space, after.key) is not None


@pytest.mark.parametrize("label", ["hash documents", "group documents with equal keys", "score"])
def test_a_run_killed_at_any_step_goes_on_without_hashing_again(tmp_path, label):
    space = space_of(tmp_path, own_documents(9000))

    def kill(step: Step) -> None:
        if step.label.startswith(label) and step.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        selection.score(space, ["near_duplicates"], progress=kill)
    stamps = {path: path.stat().st_mtime_ns for path in space.bands.rglob("*.parquet")}
    assert stamps and not list(space.bands.rglob(".tmp*")) and not list(space.bands.glob("spill*"))
    (run,) = selection.score(space, ["near_duplicates"])
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    again = space_of(tmp_path, own_documents(9000), "again")
    selection.score(again, ["near_duplicates"])
    for column in run.columns:
        values = [selection.signal_values(s, column["name"]) for s in (space, again)]
        np.testing.assert_array_equal(*values)
    assert selection.signal_values(space, "near_duplicate_size").max() > 1


def test_a_band_larger_than_its_memory_is_sorted_on_the_disk(space, monkeypatch):
    rng = np.random.default_rng(0)
    keys = rng.integers(1, 2**63, (3_000_000, 1)).astype(np.uint64)
    keys[::7] = 0
    (part,) = bands.missing_parts(space, "few")
    bands.write_part(space, "few", type(part)(0, 0, len(keys), part.path), keys)
    spilled = []
    with bands.sorter(space, "few", "40MB") as sorted_band:
        pieces = []
        for piece in sorted_band(0):
            spilled += list(space.bands.glob("spill-*/*"))
            pieces.append(piece)
    found, doc_ids = (np.concatenate(column) for column in zip(*pieces, strict=True))
    assert spilled and not list(space.bands.glob("spill-*"))
    held = np.flatnonzero(keys[:, 0])
    np.testing.assert_array_equal(found, np.sort(keys[held, 0]))
    np.testing.assert_array_equal(np.sort(doc_ids), held)
    np.testing.assert_array_equal(keys[doc_ids, 0], found)


def test_what_keys_are_kept_for_is_reclaimed_when_nobody_uses_it(space):
    import os
    import time

    selection.score(space, ["exact_duplicates"])
    assert selection.reclaim(space)["bands"] == 0
    for folder in space.bands.iterdir():
        os.utime(folder, (time.time() - 7200,) * 2)
    assert selection.reclaim(space)["bands"] > 0 and not list(space.bands.iterdir())
    selection.score(space, ["exact_duplicates"])


def test_a_recipe_with_duplicates_is_applied_by_finding_them_again(tmp_path):
    space = space_of(tmp_path, planted())
    selection.score(space, ["near_duplicates", "length"])
    rule = selection.method("rule_filter", {"rules": "near_duplicate_rank <= 1"})
    tokens = int(selection.tokens(space)[:60].sum())
    drawn = selection.draw(space, [rule], "first", tokens)
    assert drawn["n_docs"] == 60
    selection.export(space, "first", tmp_path / "out", "parquet")
    recipe = json.loads((tmp_path / "out" / "recipe.json").read_text())
    assert recipe["signals"]["near_duplicate_rank"]["artefact"] is None
    report = selection.apply(tmp_path / "out", [tmp_path / "space.jsonl"], tmp_path / "again")
    assert report["same_input"] and report["differing_docs"] == 0
    one, other = (next((tmp_path / name).glob("*.parquet")) for name in ("out", "again"))
    assert one.read_bytes() == other.read_bytes()
    doubled = [*planted(), {**planted()[7], "id": "new"}]
    write_jsonl(tmp_path / "other.jsonl", doubled)
    report = selection.apply(tmp_path / "out", [tmp_path / "other.jsonl"], tmp_path / "third")
    assert report["n_docs"] == 60
