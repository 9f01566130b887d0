"""Text as it may be shown to a person: without the characters that hide, reorder or command.

Corpus text is hostile: a bidirectional control changes what is read, an escape sequence is obeyed by a terminal.
"""

from __future__ import annotations

import re

# C0 and C1 controls but tab and newline; soft hyphen, zero-width and bidirectional controls; variation and tag characters.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """`text` without them; any line end is a newline, and tabs stay."""
    return HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
