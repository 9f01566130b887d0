"""Harvest: a corpus made of the text that is installed on this machine, for a demo that is real and downloads nothing.

Docstrings, package descriptions, licences, changelogs, source code, HTML, CSS, minified JavaScript, JSON, tables, manual
pages and documentation: prose, boilerplate, duplicates and junk, as a crawl has them. Files are read and parsed, never
imported or run. What a machine lacks (a container has no manual pages) the other sources make up for.

- Every source takes its files in an order given by a hash of (seed, path), one of each package before a second of any, so
  that no large package crowds out the rest. The same machine and seed give the same documents.
- Documents are short on purpose, cut at paragraphs, entries, rows or statements: about 75 WordPieces on average, since an
  encoder's time goes with tokens. A text occurs at most `MOST_COPIES` times; real duplicates below that stay.
- A path is relative to where a kind of text is installed, never to anybody's home folder.

Cost: 3,000 documents in a few seconds: one walk over the installed files, then some 2,000 small reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import ceil
from typing import Any

from selection.formats.harvest import files, manual, packages, python_text
from selection.formats.harvest.places import Place, installed, rank
from selection.formats.harvest.unit import Unit

SHARES = {  # of the documents, in percent; what one source lacks is spread over the others
    "docstrings": 24,
    "documentation": 12,
    "python": 10,
    "packages": 10,
    "manual pages": 8,
    "changelogs": 7,
    "licences": 6,
    "html": 5,
    "json": 5,
    "tables": 5,
    "javascript": 4,
    "css": 4,
}
MOST_COPIES = 8
FEWEST_CHARACTERS = 16


def harvest(n_docs: int = 3000, seed: int = 0) -> Iterator[dict[str, Any]]:
    """At most `n_docs` rows with `id`, `text`, `source`, `package` and `path`, in an order that mixes the sources."""
    place = installed(seed)
    streams = {source: _units(source, place) for source in SHARES}
    taken = _take(streams, n_docs)
    taken.sort(key=lambda unit: rank(seed, f"{unit.source}/{unit.name}"))
    seen: Counter[str] = Counter()
    for unit in taken:
        name = f"{unit.source}/{unit.name}"
        seen[name] += 1
        yield {
            "id": name if seen[name] == 1 else f"{name}~{seen[name]}",
            "text": unit.text,
            "source": unit.source,
            "package": unit.package,
            "path": unit.path,
        }


def _take(streams: dict[str, Iterator[Unit]], n_docs: int) -> list[Unit]:
    """Each source's share, then the shortfall from those that have more, until it is filled or all are dry."""
    taken: list[Unit] = []
    copies: Counter[str] = Counter()
    open_sources = dict(streams)
    while open_sources and len(taken) < n_docs:
        missing = n_docs - len(taken)
        whole = sum(SHARES[source] for source in open_sources)
        for source, stream in list(open_sources.items()):
            wanted = min(ceil(missing * SHARES[source] / whole), n_docs - len(taken))
            for _ in range(wanted):
                unit = _next_fresh(stream, copies)
                if unit is None:
                    del open_sources[source]
                    break
                taken.append(unit)
    return taken


def _next_fresh(stream: Iterator[Unit], copies: Counter[str]) -> Unit | None:
    for unit in stream:
        if len(unit.text) < FEWEST_CHARACTERS or copies[unit.text] >= MOST_COPIES:
            continue
        copies[unit.text] += 1
        return unit
    return None


def _units(source: str, place: Place) -> Iterator[Unit]:
    readers = {
        "docstrings": python_text.docstrings,
        "python": python_text.definitions,
        "packages": packages.descriptions,
        "licences": packages.licences,
        "manual pages": manual.sections,
    }
    if source in readers:
        return readers[source](place)
    return files.pieces_of(source, place)
