"""What the text of a target record is, for schemas that are known: no roles, no labels, only what a model would read.

`text` (or another column of that kind); else question and answer; query and right choice; prompt and solution. The
parts stand on lines of their own, a program goes on where its prompt stops.
"""

from __future__ import annotations

from collections.abc import Sequence

from selection.formats.readers.fields import Fields
from selection.formats.readers.rows import Column
from selection.formats.readers.suggest import PAIRS, guess, suggest

_GOOD = ("text", "list of text", "empty", "whole number", "number")


def target_fields(columns: Sequence[Column]) -> Fields:
    """The mapping for these columns."""
    kinds = {column.name.lower(): column for column in columns}
    found = guess(columns)
    if found.template == "choice" or (found.text and not found.template):
        return found
    for pair in PAIRS:
        if all(name in kinds and kinds[name].type in _GOOD for name in pair):
            names = [kinds[name].name for name in pair]
            between = "" if pair[-1] == "canonical_solution" else "\n"
            template = between.join(f"{{{name}}}" for name in names)
            return found.model_copy(update={"text": None, "template": template})
    return suggest(columns)
