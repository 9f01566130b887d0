"""Remember what was computed of the last batch, so that signals of one batch share one reading of its text.

A batch is recognised by the addresses of its Arrow buffers. Its entry keeps the array alive, so an address cannot come to
mean another text, and Arrow buffers are immutable, so the answer cannot go stale. Each thread remembers its own batch, and
forgets it before it makes the next answer, which then finds room in the same memory.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pyarrow as pa

Answer = TypeVar("Answer")


class _Last(threading.local):
    """A thread's last call: what was asked, the text that must not be freed meanwhile, and the answer."""

    asked: tuple[Hashable, ...] = ()
    text: object = None
    answer: object = None


def once_per_batch(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """`function` of an Arrow array and hashable settings, with the last answer of each thread remembered."""
    last = _Last()

    @wraps(function)
    def remembered(text: pa.Array, *settings: Hashable) -> Answer:
        addresses = (buffer.address if buffer else 0 for buffer in text.buffers())
        asked = (*settings, len(text), text.offset, *addresses)
        if last.asked != asked:
            last.asked = ()
            last.text = last.answer = None
            last.answer = function(text, *settings)
            last.asked, last.text = asked, text
        return last.answer  # type: ignore[return-value]

    return remembered
