"""Domain: the field of use a document belongs to, by its embedding against named domains.

    similarity[d, k] = cosine of the document's vector and the mean vector of the sentences that describe domain k
    domain[d]        = argmax over k, or `other` where the highest similarity lies below `least`
    confidence[d]    = softmax over k of similarity[d, k] / temperature, at its highest

The domains are fifteen of DataMan (Peng et al. 2025, arXiv:2502.19363), in our own words (`domains.toml`); a file of your own
takes their place. The sentences are embedded by the model that made the corpus' vectors, so any embedding will do but one
attached from a file. Nothing is learnt from labels: DataMan's model is a language model fine-tuned on GPT-4 answers, which
this is not. `python -m tests.benchmarks quality` says how it does on sources whose domain is known.

Cost: one product of n_docs x dim x n_domains.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from selection.core.documents import Documents, State
from selection.core.errors import BadInput
from selection.core.method import Needs
from selection.core.settings import Settings
from selection.core.signal import Column, Columns, Context, Signal

_OURS = Path(__file__).with_name("domains.toml")
_SOURCE = "domains of DataMan, arXiv:2502.19363, by embedding"


class Named(Settings):
    """One domain."""

    name: str = Field(min_length=1, max_length=60, description="What documents of it are called.")
    sentences: tuple[str, ...] = Field(min_length=1, description="What such documents say.")


class Domains(Settings):
    """A list of domains as its file says it."""

    other: str = Field("Other", min_length=1, description="The name of what is like none of them.")
    domains: tuple[Named, ...] = Field(min_length=2, description="The domains.")


class Domain(Signal):
    title: ClassVar[str] = "Domain"
    needs: ClassVar[Needs] = Needs(embedding=True, embedder=True)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "domain",
            "Domain",
            "the named domain whose describing sentences its embedding is most like",
            source=_SOURCE,
            kind="category",
        ),
        Column(
            "domain_confidence",
            "Confidence of the domain",
            "softmax over the domains of similarity / temperature, at its highest",
            "share",
            0,
            _SOURCE,
        ),
    )

    domains: str = Field(
        "",
        description="A .toml file with your own domains, as selection/signals/embedding/domains.toml; empty: that one.",
    )
    least: float = Field(
        0.05,
        ge=-1,
        le=1,
        description="Documents less similar than this to every domain go to `other`.",
    )
    temperature: float = Field(
        0.05, gt=0, le=10, description="Of the confidence: lower makes it more extreme."
    )

    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(self._read().model_dump()).encode()).hexdigest()

    def prepare(self, context: Context) -> State:
        """Embed the sentences; their mean vectors go with the run."""
        listed = self._read()
        flat = [sentence for domain in listed.domains for sentence in domain.sentences]
        vectors = np.asarray(context.vectors(flat), np.float64)
        owner = np.repeat(
            np.arange(len(listed.domains)), [len(d.sentences) for d in listed.domains]
        )
        means = np.stack([vectors[owner == k].mean(axis=0) for k in range(len(listed.domains))])
        lengths = np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
        names = [*(domain.name for domain in listed.domains), listed.other]
        return {"means": means / lengths, "names": np.array(names, str)}

    def facts(self, state: State) -> dict[str, Any]:
        """The domains."""
        return {"learnt": [{"domain": str(name)} for name in state["names"]]}

    def score(self, docs: Documents, state: State) -> Columns:
        """Similarities to every domain."""
        assert docs.embedding is not None  # the workflow has read what `needs` says
        similar = np.asarray(docs.embedding, np.float64) @ state["means"].T  # (n_docs, n_domains)
        highest = similar.max(axis=1, initial=-np.inf)
        likeliest = np.where(highest < self.least, len(state["means"]), similar.argmax(axis=1))
        shares = np.exp((similar - highest[:, None]) / self.temperature)
        names = state["names"].astype(object)
        return {"domain": names[likeliest], "domain_confidence": 1 / shares.sum(axis=1)}

    def _read(self) -> Domains:
        path = Path(self.domains).expanduser() if self.domains else _OURS
        try:
            return Domains.build(tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError:
            raise BadInput(f"domains come from a .toml file, and {path} cannot be read") from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadInput(
                f"domains come from a .toml file, and {path} is none ({error})"
            ) from None
