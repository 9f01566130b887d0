"""What a map can be coloured by: cluster, source, what a subset keeps, duplicates, contamination, any signal or axis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

import selection
from pages.widgets import map_labels, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.documents import Categories

N_COLOURS = 12
_SUBSET, _REPEATED, _HELD = "subset: ", "duplicates: ", "contaminated: "
_DUPLICATES = {"near": "Near-duplicates", "exact": "Exact duplicates"}
_PASSES = 3  # of decontamination, the newest


@dataclass(frozen=True)
class Colouring:
    """What the colours mean: either `categories`, or `values` (n_docs,) with NaN where a document is not rated."""

    title: str
    categories: Categories | None = None
    values: np.ndarray | None = None
    colour_of: np.ndarray | None = None  # (n_categories,) palette indices
    definition: str = ""
    unlabelled: str = "none"  # what no category means
    kept: np.ndarray | None = None  # (n_docs,) bool, where the colours are those of a subset


def options(space: Workspace) -> dict[str, str]:
    """Id -> title of everything there is to colour by, categories first."""
    there = workspace.status(space)
    found = {"cluster": "Cluster"} if there.ready.get("clusters") else {}
    found["source"] = "Source"
    for facts in selection.list_subsets(space):
        found[f"{_SUBSET}{facts['name']}"] = f"Kept by {facts['name']}"
    for kind, title in _DUPLICATES.items():
        if f"{kind}_duplicate_cluster" in there.signals:
            found[f"{_REPEATED}{kind}"] = title
    for run in selection.list_contamination(space)[:_PASSES]:
        found[f"{_HELD}{run.key[:8]}"] = f"Contaminated, pass {run.key[:8]}"
    if there.ready.get("axes") and there.axes is not None:
        found |= {c["name"]: c.get("title", c["name"]) for c in there.axes.columns}
    for name in (*selection.signal_names(space, "category"), *selection.signal_names(space)):
        found.setdefault(name, selection.signal_facts(space, name).get("title") or name)
    return found


def of(space: Workspace, name: str) -> Colouring:
    """The colouring with this id; clusters that lie close on the map get colours that differ."""
    return _of(space, name, workspace.signature(space))


@lru_cache(maxsize=8)
def _of(space: Workspace, name: str, _signature: tuple) -> Colouring:
    title = options(space)[name]
    if name == "cluster":
        labels = selection.clusters(space)
        n_groups = len(labels.names)
        places = map_labels.medians(selection.points(space), labels.codes, n_groups)
        sizes = np.bincount(labels.codes[labels.codes >= 0], minlength=n_groups)
        return Colouring(title, labels, colour_of=map_labels.colours(places, sizes, N_COLOURS))
    if name.startswith(_SUBSET):
        labels = selection.subset_labels(space, name.removeprefix(_SUBSET))
        return Colouring(title, labels, unlabelled="left out", kept=labels.codes >= 0)
    if name.startswith(_REPEATED):
        labels = selection.duplicate_labels(space, name.removeprefix(_REPEATED))
        return Colouring(title, labels, unlabelled="no duplicate")
    if name.startswith(_HELD):
        passes = {run.key[:8]: run.key for run in selection.list_contamination(space)}
        labels = selection.contamination_labels(space, passes[name.removeprefix(_HELD)])
        return Colouring(title, labels, unlabelled="clean")
    if name == "source":
        return Colouring(title, selection.sources(space))
    if name.startswith("axis_"):
        axes = workspace.status(space).axes
        columns = axes.columns if axes is not None else []
        place = next((i for i, c in enumerate(columns) if c["name"] == name), None)
        if place is not None:
            scores = selection.axis_scores(space)[:, place]
            return Colouring(title, values=scores, definition=columns[place]["definition"])
    facts = selection.signal_facts(space, name)
    if facts.get("kind") == "category":
        labels = selection.signal_labels(space, name)
        return Colouring(title, labels, definition=facts.get("definition", ""))
    values = selection.signal_values(space, name)
    return Colouring(title, values=values, definition=facts.get("definition", ""))
