"""One document, and any text of the corpus, made inert.

Corpus text is hostile: it is never rendered as HTML or Markdown, and control and bidirectional characters, which can
hide or reorder what is read, are taken out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from selection.core.visible import visible

if TYPE_CHECKING:
    from selection import Workspace

SHOWN_CHARS = 20_000
_SHORT_CHARS, _SHORT_LINES = 700, 12  # of a text that gets a box of its own size
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&])")


def plain(text: str, chars: int = SHOWN_CHARS) -> str:
    """`text` without control and bidirectional characters, cut at `chars` with an ellipsis."""
    clean = visible(text[: 2 * chars])
    return clean if len(clean) <= chars and len(text) <= 2 * chars else clean[:chars] + " …"


def inert(text: str, chars: int = 2_000) -> str:
    """The same, with everything escaped that Markdown would act on: for `st.error` and labels."""
    return _MARKDOWN.sub(r"\\\1", " ".join(plain(text, chars).split()))


def label(text: str, chars: int = 60) -> str:
    """The same on one line, for labels in Plotly figures, which read a little HTML."""
    flat = " ".join(plain(text, chars).split())
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def is_short(shown: str) -> bool:
    """Whether a text needs no box with a height of its own."""
    return len(shown) < _SHORT_CHARS and shown.count("\n") < _SHORT_LINES


def words(name: str) -> str:
    """The name of a column as people read it: `knowledge depth`, `number of words`, `grammar by statistics`."""
    named = f"number of {name[2:]}" if name.startswith("n_") else name
    return named.replace("__", " by ").replace("_", " ").strip()


def text(row: dict[str, Any], help: str | None = None) -> None:
    """One document as `selection.read_documents` gives it: its facts, and its text as it stands."""
    facts = [f"document {row['doc_id']:,}", f"id {plain(row['uid'], 80)}"]
    facts += [plain(str(row[name]), 120) for name in ("source", "date", "url") if row.get(name)]
    st.text(" · ".join(facts), help=help)
    shown = plain(row["text"])
    st.code(
        shown or " ", language=None, wrap_lines=True, height="content" if is_short(shown) else 320
    )
    if row.get("cut"):
        st.caption(f"Only the first {SHOWN_CHARS:,} characters are shown.")


def stands_out(space: Workspace, doc_id: int) -> None:
    """The words by which a document stands out from the corpus, once those are scored."""
    for words in selection.signal_texts(space, "representative_words", [doc_id]):
        if words:
            shown = " · ".join(plain(word, 40) for word in words.split(" "))
            st.text(
                f"Stands out by: {shown}",
                help="Its representative words: those that are frequent here beside how frequent they are in the corpus.",
            )
