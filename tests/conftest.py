"""What several test files share: a small corpus of our own, and the real one where it lies beside the repository."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

import selection

settings.register_profile(  # whichever test comes first, it compiles, and the machine may be busy
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")
DATASETS = Path(__file__).parents[1] / "../shared/datasets"
WORDS = (
    "river stone theory market engine measure simple garden signal vector compute reason because "
    "therefore history water energy teacher student model sample budget cluster window paper method "
    "result number light field"
).split()


def own_documents(n_docs: int, seed: int = 0) -> list[dict]:
    """Documents of mixed length, source and quality, made here."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(n_docs):
        n_words = int(rng.integers(5, 200))
        words = rng.choice(WORDS, n_words)
        text = ""
        for place in range(0, n_words, 12):
            text += " ".join(words[place : place + 12]).capitalize() + ". "
            text += "\n" if rng.random() < 0.3 else ""
        if number % 11 == 0:
            text = "Click here to subscribe! $$$ " * int(rng.integers(2, 30))
        rows.append(
            {
                "id": f"own/{number:05d}",
                "text": text,
                "source": ("prose", "notes", "web")[number % 3],
            }
        )
    return rows


def write_jsonl(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def corpus_file(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "corpus.jsonl", own_documents(300))


@pytest.fixture
def space(tmp_path: Path, corpus_file: Path) -> selection.Workspace:
    """A workspace of 300 documents, ingested only."""
    made = selection.create(tmp_path / "space")
    selection.ingest(made, [corpus_file])
    return made


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> selection.Workspace:
    """A workspace with signals, attached vectors, clusters, a PCA map and axes; tests must not change it."""
    folder = tmp_path_factory.mktemp("scored")
    made = selection.create(folder / "scored")
    rows = own_documents(400)
    selection.ingest(made, [write_jsonl(folder / "corpus.jsonl", rows)])
    centres = np.random.default_rng(1).normal(size=(4, 16))
    vectors = centres[np.arange(400) % 4] + np.random.default_rng(2).normal(size=(400, 16)) * 0.3
    np.save(folder / "vectors.npy", vectors.astype(np.float32))
    selection.attach(made, folder / "vectors.npy", "embedding")
    selection.cluster(made, settings={"n_clusters": 4})
    selection.map(made, "pca")
    selection.score(made)
    selection.axes(made)
    return made


@pytest.fixture(scope="session")
def mix_small() -> Path:
    path = DATASETS / "mix_small.parquet"
    if not path.exists():
        pytest.skip("the shared data sets are not beside the repository")
    return path
