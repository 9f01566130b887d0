"""The domain signal on sources whose domain is known, by MiniLM."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

import selection
from selection.primitives.intervals import wilson
from selection.workflow.query import first_rows
from tests.conftest import DATASETS

KNOWN = {
    "gsm8k": "Mathematics",
    "DM Mathematics": "Mathematics",
    "FreeLaw": "Law",
    "PubMed Abstracts": "Medicine",
    "PubMed Central": "Medicine",
    "python": "Coding",
    "Github": "Coding",
    "peps": "Coding",
    "tldr": "Coding",
    "inaugural": "Government",
    "state_union": "Government",
}


def found() -> dict[str, tuple[int, int]]:
    """Source -> documents given its domain, and documents, of the small mix."""
    table = pq.read_table(DATASETS / "mix_small.parquet")
    table = table.filter(pyarrow.compute.is_in(table["source"], pa.array(list(KNOWN))))  # type: ignore[attr-defined]
    with TemporaryDirectory() as folder:
        pq.write_table(table, f"{folder}/known.parquet")
        space = selection.create(f"{folder}/space")
        selection.ingest(space, [f"{folder}/known.parquet"])
        selection.embed(space)
        selection.score(space, ["domain"])
        sql = "SELECT source, domain FROM signals JOIN documents USING (doc_id)"
        _, rows, _ = first_rows(space, sql)
        source, domain = (np.array([row[k] for row in rows]) for k in ("source", "domain"))
    return {
        name: (int((domain[source == name] == wanted).sum()), int((source == name).sum()))
        for name, wanted in KNOWN.items()
    }


def report() -> Iterator[str]:
    """Share of each source that goes to its domain; one of fifteen by chance."""
    yield "### Domain\n\n| source | its domain | given it | 95 % | documents |\n|---|---|---:|---:|---:|"
    for name, (right, n) in found().items():
        share = wilson(right, n)
        yield f"| {name} | {KNOWN[name]} | {right / n:.0%} | {share.low:.0%}–{share.high:.0%} | {n:,} |"
