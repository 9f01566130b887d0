"""Components: documents that share a key hang together; found band by band, so that the corpus may exceed memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from selection.core.documents import Documents
from selection.core.method import Needs
from selection.core.progress import Progress, Step
from selection.store import bands, documents
from selection.store.documents import Part
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.ahead import spread


def components(
    space: Workspace,
    band_key: str,
    keys: Callable[[Documents], np.ndarray],
    needs: Needs,
    progress: Progress,
) -> np.ndarray:
    """As `Context.components` says; 4 bytes a document, and what the sort of one band may take.

    `band_key` names all that the keys depend on besides the rows: parts that are there under it are not made again.
    """
    from selection.primitives.union_find import UnionFind

    n_docs = documents.n_documents(space)
    _fill(space, band_key, keys, needs, progress)
    joined, n_bands = UnionFind(n_docs), bands.n_bands(space, band_key)
    with bands.sorter(space, band_key) as sorted_band:
        for band in range(n_bands):
            progress(Step("group documents with equal keys", band, n_bands, "bands"))
            last_key, last_doc = np.zeros(0, np.uint64), np.zeros(0, np.int64)
            for found, doc_ids in sorted_band(band):
                joined.join_equal(np.r_[last_key, found], np.r_[last_doc, doc_ids])
                last_key, last_doc = found[-1:], doc_ids[-1:]
    return joined.labels()


def _fill(
    space: Workspace,
    band_key: str,
    keys: Callable[[Documents], np.ndarray],
    needs: Needs,
    progress: Progress,
) -> None:
    lacking, total = bands.missing_parts(space, band_key), documents.n_documents(space)
    done = total - sum(part.n_docs for part in lacking)

    def fill(each: tuple[Part, Documents]) -> int:
        part, docs = each
        bands.write_part(space, band_key, part, keys(docs))
        return part.n_docs

    read = zip(lacking, load.stream(space, needs, lacking), strict=True)
    for n_docs in spread(fill, read, len(lacking)):
        done += n_docs
        progress(Step("hash documents", done, total))
