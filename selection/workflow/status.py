"""Status: what a workspace holds and how far each verb has come; every page begins with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from selection.core.provenance import Noun, Run
from selection.store import columns, documents, runs, subsets, views
from selection.store.workspace import Workspace


@dataclass(frozen=True)
class Status:
    """Counts are exact. A noun is `ready` when every document has it."""

    name: str
    n_docs: int
    n_tokens: int
    n_sources: int
    n_quarantined: int
    tokenizer: str
    signals: tuple[str, ...]  # names that every document has
    incomplete: tuple[str, ...]  # signals that some documents lack
    embedding: Run | None
    clusters: Run | None
    map: Run | None
    axes: Run | None
    ready: dict[str, bool] = field(default_factory=dict)
    subsets: tuple[str, ...] = ()


def status(space: Workspace) -> Status:
    """Read from the files as they are now."""
    n_docs = documents.n_documents(space)
    nouns: tuple[Noun, ...] = ("embedding", "clusters", "map", "axes")
    current = {noun: runs.current(space, noun) for noun in nouns}
    known = views.signal_columns(space)
    complete = {name for name, (run, _) in known.items() if run.n_docs == n_docs}
    _, _, n_tokens = columns.identity(space)
    return Status(
        name=space.name,
        n_docs=n_docs,
        n_tokens=int(n_tokens.sum()),
        n_sources=len(columns.source(space).names),
        n_quarantined=documents.n_quarantined(space),
        tokenizer=space.facts().get("tokenizer", {}).get("name", ""),
        signals=tuple(name for name in known if name in complete),
        incomplete=tuple(name for name in known if name not in complete),
        embedding=current["embedding"],
        clusters=current["clusters"],
        map=current["map"],
        axes=current["axes"],
        ready={noun: run is not None and run.n_docs == n_docs for noun, run in current.items()},
        subsets=tuple(facts["name"] for facts in subsets.list_subsets(space)),
    )
