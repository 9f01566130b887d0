"""Guesses the field mapping from column names: the first name of a list that is there and has a fitting type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from selection.formats.readers import paths
from selection.formats.readers.chat import is_chat
from selection.formats.readers.fields import Fields
from selection.formats.readers.rows import Column

TEXT = (
    "text", "content", "contents", "body", "raw_content", "full_text", "raw_text", "document", "article", "passage",
    "page_content", "page_text", "markdown", "plain_text", "selftext", "tweet", "review", "comment", "paragraph",
    "sentence", "story", "essay", "abstract", "code", "source_code", "maintext", "main_text", "data.text",
)  # fmt: skip
CHAT = ("messages", "conversations", "conversation", "chat", "dialogue", "dialog", "turns")
PAIRS: tuple[tuple[str, ...], ...] = (
    ("instruction", "input", "output"),
    ("instruction", "context", "response"),
    ("instruction", "output"),
    ("instruction", "response"),
    ("prompt", "response"),
    ("prompt", "completion"),
    ("prompt", "canonical_solution"),
    ("prompt", "solution"),
    ("problem", "solution"),
    ("problem", "answer"),
    ("question", "answer"),
    ("question", "response"),
    ("query", "response"),
    ("query", "answer"),
    ("inputs", "targets"),
    ("input", "output"),
    ("context", "chain_of_thought", "answer"),
)
JOINED = ("{prefix}{gold_completion}", "{prefix}{completion}", "{prefix}{suffix}")
LAST = ("source", "prompt", "question", "query", "target", "title", "summary", "description", "instruction")  # fmt: skip
ID = (
    "id",
    "uid",
    "uuid",
    "doc_id",
    "docid",
    "document_id",
    "_id",
    "paper_id",
    "task_id",
    "record_id",
    "guid",
)
SOURCE = (
    "source", "meta.source", "metadata.source", "metadata.pile_set_name", "meta.pile_set_name", "data_source",
    "dataset", "source_name", "meta.dataset", "metadata.dataset",
)  # fmt: skip
DATE = ("date", "timestamp", "created", "created_at", "published", "publish_date", "pub_date", "datetime", "year",
    "metadata.date", "metadata.timestamp", "meta.timestamp")  # fmt: skip
URL = ("url", "uri", "link", "metadata.url", "meta.url", "href", "warc-target-uri", "permalink")
_ORDER = (
    "chat",
    "list of text",
    "text",
    "number",
    "whole number",
    "true or false",
    "list",
    "record",
    "bytes",
)


def describe(records: Sequence[dict[str, Any]]) -> list[Column]:
    """The columns of some records, nested ones by dotted path, in order of first sight."""
    seen: dict[str, tuple[str, Any]] = {}
    for record in records[:100]:
        for name, value in paths.names(record):
            kind = type_of(value)
            known = seen.get(name)
            if known is None or (known[0] == "empty" != kind):
                seen[name] = (kind, value)
            elif known[0] == "whole number" and kind == "number":
                seen[name] = (kind, known[1])
    return [Column(name, kind, _example(value)) for name, (kind, value) in seen.items()]


def type_of(value: Any) -> str:
    """A value's type in plain words."""
    if value is None or value in ("", [], {}):
        return "empty"
    for kind, name in (
        (bool, "true or false"), (int, "whole number"), (float, "number"), (str, "text"), (dict, "record"),
        (bytes, "bytes"),
    ):  # fmt: skip
        if isinstance(value, kind):
            return name
    if isinstance(value, list):
        if is_chat(value):
            return "chat"
        return "list of text" if all(isinstance(part, str) for part in value) else "list"
    return type(value).__name__


def _example(value: Any, length: int = 120) -> str:
    if not isinstance(value, str):
        try:
            value = orjson.dumps(value, default=str).decode()
        except TypeError:  # nested too deeply, or half a surrogate pair
            value = f"a {type(value).__name__}"
    return value if len(value) <= length else value[: length - 1] + "…"


def guess(columns: Sequence[Column]) -> Fields:
    """The mapping that names alone tell; text and template stay empty when no name does."""
    kinds = {column.name.lower(): column for column in columns}

    def first(names: Sequence[str], *types: str) -> str | None:
        return next(
            (kinds[name].name for name in names if name in kinds and kinds[name].type in types),
            None,
        )

    scalar = ("text", "whole number")
    text = first(TEXT, "text", "list of text") or first(CHAT, "chat") or _any_chat(columns)
    template = None if text else _template(kinds)
    if not text and not template:
        text = first(LAST, "text", "list of text")
    used = {text}
    source = first(SOURCE, *scalar)
    date = first(DATE, *scalar, "number", "datetime", "date", "Timestamp")
    return Fields(
        text=text,
        template=template,
        id=first(ID, *scalar),
        source=None if source in used else source,
        date=date,
        url=first(URL, "text"),
    )


def suggest(columns: Sequence[Column | tuple[str, str, str]]) -> Fields:
    """`guess`, and where names tell nothing: the text column with the longest example, else a template of all columns."""
    known = [Column(*column) for column in columns]
    fields = guess(known)
    if fields.text or fields.template:
        return fields
    texts = [column for column in known if column.type == "text" and " " in column.example.strip()]
    if not texts:
        return fields.model_copy(update={"template": "rows"})
    longest = max(texts, key=lambda column: len(column.example))
    return fields.model_copy(update={"text": longest.name})


def _any_chat(columns: Sequence[Column]) -> str | None:
    return next((column.name for column in columns if column.type == "chat"), None)


def _template(kinds: dict[str, Column]) -> str | None:
    if "gold" in kinds and ({"query", "choices"} <= set(kinds) or "context_options" in kinds):
        return "choice"
    for joined in JOINED:
        if all(name in kinds for name in joined.strip("{}").split("}{")):
            return joined
    good = ("text", "list of text", "empty", "whole number", "number")
    for pair in PAIRS:
        if all(name in kinds and kinds[name].type in good for name in pair):
            asked, *rest = [kinds[name].name for name in pair]
            if pair[-1] == "canonical_solution":
                return f"{{{asked}}}{{{rest[0]}}}"  # a program that goes on where its prompt stops
            if pair[0] == "instruction" and len(rest) == 2:
                return f"user: {{{asked}}}\n{{{rest[0]}}}\n\nassistant: {{{rest[1]}}}"
            return f"user: {{{asked}}}\n\nassistant: " + "\n".join(f"{{{name}}}" for name in rest)
    return None
