"""Line diff: a text of which pieces were taken out, line by line, as `diff` marks lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def diff_lines(pieces: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lines with `  ` where they stayed, `- ` where they went; a line that lost a part is told twice, the rest with `+ `.

    `pieces` are the text in order: `text`, and the `rule` that took it, None where it stayed.
    """
    told: list[str] = []
    was = left = ""
    for piece in pieces:
        for part in piece["text"].splitlines(keepends=True):
            was += part
            left += "" if piece["rule"] else part
            if part.splitlines()[0] != part:  # the line ends here
                told += _line(was, left)
                was = left = ""
    return told + (_line(was, left) if was else [])


def _line(was: str, left: str) -> list[str]:
    before, after = (text.strip("\r\n").replace("\n", " ") for text in (was, left))
    if was == left:
        return [f"  {before}"]
    return [f"- {before}"] + ([f"+ {after}"] if left else [])
