"""What packages say of themselves: summaries and README sections from their metadata, and their licences."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from pathlib import Path

from selection.formats.harvest.places import File, Place, rank, read
from selection.formats.harvest.unit import Unit, allowance, cut, sections

MOST_SECTIONS = 4  # of one README
LICENCE_CHARACTERS = 800  # the start of most: what licences are about stands there
DEBIAN = Path("/var/lib/dpkg/status")


def descriptions(place: Place) -> Iterator[Unit]:
    """Summaries and README sections of Python packages, alternating with the descriptions of Debian's."""
    streams = [_python(place), _debian(place)]
    while streams:
        for stream in list(streams):
            unit = next(stream, None)
            if unit is None:
                streams.remove(stream)
            else:
                yield unit


def licences(place: Place) -> Iterator[Unit]:
    """Licence texts, cut at one length, so that equal licences stay equal documents."""
    for file in place.choose(_is_licence):
        text = read(file)
        if text:
            yield Unit(
                "licences", file.package, file.path, file.path, cut(text, LICENCE_CHARACTERS)
            )


def _python(place: Place) -> Iterator[Unit]:
    for file in place.choose(lambda f: f.path.endswith("-info/METADATA")):
        text = read(file)
        if text is None:
            continue
        message = email.message_from_string(text)
        summary = str(message.get("Summary") or "").strip()
        if summary and summary != "UNKNOWN":
            label = f"{file.path}#summary"
            yield Unit("packages", file.package, file.path, label, f"{file.package}: {summary}")
        body = message.get_payload()
        parts = list(enumerate(sections(body))) if isinstance(body, str) else []
        parts.sort(key=lambda part: rank(place.seed, f"{file.path}#{part[0]}"))
        for number, part in parts[:MOST_SECTIONS]:
            label = f"{file.path}#{number}"
            longest = allowance(rank(place.seed, label + "#length"))
            yield Unit("packages", file.package, file.path, label, cut(part, longest))


def _debian(place: Place) -> Iterator[Unit]:
    if not DEBIAN.is_file():
        return
    text = DEBIAN.read_text(encoding="utf-8", errors="replace")
    found = []
    for entry in text.split("\n\n"):
        name = re.search(r"^Package: (.+)$", entry, re.M)
        words = re.search(r"^Description: (.+(?:\n .*)*)", entry, re.M)
        if name and words and "\ufffd" not in words[1]:
            found.append((rank(place.seed, name[1]), name[1], words[1]))
    for number, name, words in sorted(found):
        lines = [line.strip() for line in words.split("\n")]
        body = "\n".join("" if line == "." else line for line in lines)
        label = f"dpkg/status#{name}"
        yield Unit("packages", name, "dpkg/status", label, cut(body, allowance(number)))


def _is_licence(file: File) -> bool:
    if file.path.startswith(("share/common-licenses/", "share/licenses/")):
        return True
    return bool(
        re.fullmatch(r"(licen[cs]e|copying|copyright|notice|authors)([-_.].*)?", file.name)
    ) and not file.name.endswith((".py", ".js", ".gz", ".html", ".pyi"))
