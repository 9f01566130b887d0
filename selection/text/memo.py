"""Remember what was computed of the last few batches, so that signals of one batch share one reading of its text.

A batch is recognised by the addresses of its Arrow buffers. Its entry keeps the array alive, so an address cannot come to
mean another text, and Arrow buffers are immutable, so the answer cannot go stale.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pyarrow as pa

Answer = TypeVar("Answer")
_KEPT = 3


def once_per_batch(function: Callable[[pa.Array], Answer]) -> Callable[[pa.Array], Answer]:
    """`function` of one Arrow array, with its last few answers remembered; safe from several threads."""
    kept: OrderedDict[tuple[int, ...], tuple[pa.Array, Answer]] = OrderedDict()
    lock = Lock()

    @wraps(function)
    def remembered(text: pa.Array) -> Answer:
        addresses = (buffer.address if buffer else 0 for buffer in text.buffers())
        key = (len(text), text.offset, *addresses)
        with lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key][1]
        answer = function(text)
        with lock:
            kept[key] = (text, answer)
            while len(kept) > _KEPT:
                kept.popitem(last=False)
        return answer

    return remembered
