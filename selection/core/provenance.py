"""Run keys and run records: what was computed, from what, and whether it is there already."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Noun = Literal["signals", "embedding", "clusters", "map", "axes", "weights"]


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values, equal text."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def run_key(
    verb: str,
    what: str,
    version: int,
    settings: dict[str, Any],
    inputs: dict[str, Any],
    seed: int | None = None,
) -> str:
    """16 hex digits of the sha256 of everything the result depends on. Equal key: the run is there already."""
    text = canonical(
        {
            "verb": verb,
            "what": what,
            "version": version,
            "settings": settings,
            "inputs": inputs,
            "seed": seed,
        }
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Run(BaseModel):
    """One run of one verb, as stored in `runs/<key>/run.json`."""

    model_config = ConfigDict(frozen=True)

    key: str
    verb: str  # score, embed, cluster, map, axes, weigh, attach
    what: str  # id of the leaf
    noun: Noun  # what it yields
    version: int
    settings: dict[str, Any]
    inputs: dict[str, Any]  # keys of the runs and hashes of the files it was made from
    seed: int | None = None
    columns: list[dict[str, Any]] = []  # facts of each column, as `signal.Column`
    facts: dict[str, Any] = {}  # what the verb found out: chosen k, explained share, exclusions, …
    artefact: str | None = None  # sha256 of the fitted state
    created: str = ""  # UTC, ISO 8601
    elapsed_s: float = 0.0
    n_docs: int = 0  # documents covered when it was completed
