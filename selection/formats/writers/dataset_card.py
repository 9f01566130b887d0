"""The dataset card: what a subset is and how to make it again, as Markdown with YAML front matter.

Facts come from the recipe and from counts; no document's text enters. Names that a corpus or a user chose (sources,
columns, a subset's name) are data: shortened, stripped of control characters and line breaks, and escaped for the place
where they stand. The same facts give the same bytes.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST_NAME = 100  # characters
MOST_ROWS = 50  # of a table
_ESCAPED = str.maketrans(
    {mark: "\\" + mark for mark in string.punctuation if mark not in ",-/%='\";?"}
)

KNOWN = ("sources", "columns", "settings", "command", "licence", "licence_note", "tags", "about")
LABELS = {
    "n_docs": "documents",
    "n_tokens": "tokens",
    "corpus_docs": "documents in the corpus",
    "corpus_tokens": "tokens in the corpus",
}


def card(name: str, facts: Mapping[str, Any]) -> str:
    """The card of the subset `name`.

    Keys of `facts` with a place of their own, all optional: `about` (one paragraph), `settings` (any JSON),
    `sources` (name -> {"n_docs", "n_tokens"}), `columns` (name -> meaning, or a list of names), `command` (one line of
    shell), `licence` (an SPDX id of the Hub, "other" by default), `licence_note`, `tags`. Every other key whose value
    is a number, a text or a list of texts becomes a row of the table of facts (`n_docs`, `n_tokens`, `budget_tokens`,
    `corpus_docs`, `corpus_tokens`, `method`, `cites`, `sampler`, `seed`, `tokenizer`, …), in the order given.
    """
    parts = [
        _front_matter(name, facts),
        f"# {escape(name)}\n",
        "## How it was made\n",
        _about(facts),
        _facts_table(facts),
        "## Method and settings\n",
        _settings(facts.get("settings")),
        "## Sources\n",
        _sources(facts.get("sources") or {}),
        "## Columns\n",
        _columns(facts.get("columns") or {}),
        "## Reproduce\n",
        _reproduce(
            str(facts.get("command") or "python -m selection apply recipe.json CORPUS --out OUT")
        ),
        "## Licence\n",
        _licence(facts),
    ]
    return "\n".join(part for part in parts if part)


def plain(value: object, longest: int = LONGEST_NAME) -> str:
    """One line of printable characters, cut at `longest`."""
    text = str(value)[: 4 * longest]
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def escape(value: object, longest: int = LONGEST_NAME) -> str:
    """A value as Markdown text: no mark, link, table cell or HTML can come of it."""
    return plain(value, longest).translate(_ESCAPED)


def yaml_text(value: str) -> str:
    """A double-quoted YAML scalar that reads back as exactly this text."""
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else _yaml_code(c) for c in quoted)


def _yaml_code(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _front_matter(name: str, facts: Mapping[str, Any]) -> str:
    tags = ["winnow", *(facts.get("tags") or [])]
    lines = [
        f"pretty_name: {yaml_text(plain(name))}",
        f"license: {yaml_text(plain(facts.get('licence') or 'other'))}",
        "tags:",
        *(f"- {yaml_text(plain(tag))}" for tag in tags),
    ]
    return "---\n" + "\n".join(lines) + "\n---\n"


def _about(facts: Mapping[str, Any]) -> str:
    if facts.get("about"):
        return escape(facts["about"], 2_000) + "\n"
    return (
        "A subset drawn with Winnow from a larger corpus of documents. "
        "`manifest.json` states the inputs' hashes, versions and counts; `recipe.json` makes it again.\n"
    )


def _facts_table(facts: Mapping[str, Any]) -> str:
    rows = [
        (LABELS.get(key, key.replace("_", " ")), str(value) if key == "seed" else _shown(value))
        for key, value in facts.items()
        if key not in KNOWN and _simple(value)
    ]
    return _table(("Fact", "Value"), [(escape(k), v) for k, v in rows]) if rows else ""


def _simple(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, str | int | float) for item in value)
    return isinstance(value, str | int | float) and value != ""


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return escape(f"{value:.6g}")
    if isinstance(value, list | tuple):
        return escape(", ".join(map(str, value)), 300)
    return escape(value, 300)


def _settings(settings: Any) -> str:
    if settings in (None, {}, []):
        return "All settings are the defaults; `recipe.json` states every one.\n"
    shown = json.dumps(settings, indent=2, sort_keys=True, ensure_ascii=False, default=str)
    shown = "".join(c if c.isprintable() or c == "\n" else _yaml_code(c) for c in shown)
    # Inside JSON a text never stands alone on a line, so none can close the fence.
    return f"```json\n{shown}\n```\n"


def _sources(sources: Mapping[str, Mapping[str, int]]) -> str:
    if not sources:
        return "The corpus names no sources.\n"
    ordered = sorted(sources.items(), key=lambda item: (-item[1].get("n_tokens", 0), str(item[0])))
    rows = [
        (escape(name), f"{count.get('n_docs', 0):,}", f"{count.get('n_tokens', 0):,}")
        for name, count in ordered[:MOST_ROWS]
    ]
    rest = [count for _, count in ordered[MOST_ROWS:]]
    if rest:
        sums = [sum(count.get(key, 0) for count in rest) for key in ("n_docs", "n_tokens")]
        rows.append((f"{len(rest)} others", f"{sums[0]:,}", f"{sums[1]:,}"))
    return _table(("Source", "Documents", "Tokens"), rows)


def _columns(columns: Mapping[str, str] | Sequence[str]) -> str:
    if not columns:
        return "See the schema of the files.\n"
    if not isinstance(columns, Mapping):
        columns = dict.fromkeys(columns, "")
    return _table(
        ("Column", "Meaning"),
        [(escape(name), escape(meaning, 300)) for name, meaning in columns.items()],
    )


def _reproduce(command: str) -> str:
    # A fence longer than any run of marks on the line cannot be closed by it.
    return f"````shell\n{plain(command, 1_000).replace('````', '')}\n````\n"


def _licence(facts: Mapping[str, Any]) -> str:
    note = facts.get("licence_note")
    if note:
        return escape(note, 2_000) + "\n"
    return (
        "Selecting documents grants no rights in them: each keeps the licence of its source. "
        "Check the sources above before sharing.\n"
    )


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
