"""Row templates: a table without a text column becomes documents by naming its columns.

Only plain {name} and {dotted.path} are read, by looking the name up in the record; there are no attributes, indices,
conversions or format codes. A line of the template whose columns are all empty is left out, unless it has none.
"""

from __future__ import annotations

import re
from typing import Any

from selection.core.errors import BadSetting
from selection.formats.readers import paths
from selection.formats.readers.chat import is_chat, transcript

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[^!:\[\]]+")


def text_of(value: Any) -> str | None:
    """A value as text: strings as they are, lists of strings joined with spaces, chat turns as a transcript."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, dict | bytes) or value != value:  # NaN is a missing text
        return None
    if not isinstance(value, list):
        return str(value)
    if is_chat(value):
        return transcript(value)
    if all(isinstance(part, str) for part in value):
        return " ".join(value)
    if any(isinstance(part, dict) for part in value):
        return None
    return " ".join(text for part in value if (text := text_of(part)) is not None)


class Template:
    """A template read once: `columns` are the names it uses, `fill` makes the text of one record."""

    def __init__(self, template: str) -> None:
        self.kind = template if template in ("rows", "choice") else "format"
        self._lines = (
            [] if self.kind != "format" else [_parts(line) for line in template.split("\n")]
        )
        self.columns = list(
            dict.fromkeys(name for line in self._lines for is_name, name in line if is_name)
        )
        if self.kind == "format" and not self.columns:
            raise BadSetting(
                f'a template must name columns in braces or be "rows" or "choice", got {template!r};'
                ' write for example "{title}: {body}"'
            )

    def fill(self, record: dict[str, Any]) -> str:
        """The text of one record; empty when every column it names is empty."""
        if self.kind == "rows":
            return _rows(record)
        if self.kind == "choice":
            return _choice(record)
        values = {name: text_of(paths.get(record, name)) or "" for name in self.columns}
        if not any(values.values()):
            return ""
        shown: list[str] = []
        for line in self._lines:
            named = [part for is_name, part in line if is_name]
            if (
                named
                and not any(values[name].strip() for name in named)
                and len(line) == len(named)
            ):
                continue
            shown.append("".join(values[part] if is_name else part for is_name, part in line))
        return "\n".join(shown)


def _parts(line: str) -> list[tuple[bool, str]]:
    """(is a column name, text) in order."""
    parts: list[tuple[bool, str]] = []
    at = 0
    for found in _PLACE.finditer(line):
        if found.start() > at:
            parts.append((False, line[at : found.start()]))
        at = found.end()
        if found[0] in ("{{", "}}"):
            parts.append((False, found[0][0]))
        elif found[1] is not None and _NAME.fullmatch(found[1]):
            parts.append((True, found[1].strip()))
        else:
            raise BadSetting(
                f"a template has only plain columns in braces such as {{title}} or {{meta.title}}, got {found[0]!r};"
                " write {{ and }} for braces themselves"
            )
    if at < len(line):
        parts.append((False, line[at:]))
    return parts


def _rows(record: dict[str, Any]) -> str:
    shown = ((name, text_of(value)) for name, value in paths.names(record))
    return "\n".join(f"{name}: {text}" for name, text in shown if text is not None and text.strip())


def _choice(record: dict[str, Any]) -> str:
    """Question and right choice: {query, choices, gold}, or {context_options, continuation, gold}."""
    choices, gold = record.get("choices"), record.get("gold", record.get("answer"))
    if isinstance(record.get("context_options"), list):
        return (
            f"{_pick(record['context_options'], gold)} {record.get('continuation') or ''}".strip()
        )
    question = text_of(record.get("query", record.get("question"))) or ""
    right = _pick(choices, gold)
    return f"{question.rstrip()}\n{right}" if question.strip() and right else question or right


def _pick(choices: Any, gold: Any) -> str:
    place = int(gold) if isinstance(gold, int | str) and str(gold).isdecimal() else -1
    if not isinstance(choices, list) or not 0 <= place < len(choices):
        return ""
    return text_of(choices[place]) or ""
