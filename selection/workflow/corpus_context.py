"""What a leaf that learns from the corpus is handed: a sample, the corpus part by part, targets, what hangs together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from selection.core.documents import Documents
from selection.core.method import Needs
from selection.core.progress import Progress, Step, silent
from selection.core.targets import Target
from selection.store import documents, targets
from selection.store.workspace import Workspace
from selection.workflow import load
from selection.workflow.components import components
from selection.workflow.vectors_of import vectors_of


@dataclass(frozen=True)
class CorpusContext:
    """The `Context` of one workspace; `label` names what is being learnt, for progress.

    `band_key` is that of `components`; a context without one cannot find them. `samples` are those read so far, shared by
    leaves that learn one after the other: the same sample is read, and measured, once.
    """

    space: Workspace
    label: str = ""
    progress: Progress = silent
    band_key: str = ""
    samples: dict[tuple[int, Needs], Documents] = field(default_factory=dict)

    def sample(self, n_docs: int, needs: Needs) -> Documents:
        """At most `n_docs` documents, by a hash of their uid."""
        key = (n_docs, needs)
        if key not in self.samples:
            self.samples[key] = load.sample(self.space, n_docs, needs)
        return self.samples[key]

    def stream(self, needs: Needs) -> Iterator[Documents]:
        """The whole corpus, one part at a time."""
        done, total = 0, documents.n_documents(self.space)
        for docs in load.stream(self.space, needs):
            yield docs
            done += len(docs)
            self.progress(Step(self.label, done, total))

    def targets(self, keys: Sequence[str]) -> tuple[Target, ...]:
        """Target sets by key, in this order."""
        return tuple(targets.read(self.space, key) for key in keys)

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """(n_texts, dim) by the model of the current embedding."""
        return vectors_of(self.space, load.embedding_run(self.space), texts)

    def components(self, keys: Callable[[Documents], np.ndarray], needs: Needs) -> np.ndarray:
        """Smallest doc_id of each document's component, where documents that share a key are joined. (n_docs,)"""
        assert self.band_key, "a leaf whose documents hang together needs a key for its bands"
        return components(self.space, self.band_key, keys, needs, self.progress)
