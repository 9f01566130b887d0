"""Chat turns as one document with roles kept: "user: …", a blank line, "assistant: …".

Both common shapes are read: {role, content} with text or parts (OpenAI), and {from, value} (ShareGPT, whose human and
gpt are called user and assistant).
"""

from __future__ import annotations

from typing import Any

ROLE_KEYS = ("role", "from")
CONTENT_KEYS = ("content", "value", "text")
_SPOKEN = {"human": "user", "gpt": "assistant", "bot": "assistant", "model": "assistant"}


def is_chat(value: Any) -> bool:
    """A list whose first entry has a role and a content."""
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[0], dict)
        and any(key in value[0] for key in ROLE_KEYS)
        and any(key in value[0] for key in CONTENT_KEYS)
    )


def transcript(turns: list[Any]) -> str:
    """The turns that say something, in order."""
    spoken: list[str] = []
    for turn in turns:
        if not isinstance(turn, dict):
            continue
        role = next((str(turn[key]) for key in ROLE_KEYS if turn.get(key)), "user")
        said = next((_said(turn[key]) for key in CONTENT_KEYS if turn.get(key)), "")
        if said.strip():
            spoken.append(f"{_SPOKEN.get(role, role)}: {said.strip()}")
    return "\n\n".join(spoken)


def _said(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, dict) else part for part in content]
        return "\n".join(part for part in parts if isinstance(part, str))
    return str(content)
