"""Demo: a workspace made of the text installed on this machine, with every verb run; what needs least work is ready first.

Killed at any moment, the same command goes on: each verb fills only what is missing.
"""

from __future__ import annotations

import time
from typing import Any

import orjson

from selection.core.progress import Progress, Step, silent
from selection.formats.harvest import harvest
from selection.formats.readers.fields import Fields
from selection.store import files
from selection.store.workspace import Workspace
from selection.workflow import axes, cluster, embed, ingest, score
from selection.workflow import map as map_verb
from selection.workflow.status import status

_MAX_TOKENS = 128  # what the model was trained on; a demo's documents rarely have more


def demo(
    space: Workspace, n_docs: int = 3000, seed: int = 0, progress: Progress = silent
) -> dict[str, Any]:
    """Harvest, ingest, score, axes, embed, first map, clusters, UMAP; returns counts and the seconds each took."""
    corpus = space.path / "uploads" / "demo.jsonl"
    seconds: dict[str, float] = {}

    def timed(name: str, work: Any, *arguments: Any, **options: Any) -> None:
        started = time.monotonic()
        work(*arguments, **options)
        seconds[name] = round(time.monotonic() - started, 2)

    if not corpus.exists():
        timed("harvest", _harvest, corpus, n_docs, seed, progress)
    fields = Fields.build({"text": "text", "id": "id", "source": "source"})
    timed("ingest", ingest.ingest, space, [corpus], fields, progress=progress)
    timed("score", score.score, space, None, progress=progress)
    timed("axes", axes.axes, space, seed=seed, progress=progress)
    timed("embed", embed.embed, space, "minilm", {"max_tokens": _MAX_TOKENS}, progress=progress)
    timed("first map", map_verb.project, space, "pca", seed=seed, progress=progress)
    timed("cluster", cluster.cluster, space, seed=seed, progress=progress)
    timed("map", map_verb.project, space, "umap", seed=seed, progress=progress)
    timed("score with vectors", score.score, space, None, progress=progress)
    facts = status(space)
    return {
        "n_docs": facts.n_docs,
        "n_tokens": facts.n_tokens,
        "n_sources": facts.n_sources,
        "seconds": seconds,
    }


def _harvest(corpus: Any, n_docs: int, seed: int, progress: Progress) -> None:
    with files.whole(corpus) as temporary, temporary.open("wb") as out:
        for number, record in enumerate(harvest(n_docs, seed)):
            out.write(orjson.dumps(record) + b"\n")
            if number % 100 == 0:
                progress(Step("harvest the text on this machine", number, n_docs))
