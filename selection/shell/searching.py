"""The shell's verb about search: the documents nearest to one of them, or to a sentence."""

from __future__ import annotations

from typing import Annotated

import typer

import selection
from selection.core.errors import BadSetting
from selection.shell.answers import answer, table
from selection.shell.options import Json, WorkspacePath

_SHOWN_CHARS = 100


def nearest(
    workspace: WorkspacePath,
    sentence: Annotated[
        str | None, typer.Argument(metavar="SENTENCE", help="What they are to be like.")
    ] = None,
    doc: Annotated[
        int | None,
        typer.Option("--doc", metavar="DOC_ID", help="A document instead of a sentence."),
    ] = None,
    k: Annotated[int, typer.Option("--k", min=1, max=10_000, help="How many.")] = 10,
    json: Json = False,
) -> None:
    """Documents nearest by the embedding in use, best first, and whether any can have been missed."""
    like = sentence if doc is None else doc
    if like is None or (sentence is not None and doc is not None):
        raise BadSetting("nearest takes a sentence or --doc DOC_ID, one of them")
    space = selection.open_workspace(workspace)
    found = selection.nearest(space, like, k)
    texts = {row["doc_id"]: row for row in selection.read_documents(space, found.doc_id.tolist(), _SHOWN_CHARS)}  # fmt: skip
    rows = [
        {"doc_id": int(d), "cosine": round(float(c), 4), "uid": texts[d]["uid"], "text": texts[d]["text"]}
        for d, c in zip(found.doc_id.tolist(), found.cosine, strict=True)
    ]  # fmt: skip
    facts = {
        "exact": found.exact,
        "recall": found.recall,
        "recall_low": found.low,
        "recall_high": found.high,
    }
    text = f"{table(rows, ['doc_id', 'cosine', 'uid', 'text'])}{found.how_sure}"
    answer({"nearest": rows, "n_docs": found.n_docs, **facts}, json, text)
