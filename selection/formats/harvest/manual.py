"""Manual pages: roff source to readable text, one unit per section.

Knows the man and mdoc macros that shape a page (headings, paragraphs, lists, fonts, unfilled blocks) and the escapes for
fonts, sizes and characters; macro definitions and conditionals are dropped. A page that only points at another is skipped.
Sources: groff_man(7), groff_mdoc(7), groff_char(7).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from selection.formats.harvest.places import File, Place, rank, read
from selection.formats.harvest.unit import Unit, allowance, cut

MOST_SECTIONS = 3  # of one page
_CHARACTERS = {
    "aq": "'", "dq": '"', "lq": "“", "rq": "”", "oq": "‘", "cq": "’", "em": "—", "en": "–", "hy": "-", "bu": "•",
    "co": "©", "rg": "®", "tm": "™", "ha": "^", "ti": "~", "rs": "\\", "ga": "`", "<=": "≤", ">=": "≥", "->": "→",
    "mu": "×", "at": "@", "sh": "#", "bv": "|", "la": "⟨", "ra": "⟩", "ss": "ß", "/o": "ø", "/O": "Ø", "oa": "å",
}  # fmt: skip
_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    "~": "\u0303",
    ":": "\u0308",
    ",": "\u0327",
}
_ESCAPE = re.compile(
    r"\\(?:f(?:\[[^\]]*\]|\(..|.)|s(?:\[[^\]]*\]|\([0-9][0-9]|[-+]?[0-9]{1,2}|[-+]\d)|m\[[^\]]*\]"
    r"|\[(?P<long>[^\]]*)\]|\((?P<two>..)|\*(?:\[[^\]]*\]|\(..|.)|n(?:\[[^\]]*\]|\(..|.)"
    r"|[hvwuld]'[^']*'|(?P<one>.))"
)
_ONE = {
    "-": "-",
    "e": "\\",
    "\\": "\\",
    "'": "'",
    "`": "`",
    " ": " ",
    "~": " ",
    "0": " ",
    ".": ".",
    "t": "\t",
}
_FONTS = {"B", "I", "BR", "RB", "IR", "RI", "BI", "IB", "SM", "SB"}
_BREAKS = {
    "PP",
    "P",
    "LP",
    "TP",
    "IP",
    "HP",
    "TQ",
    "Pp",
    "It",
    "sp",
    "br",
    "RS",
    "RE",
    "Bl",
    "El",
    "Bd",
    "Ed",
}
_INLINE = {
    "Nm", "Nd", "Ar", "Op", "Fl", "Cm", "Xr", "Pa", "Em", "Sy", "Dv", "Va", "Ic", "Li", "Ql", "Dq", "Sq", "Fn", "Fa",
    "Ft", "Er", "Ev", "Bx", "Fx", "Ox", "Nx", "Sx", "Lk", "Mt", "UR", "MT", "OP", "SY", "An", "Oo", "Oc",
}  # fmt: skip


def sections(place: Place) -> Iterator[Unit]:
    """Sections of manual pages, each under the title of its page."""
    for file in place.choose(_is_page):
        text = read(file)
        if text is None or re.match(r"\s*\.so ", text):
            continue
        parts = list(enumerate(page(text)))
        parts.sort(key=lambda part: rank(place.seed, f"{file.path}#{part[0]}"))
        title = file.path.rsplit("/", 1)[-1].removesuffix(".gz")
        for number, (heading, body) in parts[:MOST_SECTIONS]:
            label = f"{file.path}#{number}"
            longest = allowance(rank(place.seed, label + "#length"))
            shown = cut(f"{title} {heading}\n{body}", longest)
            yield Unit("manual pages", file.package, file.path, label, shown)


def _is_page(file: File) -> bool:
    # Translations are a tenth of what is kept: by hash of the path, so that it is the same tenth each time.
    if re.match(r"share/man/man\d/", file.path):
        return True
    return file.path.startswith("share/man/") and rank(0, file.path) % 10 == 0


def page(source: str) -> list[tuple[str, str]]:
    """(heading, text) of every section of a page that has text."""
    found: list[tuple[str, list[str]]] = []
    filled, skipping = True, False
    for line in source.splitlines():
        if skipping:
            skipping = line.strip() != ".."
            continue
        if line[:1] not in (".", "'"):
            if found:
                _add(found[-1][1], _plain(line), filled)
            continue
        macro, _, rest = line[1:].strip().partition(" ")
        if macro in ("de", "de1", "ig", "am"):
            skipping = True
        elif macro in ("SH", "Sh"):
            found.append((_plain(rest.strip('" ')), []))
        elif macro in ("nf", "EX", "Bd", "TS"):
            filled = False
        elif macro in ("fi", "EE", "Ed", "TE"):
            filled = True
        if found:
            _request(found[-1][1], macro, rest, filled)
    return [(heading, text) for heading, body in found if (text := _paragraphs(body))]


def _request(body: list[str], macro: str, rest: str, filled: bool) -> None:
    if macro in ("SS", "Ss"):
        body += ["", _plain(rest.strip('" ')), ""]
    elif macro in _FONTS:
        words = [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', rest)]
        _add(body, _plain(("" if len(macro) == 2 and macro != "SM" else " ").join(words)), filled)
    elif macro in _BREAKS:
        body.append("")
        if macro in ("IP", "It") and rest:
            label = re.match(r'"([^"]*)"|(\S.*)' if macro == "It" else r'"([^"]*)"|(\S+)', rest)
            body.append(_plain(label[1] or label[2] or "") if label else "")
    elif macro in _INLINE and rest:
        mark = "-" if macro == "Fl" else ""
        _add(body, _plain(mark + rest), filled)


def _add(body: list[str], text: str, filled: bool) -> None:
    """Filled text continues its paragraph; an empty line, or an unfilled one, stands for itself."""
    if filled and text.strip() and body and body[-1]:
        body[-1] += " " + text.strip()
    elif filled:
        body.append(text.strip())
    else:
        body.append(text.rstrip())


def _paragraphs(body: list[str]) -> str:
    return re.sub(r"\n{2,}", "\n", "\n".join(body)).strip()


def _plain(text: str) -> str:
    """A line without comments and escapes."""
    return _ESCAPE.sub(_character, re.sub(r'\\["#].*', "", text))


def _character(match: re.Match[str]) -> str:
    name = match["long"] or match["two"]
    if name:
        code = re.fullmatch(r"u([0-9A-CE-F][0-9A-F]{3}|1?[0-9A-F]{4})", name)
        if code:
            return chr(int(code[1], 16))
        if len(name) == 2 and name[0] in _ACCENTS and name[1].isalpha():
            return unicodedata.normalize("NFC", name[1] + _ACCENTS[name[0]])
        return _CHARACTERS.get(name, "")
    return _ONE.get(match["one"] or "", "")
