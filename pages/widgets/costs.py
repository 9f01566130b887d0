"""What a verb will cost: from this workspace's own runs where there are any, else from measured rates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selection.core.provenance import Run

# Seconds per document on 2 CPU cores, documents of about 400 tokens; and what a start takes.
_PER_DOC = {"signals": 0.004, "embedding": 0.025, "clusters": 0.0015, "map": 0.006, "axes": 0.0002}
_START = {"signals": 5.0, "embedding": 6.0, "clusters": 4.0, "map": 15.0, "axes": 2.0}


def estimate_s(noun: str, n_docs: int, past: Iterable[Run | None] = ()) -> tuple[float, bool]:
    """Seconds for `n_docs` documents, and whether that is measured here rather than assumed."""
    known = [r for r in past if r is not None and r.noun == noun and r.n_docs and r.elapsed_s > 0]
    if known:
        rate = sum(r.elapsed_s for r in known) / sum(r.n_docs for r in known)
        return rate * n_docs, True
    return _START.get(noun, 5.0) + _PER_DOC.get(noun, 0.005) * n_docs, False
