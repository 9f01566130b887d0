"""What both kinds of duplicates say of a document: its cluster, how large that is, and its place there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from selection.core.documents import Documents, State
from selection.core.method import Needs
from selection.core.signal import Columns, Context


def found(context: Context, keys: Callable[[Documents], np.ndarray], needs: Needs) -> State:
    """Cluster, size and rank of every document of the corpus, linked where a key is equal. (n_docs,) int64 each"""
    from selection.primitives.union_find import sizes_and_places

    cluster = context.components(keys, needs)
    size, rank = sizes_and_places(cluster)
    return {"cluster": cluster, "size": size, "rank": rank}


def columns(kind: str, docs: Documents, state: State) -> Columns:
    """Those of some documents, named after the kind of duplicate."""
    return {f"{kind}_{name}": state[name][docs.doc_id].astype(np.float64) for name in state}
