"""Fields: which columns of an outside file are the text, the id, the source, the date and the address."""

from __future__ import annotations

from pydantic import Field

from selection.core.settings import Settings

ROLES = ("id", "source", "date", "url")
"""The columns beside the text that a document keeps under a name of its own."""


class Fields(Settings):
    """The field mapping. A field left empty (None) is guessed from the column names; "" maps nothing."""

    text: str | None = Field(
        None,
        description="Column that holds the text; dots reach into nested records (data.body). Lists of "
        "strings are joined with spaces, lists of chat turns become one document with roles kept.",
    )
    id: str | None = Field(
        None,
        description="Column with an id that is unique in the corpus; without one, documents are known by "
        "the hash of their content.",
    )
    source: str | None = Field(
        None,
        description="Column that says where a document comes from (metadata.pile_set_name); without one, "
        "the name of the file or folder.",
    )
    date: str | None = Field(None, description="Column with the document's date, kept as written.")
    url: str | None = Field(None, description="Column with the document's web address.")
    template: str | None = Field(
        None,
        description='Makes text from columns: "rows" for one "column: value" line per column, "choice" for a '
        'question with its right choice, or a format such as "{title}: {body}"; a line whose columns are all '
        "empty is left out.",
    )
    chunk_words: int = Field(
        default=0,
        ge=0,
        description="Cuts long documents at paragraph boundaries into chunks of at most about this many words; "
        "0 keeps documents whole.",
    )
    max_chars: int = Field(
        default=2_000_000,
        ge=1,
        description="Longer texts are set aside in quarantine as over-long (characters).",
    )
