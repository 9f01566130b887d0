"""Pieces of files whose kind their name tells: changelogs, documentation, HTML, CSS, JavaScript, JSON and tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from selection.formats.harvest.places import File, Place, rank, read
from selection.formats.harvest.unit import Unit, allowance, cut, pieces, sections

Part = tuple[int, str]  # where it starts, or its number; its text
MOST_PARTS = 400  # considered in one file


@dataclass(frozen=True)
class Kind:
    """How one kind of file is recognised and split; `scale` evens out characters per token."""

    names: str  # regular expression over the lower-case file name
    split: Callable[[str, int], Iterator[Part]]
    most: int  # units of one file
    scale: float = 1.0


def pieces_of(source: str, place: Place) -> Iterator[Unit]:
    """Units of one kind of file; which parts of a file, and how long, is a matter of hashes."""
    kind = KINDS[source]
    pattern = re.compile(kind.names)
    for file in place.choose(lambda f: _is_kind(f, pattern)):
        text = read(file)
        if not text or text.isspace():
            continue
        longest = allowance(rank(place.seed, file.path + "#length"), kind.scale)
        parts = list(islice(kind.split(text, longest), MOST_PARTS))
        parts.sort(key=lambda part: rank(place.seed, f"{file.path}#{part[0]}"))
        most = 1 if file.name == "record" else kind.most  # every package has a list of its files
        for start, part in parts[:most]:
            yield Unit(source, file.package, file.path, f"{file.path}#{start}", part)


def _is_kind(file: File, pattern: re.Pattern[str]) -> bool:
    return (
        pattern.fullmatch(file.name) is not None
        and ("-info/" not in file.path or file.name == "record")
        and not file.path.startswith("share/man/")
    )


def _entries(text: str, longest: int) -> Iterator[Part]:
    """Entries of a changelog: from one flush heading or dated line to the next."""
    starts = [m.start() for m in re.finditer(r"^(?=\S.*(?:\d+\.\d|\d{4}-\d\d))", text, re.M)]
    for start, end in pairwise([*starts, len(text)]):
        entry = text[start:end].strip()
        if "\n" in entry:
            yield start, cut(entry, longest)


def _sections(text: str, longest: int) -> Iterator[Part]:
    """Sections of a document; a long one gives several pieces."""
    number = 0
    for part in sections(text):
        for _, piece in pieces(part, longest):
            yield number, piece
            number += 1


def _rows(text: str, longest: int) -> Iterator[Part]:
    """The header with some rows beneath it, again and again."""
    header, _, body = text.partition("\n")
    if not header.strip() or not body.strip() or len(header) > longest:
        return
    for start, rows in pieces(body, max(80, longest - len(header))):
        yield start, f"{header}\n{rows}"


_CHANGES = r"(?:changelog|changes|history|news|release[-_ ]?notes)"
KINDS = {
    "changelogs": Kind(rf"{_CHANGES}(?:[-_.](?!html|py|js|css|json).*)?", _entries, most=4),
    "documentation": Kind(
        rf"(?!{_CHANGES}|licen|copying|copyright|requirement|.*top_level|entry_points)"
        r"(?:readme.*|.*\.(?:md|rst|txt)|todo|faq.*|.*\.(?:md|rst|txt)\.gz)(?<!\.py)(?<!\.html)(?<!\.h)",
        _sections,
        most=5,
    ),
    "html": Kind(r".*\.(?:html?|xhtml)(?:\.gz)?", pieces, most=4, scale=0.75),
    "css": Kind(r".*\.(?:css|scss)", pieces, most=6, scale=0.7),
    "javascript": Kind(r".*\.(?:m?js|jsx|ts)", pieces, most=3, scale=0.65),
    "json": Kind(r".*\.(?:json|jsonl|ipynb)", pieces, most=4, scale=0.6),
    "tables": Kind(r".*\.(?:csv|tsv|tab)(?:\.gz)?|record", _rows, most=4, scale=0.5),
}
